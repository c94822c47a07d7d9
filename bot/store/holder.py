"""The lock of the process that holds the state: one at a time, whatever happens to it."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bot.domain.errors import NotHolder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOCK_FILE = "holder.lock"


@contextmanager
def hold(state_dir: Path) -> Iterator[None]:
    """Hold the state until the end of the block; the kernel lets go when the process dies. Raises NotHolder."""
    state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    state_dir.chmod(0o700)  # also where a terminal that only reads made it first
    descriptor = os.open(state_dir / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pid = os.pread(descriptor, 20, 0).decode(errors="replace").strip() or "unknown"
            raise NotHolder(
                f"Another bot holds the state in {state_dir} (process {pid}).",
                "Stop it first, or give this one a STATE_DIR of its own.",
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)
