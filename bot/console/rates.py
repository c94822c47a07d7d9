"""Slack's rate of posting: about one message a second in a channel, with a short burst allowed."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from typing import TYPE_CHECKING

from .limits import LIMITS

if TYPE_CHECKING:
    from .clock import Clock


class Rates:
    """Counts posts for each channel."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._allowance: dict[str, tuple[float, float]] = {}
        self._recent: dict[str, deque[float]] = defaultdict(lambda: deque(maxlen=100))
        self.most_in_a_second = 0

    def wait_before(self, channel: str) -> int:
        """Counts one post; 0 when it may be made, else the whole seconds to wait, for Retry-After."""
        now = self._clock.now().timestamp()
        burst = float(LIMITS["chat.postMessage.burst"].most)
        left, since = self._allowance.get(channel, (burst, now))
        left = min(burst, left + (now - since) * LIMITS["chat.postMessage.per_second"].most)
        if left < 1:
            self._allowance[channel] = (left, now)
            return max(1, math.ceil(1 - left))
        self._allowance[channel] = (left - 1, now)
        self._note(channel, now)
        return 0

    def _note(self, channel: str, now: float) -> None:
        recent = self._recent[channel]
        recent.append(now)
        self.most_in_a_second = max(self.most_in_a_second, sum(now - at < 1 for at in recent))
