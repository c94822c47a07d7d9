"""The supervisor's hold on estate.json: the one place that changes it while the estate is up."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import TYPE_CHECKING

from bot.demo.record import Instance, Record, write_record

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Book:
    """The current record, saved on every change; and one lock a system, so that a copy never meets half a canary."""

    def __init__(self, path: Path, record: Record) -> None:
        self._path = path
        self.record = record
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._copying: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    def change(self, how: Callable[[Record], Record]) -> None:
        """Changes the record and saves it."""
        self.record = how(self.record)
        write_record(self._path, self.record)

    def lock(self, system: str) -> asyncio.Lock:
        """Held while a canary is written into a system, while it is copied, and while it is broken."""
        return self._locks[system]

    def copying(self, system: str) -> asyncio.Lock:
        """Held while a copy of a system is in the making, and while its copies are damaged. Taken before `lock`."""
        return self._copying[system]

    def live(self, system: str) -> Instance | None:
        """The live instance of a system, when it was started."""
        return next((item for item in self.record.instances if item.live and item.system == system), None)
