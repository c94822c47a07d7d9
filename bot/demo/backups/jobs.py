"""When which backup runs: one loop a job, and none of them ends because one copy failed."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bot.demo import sessions
from bot.demo.backups.archive import StorageArchive
from bot.demo.backups.barman import BASE_EVERY, BarmanServer
from bot.demo.backups.snapshot import prune, take_snapshot
from bot.demo.clock import utc_now
from bot.demo.errors import DemoError
from bot.demo.record import Record

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Mapping

    from bot.demo.book import Book
    from bot.demo.layout import Layout
    from bot.demo.record import Breakage, Instance

SNAPSHOTS = ("dns", "cache", "api", "web", "docs")
"""The systems that are copied into snapshot folders."""

HOLDING_UP = ("truncated", "bit-flip", "wal-gap")
"""What keeps new copies from being made until it is mended: a newer copy would hide it."""

AHEAD = timedelta(days=1)
SNAPSHOT_SECONDS = 5.0
_WAL_SECONDS = 4.0
_PRUNE_SECONDS = 20.0
_ARCHIVE_SECONDS = 15.0
_KEEP = 150  # twelve minutes: a chosen recovery point outlives the ten that its approval may take
_KEEP_ARCHIVED = 48  # likewise; these are whole copies
_log = logging.getLogger(__name__)


class Jobs:
    """The backup jobs. A system whose writers are not let in is not backed up: what it holds is not proven yet."""

    def __init__(self, layout: Layout, book: Book) -> None:
        self._layout = layout
        self._book = book
        self._archive = StorageArchive(layout, book.record.archive_password)
        self.barman = BarmanServer(layout)

    def loops(self) -> Mapping[str, Callable[[], Coroutine[None, None, None]]]:
        """The endless loops, by name."""
        copies = {
            f"backup {system}": partial(self._repeat, SNAPSHOT_SECONDS, partial(self.copy, system))
            for system in SNAPSHOTS
        }
        return copies | {
            "backup storage": partial(self._repeat, _ARCHIVE_SECONDS, partial(self.copy, "storage")),
            "prune storage": partial(self._repeat, _PRUNE_SECONDS, self.prune_storage),
            "backup orders-db": partial(self._repeat, _WAL_SECONDS, self.archive_orders),
        }

    async def first(self) -> None:
        """One backup of everything, so that an estate that is up can be brought back."""
        await asyncio.gather(*(self.copy(system) for system in (*SNAPSHOTS, "storage")), self.archive_orders())

    async def copy(self, system: str) -> bool:
        """One copy of a system; False when none is made: its writers are kept out, or its copies are held up."""
        async with self._book.copying(system):
            if self._held_up(system):
                return False
            return await (self._archive_storage() if system == "storage" else self._snapshot(system))

    async def _snapshot(self, system: str) -> bool:
        folder = self._layout.snapshots(system)
        empty = self._book.record.broken("empty", system) is not None
        future = self._to_be_dated_ahead(system)
        async with self._book.lock(system):
            instance = self._source(system)
            if instance is None:
                return False
            if system == "cache":
                await asyncio.to_thread(sessions.save, instance.port)
            at = utc_now() + (AHEAD if future else timedelta())
            made = await asyncio.to_thread(take_snapshot, Path(instance.target), folder, system, at, empty=empty)
        self._dated_ahead(future, made)
        if not empty:  # empty copies must not push out the good ones
            await asyncio.to_thread(prune, folder, _KEEP)
        return True

    async def _archive_storage(self) -> bool:
        instance = self._source("storage")
        if instance is None:
            return False
        empty = self._book.record.broken("empty", "storage") is not None
        future = self._to_be_dated_ahead("storage")
        ahead = AHEAD if future else timedelta()
        lock = self._book.lock("storage")
        name = await self._archive.back_up(Path(instance.target), lock, empty=empty, ahead=ahead)
        self._dated_ahead(future, self._layout.archive / "storage" / name)
        return True

    def _to_be_dated_ahead(self, system: str) -> Breakage | None:
        """The breakage that asks for one copy from the future, until it was made."""
        future = self._book.record.broken("future-dated", system)
        return future if future and not future.detail else None

    def _dated_ahead(self, future: Breakage | None, copy: Path) -> None:
        if future:
            self._book.change(partial(Record.with_detail, breakage=future, detail=str(copy)))

    def _held_up(self, system: str) -> bool:
        """Whether a breakage keeps new copies from being made: they would hide it."""
        return any(self._book.record.broken(mode, system) for mode in HOLDING_UP)

    async def prune_storage(self) -> None:
        """Keeps the archive short."""
        if not self._book.record.broken("empty", "storage"):
            await self._archive.prune(_KEEP_ARCHIVED)

    async def archive_orders(self) -> None:
        """Takes new log in, also while the database is down; and a base backup when one is due."""
        async with self._book.copying("orders-db"):
            await self.barman.archive()
            if self._source("orders-db") is None or self._held_up("orders-db"):
                return
            if await self._base_is_due():
                await self.barman.back_up()
                await self.barman.archive()

    async def _base_is_due(self) -> bool:
        base = await asyncio.to_thread(self.barman.last_base)
        if base is None or utc_now() - base.ended_at > BASE_EVERY:
            return True
        segments = await asyncio.to_thread(self.barman.segments)
        return bool(segments) and segments[-1].name[:8] > base.end_segment[:8]  # a restore began a new timeline

    def _source(self, system: str) -> Instance | None:
        instance = self._book.live(system)
        return instance if instance and instance.open else None

    async def _repeat(self, seconds: float, job: Callable[[], Awaitable[object]]) -> None:
        while True:
            try:
                await job()
            except (DemoError, OSError, ValueError) as failure:
                _log.warning("backup failed: %s", failure)
            await asyncio.sleep(seconds)
