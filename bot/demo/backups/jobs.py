"""When which backup runs: one loop a job, and none of them ends because one copy failed."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import TYPE_CHECKING

from bot.demo.backups.archive import StorageArchive
from bot.demo.backups.barman import BASE_EVERY, BarmanServer
from bot.demo.backups.snapshot import prune, take_snapshot
from bot.demo.clock import utc_now
from bot.demo.errors import DemoError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

    from bot.demo.book import Book
    from bot.demo.layout import Layout

SNAPSHOT_SECONDS = 5.0
_WAL_SECONDS = 4.0
_PRUNE_SECONDS = 20.0
_KEEP = 40
_KEEP_ARCHIVED = 8  # these are whole copies
_log = logging.getLogger(__name__)


class Jobs:
    """The backup jobs. A system whose writers are not let in is not backed up: what it holds is not proven yet."""

    def __init__(self, layout: Layout, book: Book) -> None:
        self._layout = layout
        self._book = book
        self._archive = StorageArchive(layout, book.record.archive_password)
        self.barman = BarmanServer(layout)

    def loops(self) -> dict[str, Callable[[], Coroutine[None, None, None]]]:
        """The endless loops, by name."""
        return {
            "backup dns": lambda: self._repeat(SNAPSHOT_SECONDS, lambda: self.snapshot("dns")),
            "backup api": lambda: self._repeat(SNAPSHOT_SECONDS, lambda: self.snapshot("api")),
            "backup docs": lambda: self._repeat(SNAPSHOT_SECONDS, lambda: self.snapshot("docs")),
            "backup storage": lambda: self._repeat(SNAPSHOT_SECONDS, self.archive_storage),
            "prune storage": lambda: self._repeat(_PRUNE_SECONDS, self.prune_storage),
            "backup orders-db": lambda: self._repeat(_WAL_SECONDS, self.archive_orders),
        }

    async def first(self) -> None:
        """One backup of everything, so that an estate that is up can be brought back."""
        await asyncio.gather(
            *(self.snapshot(system) for system in ("dns", "api", "docs")), self.archive_storage(), self.archive_orders()
        )

    async def snapshot(self, system: str) -> None:
        """One snapshot folder of a system."""
        async with self._book.lock(system):
            data = self._source(system)
            if data is None:
                return
            empty = self._book.record.broken("empty", system) is not None
            folder = self._layout.snapshots(system)
            await asyncio.to_thread(take_snapshot, data, folder, system, utc_now(), empty=empty)
        if not empty:  # empty copies must not push out the good ones
            await asyncio.to_thread(prune, folder, _KEEP)

    async def archive_storage(self) -> None:
        """One recovery point of storage in its archive."""
        data = self._source("storage")
        if data is None:
            return
        empty = self._book.record.broken("empty", "storage") is not None
        await self._archive.back_up(data, self._book.lock("storage"), empty=empty)

    async def prune_storage(self) -> None:
        """Keeps the archive short."""
        if not self._book.record.broken("empty", "storage"):
            await self._archive.prune(_KEEP_ARCHIVED)

    async def archive_orders(self) -> None:
        """Takes new log in, also while the database is down; and a base backup when one is due."""
        await self.barman.archive()
        if self._source("orders-db") is None or self._book.record.broken("wal-gap", "orders-db"):
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

    def _source(self, system: str) -> Path | None:
        instance = self._book.live(system)
        return Path(instance.target) if instance and instance.open else None

    async def _repeat(self, seconds: float, job: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await job()
            except (DemoError, OSError, ValueError) as failure:
                _log.warning("backup failed: %s", failure)
            await asyncio.sleep(seconds)
