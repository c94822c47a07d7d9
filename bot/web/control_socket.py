"""The Unix socket beneath the control API: its address, its mode, and who is at the other end. Linux only."""

from __future__ import annotations

import os
import pwd
import socket
import struct
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bot.domain.errors import NotHolder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PEER = struct.Struct("3i")  # pid, uid, gid
_PROBE_SECONDS = 2


@contextmanager
def short_path(path: Path) -> Iterator[str]:
    """A name for `path` that fits a socket's address (107 bytes), however deep its folder lies."""
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


OWNER_ONLY = 0o600
ANY_LOGIN = 0o666


def listen(path: Path, mode: int = OWNER_ONLY) -> socket.socket:
    """A listening socket at `path` that only its owner may open, or any login (`ANY_LOGIN`).

    One that a dead process left there is replaced.
    """
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    # Before bind, so that the file is never open to others, not even for a moment.
    os.fchmod(listener.fileno(), OWNER_ONLY)
    with short_path(path) as address:
        listener.bind(address)
    if mode != OWNER_ONLY:
        path.chmod(mode)
    return listener


def somebody_listens(path: Path) -> bool:
    """Whether a process serves this socket. Raises NotHolder when one does that this login may not speak to."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(_PROBE_SECONDS)
        try:
            with short_path(path) as address:
                probe.connect(address)
        except PermissionError:
            raise _not_ours(path) from None
        except OSError:
            return False
        return True


def _not_ours(path: Path) -> NotHolder:
    try:
        owner = path.owner()
    except (OSError, KeyError):
        owner = "another login"
    return NotHolder(
        f"The bot that holds this state runs as {owner} and takes calls from no other login.",
        f"Call as {owner}, or act in Slack or the console.",
    )


def peer_uid(connection: socket.socket) -> int:
    """The user id of the process at the other end, as the kernel noted it when it connected."""
    _pid, uid, _gid = _PEER.unpack(connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size))
    return int(uid)


def login_of_uid(uid: int) -> str:
    """The login of a user id, or “uid N” when the system has none for it."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid {uid}"
