"""Runs a program that refuses to be root, such as PostgreSQL, for root.

PostgreSQL refuses user id 0. Giving its files to another user is no way out: a checkout under /root (mode 0700) is out
of that user's reach, and opening /root to the world would be worse. So the program runs in a user namespace of its own,
in which this very user has another number: it sees 1000 and is content, while every file still belongs to root. Where
the kernel grants no user namespace (some containers), the program becomes user 65534 and keeps one right of root's, to
pass by file modes; its data folder is given to that user before.

Used as ``python -m bot.demo.unroot PROGRAM ARGS``. For any user but root it only becomes the program.
"""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from pathlib import Path

_CLONE_NEWUSER = 0x10000000
_PR_SET_SECUREBITS, _PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE = 28, 47, 2
_KEEP_ON_CHANGE_OF_USER = 1 << 2  # SECBIT_NO_SETUID_FIXUP: for the change itself, and for access(2) ever after
_CAP_DAC_OVERRIDE = 1
_PROBE = "--namespace"
_CAPABILITY_VERSION_3 = 0x20080522
INSIDE = 1000
NOBODY = 65534


def enter_namespace() -> bool:
    """Moves this process into a user namespace where it is not root; False where the kernel refuses."""
    user, group = os.geteuid(), os.getegid()  # once inside, and until they are mapped, both read as nobody
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWUSER):
        return False
    Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
    Path("/proc/self/gid_map").write_text(f"{INSIDE} {group} 1", encoding="ascii")
    Path("/proc/self/uid_map").write_text(f"{INSIDE} {user} 1", encoding="ascii")
    return True


def become_nobody() -> None:
    """Becomes user 65534, keeping the right to pass by file modes, over the coming exec as well. Raises OSError."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_SECUREBITS, _KEEP_ON_CHANGE_OF_USER, 0, 0, 0)
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    mask = 1 << _CAP_DAC_OVERRIDE
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    sets = (ctypes.c_uint32 * 6)(mask, mask, mask, 0, 0, 0)  # effective, permitted, inheritable; low words, then high
    if libc.capset(header, sets) or libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, _CAP_DAC_OVERRIDE, 0, 0):
        raise OSError(ctypes.get_errno(), "this kernel lets root neither have a user namespace nor keep one capability")


def owner_for_data() -> int | None:
    """The user id that must own a database's files, or None when they can stay as they are."""
    if os.geteuid() != 0 or sys.platform != "linux":
        return None
    probe = subprocess.run([sys.executable, "-m", __name__, _PROBE], check=False)
    return None if probe.returncode == 0 else NOBODY


def main(arguments: list[str]) -> None:
    """Becomes the program that the arguments name."""
    if arguments == [_PROBE]:
        sys.exit(0 if enter_namespace() else 1)
    if os.geteuid() == 0 and sys.platform == "linux" and not enter_namespace():
        become_nobody()
    os.execvp(arguments[0], arguments)  # noqa: S606 - becoming the named program is what this is for


if __name__ == "__main__":
    main(sys.argv[1:])
