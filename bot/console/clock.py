"""The console's own clock: it may import nothing of the bot, and its tests decide what time it is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return datetime.now(UTC)  # noqa: TID251 - the one place where the console reads the clock


class Timestamps:
    """Slack message timestamps ("seconds.microseconds"): unique and rising, also when the clock stands still."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last_microsecond = 0

    def start_after(self, ts: str) -> None:
        """Makes every further timestamp later than ``ts``."""
        seconds, _, fraction = ts.partition(".")
        self._last_microsecond = max(self._last_microsecond, int(seconds) * 1_000_000 + int(fraction or 0))

    def next(self) -> str:
        """A timestamp that was never given out before."""
        now = int(self._clock.now().timestamp() * 1_000_000)
        self._last_microsecond = max(now, self._last_microsecond + 1)
        return f"{self._last_microsecond // 1_000_000}.{self._last_microsecond % 1_000_000:06d}"
