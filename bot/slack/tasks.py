"""Tasks that somebody owns: kept by reference, named, and awaited at shutdown."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

LOG = logging.getLogger(__name__)


class Tasks:
    """Keeps the tasks it starts until they end."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, None], name: str) -> None:
        """Run `work` on its own. What it raises is logged: whoever starts work here has no other way to hear of it."""
        task = asyncio.create_task(work, name=name)
        self._running.add(task)
        task.add_done_callback(self._ended)

    def keep(self, make_work: Callable[[], Coroutine[Any, Any, None]], name: str) -> None:
        """Run a loop for ever: one that ends with an error is logged and begun again a second later."""
        self.start(self._again(make_work, name), name)

    async def _again(self, make_work: Callable[[], Coroutine[Any, Any, None]], name: str) -> None:
        while True:
            task = asyncio.create_task(make_work(), name=f"{name}, once")
            try:
                _ = await asyncio.wait({task})
            finally:
                _ = task.cancel()
            self._ended(task)
            await asyncio.sleep(1.0)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and task.exception():
            LOG.error("%s ended with an error", task.get_name(), exc_info=task.exception())

    async def settle(self, seconds: float) -> None:
        """Wait until all have ended, or so long."""
        if self._running:
            _ = await asyncio.wait(list(self._running), timeout=seconds)

    async def stop(self, grace_seconds: float = 0.0) -> None:
        """Let what runs end within the grace, then cancel the rest and wait for it."""
        await self.settle(grace_seconds)
        left = list(self._running)
        for task in left:
            _ = task.cancel()
        _ = await asyncio.gather(*left, return_exceptions=True)
