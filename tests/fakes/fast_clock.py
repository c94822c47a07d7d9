"""Time that passes faster than the machine's."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta


class FastClock:
    """A clock that runs `factor` times as fast as the machine's."""

    def __init__(self, factor: float) -> None:
        self._factor = factor
        self._begun = time.monotonic()
        self._at = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self._at + timedelta(seconds=(time.monotonic() - self._begun) * self._factor)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self._factor)
