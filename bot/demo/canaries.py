"""The writers: a canary into every open system, again and again, and the truth about it recorded outside the estate."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import TYPE_CHECKING

from bot.demo.clock import utc_now
from bot.demo.errors import SystemSilent
from bot.demo.samples import Sample, new_token, record_truth

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.demo.book import Book
    from bot.demo.record import Instance
    from bot.demo.systems import Ground, System

EVERY_SECONDS = 1.5
_log = logging.getLogger(__name__)


class Writers:
    """Writes canaries. A sample enters the truth only after its system acknowledged it as durable."""

    def __init__(self, book: Book, ground: Ground, systems: Mapping[str, System]) -> None:
        self._book = book
        self._ground = ground
        self._systems = systems

    async def write(self, instance: Instance) -> Sample:
        """Writes one canary into a live system and records it. Raises SystemSilent."""
        async with self._book.lock(instance.system):
            return await self._write(instance)

    async def follow(self, system: str) -> None:
        """Writes canaries into a system for as long as it is open; never ends."""
        while True:
            instance = self._book.live(system)
            if instance is not None and instance.open:
                try:
                    async with self._book.lock(system):
                        if self._book.live(system) == instance:  # it may have been stopped while the lock was awaited
                            await self._write(instance)
                except (SystemSilent, TimeoutError, OSError) as silence:
                    _log.warning("%s takes no canary: %s", system, silence)
            await asyncio.sleep(EVERY_SECONDS)

    async def _write(self, instance: Instance) -> Sample:
        at = utc_now()
        token = new_token(instance.system)
        counts = await self._systems[instance.system].write(self._ground, instance, token, at)
        sample = Sample(token, at, counts)
        await asyncio.to_thread(record_truth, Path(self._ground.layout.truth(instance.system)), sample)
        return sample
