"""How fast we may write: so many seconds between two calls of one lane, and pauses that Slack asks for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.domain.clock import Clock

Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Rates:
    """Seconds between two writes in one channel (Slack: 1), and between two changes anywhere (Slack: 50 a minute)."""

    channel_seconds: float = 1.0
    update_seconds: float = 1.2


class Pace:
    """Gives out turns. A lane is a channel or a method; time and sleep are given, so that tests need none."""

    def __init__(self, rates: Rates, clock: Clock, sleep: Sleep = asyncio.sleep) -> None:
        self._rates = rates
        self._clock = clock
        self._sleep = sleep
        self._free_at: dict[str, datetime] = {}

    def wait_seconds(self, channel: str, method: str) -> float:
        """How long this channel and method must still wait; 0 or less when it is their turn."""
        now = self._clock.now()
        ready = max(self._free_at.get(channel, now), self._free_at.get(method, now))
        return (ready - now).total_seconds()

    async def turn(self, channel: str, method: str) -> None:
        """Wait for the turn of this channel and method, and take it."""
        while (seconds := self.wait_seconds(channel, method)) > 0:
            await self._sleep(seconds)
        self.taken(channel, method)

    def taken(self, channel: str, method: str) -> None:
        """A call was begun, or has ended now: only from its end on is it sure that Slack has seen it."""
        now = self._clock.now()
        self._free_at[channel] = now + timedelta(seconds=self._rates.channel_seconds)
        if method == "chat.update":
            self._free_at[method] = now + timedelta(seconds=self._rates.update_seconds)

    def pause(self, lane: str, seconds: float) -> None:
        """Slack asked for a pause (Retry-After)."""
        until = self._clock.now() + timedelta(seconds=seconds)
        self._free_at[lane] = max(self._free_at.get(lane, until), until)
