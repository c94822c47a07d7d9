"""The runbooks as they are now: read again when a file of the folder has changed."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bot.runbook.library import load

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.domain.clock import Clock
    from bot.runbook.library import Library

LOOK_AGAIN = timedelta(seconds=1)


class RunbookFolder:
    """Reads the folder at most once a second, and parses it only when something changed."""

    def __init__(self, folder: Path, environment: Mapping[str, str], clock: Clock) -> None:
        self._folder = folder
        self._environment = environment
        self._clock = clock
        self._looked_at: datetime | None = None
        self._seen: tuple[tuple[str, int, int], ...] | None = None
        self._library: Library | None = None

    def read(self) -> Library:
        """The runbooks and the policy, with their faults."""
        now = self._clock.now()
        if self._library and self._looked_at and self._looked_at <= now < self._looked_at + LOOK_AGAIN:
            return self._library
        seen = self._look()
        if self._library is None or seen != self._seen or any(map(_has_changed, self._library.files.items())):
            self._library = load(self._folder, self._environment)
        self._looked_at, self._seen = now, seen
        return self._library

    def _look(self) -> tuple[tuple[str, int, int], ...]:
        # Every file, not the runbooks alone: digests cover the scripts that their commands name.
        found: list[tuple[str, int, int]] = []
        for top, folders, files in os.walk(self._folder):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            found += [seen for name in sorted(files) if (seen := _stat(Path(top) / name))]
            found += [seen for name in folders if (path := Path(top) / name).is_symlink() and (seen := _link(path))]
        return tuple(found)


def _link(path: Path) -> tuple[str, int, int] | None:
    # A link to a folder is not walked into; what it leads to now is what counts.
    try:
        stat = path.lstat()
    except OSError:
        return None
    return str(path), stat.st_mtime_ns, stat.st_size


def _has_changed(read: tuple[str, tuple[int, int]]) -> bool:
    # A file in a hidden folder, or behind a link, that a command names.
    path, before = read
    now = _stat(Path(path))
    return now is None or now[1:] != before


def _stat(path: Path) -> tuple[str, int, int] | None:
    try:
        stat = path.stat()
    except OSError:
        return None  # it went in this moment, or its link leads nowhere
    return str(path), stat.st_mtime_ns, stat.st_size
