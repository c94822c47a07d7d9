"""The loops that keep everything going. Each is level-triggered and safe to run twice: it looks at what is stored and
does what is missing, so a missed nudge costs a moment, never a message.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from bot.domain.errors import BringbackError

if TYPE_CHECKING:
    from bot.domain.clock import Clock

SLOWER_AFTER_FAULT = 3
"""A loop that failed waits this many times its pause before it looks again."""


@dataclass(slots=True)
class Loop:
    """One loop: `work` runs every `pause`, and at once after a nudge. Its last success and fault are its health."""

    name: str
    work: Callable[[], Awaitable[object]]
    pause: timedelta
    succeeded_at: datetime | None = None
    fault: str = ""
    _wake: asyncio.Event = field(default_factory=asyncio.Event)

    def nudge(self) -> None:
        """Look now."""
        self._wake.set()

    async def run(self, clock: Clock) -> None:
        """Look again and again, until cancelled."""
        log = structlog.get_logger().bind(loop=self.name)
        while True:
            self._wake.clear()
            await self._once(clock, log)
            pause = self.pause * (SLOWER_AFTER_FAULT if self.fault else 1)
            try:
                async with asyncio.timeout(pause.total_seconds()):
                    await self._wake.wait()
            except TimeoutError:
                continue

    async def _once(self, clock: Clock, log: structlog.typing.FilteringBoundLogger) -> None:
        try:
            await self.work()
        except BringbackError as error:
            self._failed(str(error), log)
        except Exception as error:  # noqa: BLE001 - a loop that ends unseen would be worse; its health says what it was
            self._failed(f"{type(error).__name__}: {error}", log, exc_info=True)
        else:
            self.fault = ""
            self.succeeded_at = clock.now()

    def _failed(self, fault: str, log: structlog.typing.FilteringBoundLogger, *, exc_info: bool = False) -> None:
        if fault != self.fault:
            log.error("the loop failed and will look again", fault=fault, exc_info=exc_info)
        self.fault = fault


class Service:
    """Owns the loops and their tasks."""

    def __init__(self, clock: Clock, loops: list[Loop]) -> None:
        self._clock = clock
        self._loops = {loop.name: loop for loop in loops}
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def loops(self) -> tuple[Loop, ...]:
        """The loops, for their health."""
        return tuple(self._loops.values())

    def nudge(self, *names: str) -> None:
        """Let these loops look now; names that are no loops here are passed over."""
        for name in names:
            if name in self._loops:
                self._loops[name].nudge()

    async def start(self) -> None:
        """Start every loop."""
        self._tasks = [asyncio.create_task(loop.run(self._clock), name=loop.name) for loop in self._loops.values()]

    async def stop(self) -> None:
        """End every loop, and wait until each has ended."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
