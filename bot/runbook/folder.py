"""The runbooks as they are now: read again when a file of the folder has changed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.runbook.library import load, runbook_files
from bot.runbook.policy import POLICY_FILE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

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
        if self._library and self._looked_at and now < self._looked_at + LOOK_AGAIN:
            return self._library
        seen = self._look()
        if self._library is None or seen != self._seen:
            self._library = load(self._folder, self._environment)
        self._looked_at, self._seen = now, seen
        return self._library

    def _look(self) -> tuple[tuple[str, int, int], ...]:
        files = [*runbook_files(self._folder), self._folder / POLICY_FILE]
        stats = [(str(file), file.stat()) for file in files if file.is_file()]
        return tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in stats)
