"""What is wrong with single copies: the rules that look at one source's recovery points, oldest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from statistics import median
from typing import TYPE_CHECKING

from bot.domain.recovery_points import RecoveryPoint

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.domain.policy import Thresholds

HISTORY = 14  # copies that a size is compared with
HISTORY_LEAST = 3  # fewer say nothing about what is usual
EMPTY_SHARE = 0.01  # of the usual size: as good as nothing
IDLE_COPIES = 3  # in a row without new data: somebody should look
IDLE_BYTES = 4096
IDLE_SHARE = 1e-5
DAY = timedelta(days=1)


class Rule(StrEnum):
    """What a finding is about."""

    NO_BACKUP_DECLARED = "NO_BACKUP_DECLARED"  # the runbook names no source
    NO_RPO_DECLARED = "NO_RPO_DECLARED"  # nothing to measure the age against
    SOURCE_UNREADABLE = "SOURCE_UNREADABLE"  # a source could not be read, or was never asked
    READING_OLD = "READING_OLD"  # what a source said is too long ago to speak for now
    RPO_MISSED = "RPO_MISSED"  # the newest usable copy is older than the RPO, or there is none
    EMPTY = "EMPTY"  # a copy that holds nothing, or next to nothing
    SIZE_DROP = "SIZE_DROP"  # a copy that is much smaller than those before it
    FUTURE_TIMESTAMP = "FUTURE_TIMESTAMP"  # a copy dated ahead of the clock
    INCOMPLETE = "INCOMPLETE"  # a copy that was never finished, or is still being made
    WAL_GAP = "WAL_GAP"  # the log misses a piece: nothing after it comes back
    ZERO_NEW_DATA = "ZERO_NEW_DATA"  # several copies in a row brought nothing new
    SINGLE_LOCATION = "SINGLE_LOCATION"  # one disaster takes every copy
    FEW_COPIES = "FEW_COPIES"  # one bad copy leaves next to nothing


@dataclass(frozen=True, slots=True)
class Flaw:
    """Why a copy is doubted. `bars`: it is not used, and says nothing about how large a copy usually is."""

    rule: Rule
    reason: str  # half a sentence: "empty (0 files)"
    bars: bool = True


@dataclass(frozen=True, slots=True)
class Judged:
    """A recovery point, and what is wrong with it."""

    point: RecoveryPoint
    flaw: Flaw | None = None

    @property
    def usable(self) -> bool:
        """Nothing bars it."""
        return self.flaw is None or not self.flaw.bars


def judge(points: Sequence[RecoveryPoint], now: datetime, thresholds: Thresholds) -> tuple[Judged, ...]:
    """One source's copies, oldest first. A size is compared with the good copies before it, never with bad ones."""
    judged: list[Judged] = []
    sizes: list[int] = []
    for point in sorted(points, key=lambda point: (point.taken_at, point.restorable_through, point.id)):
        verdict = Judged(point, _flaw(point, sizes[-HISTORY:], now, thresholds))
        judged.append(verdict)
        if verdict.usable and point.size_bytes is not None:
            sizes.append(point.size_bytes)
    return tuple(judged)


def idle(judged: Sequence[Judged]) -> bool:
    """Whether the last copies brought nothing new. False where the source does not say how much each added."""
    last = [verdict.point for verdict in judged if verdict.usable][-IDLE_COPIES:]
    return len(last) == IDLE_COPIES and all(_added_nothing(point) for point in last)


def _added_nothing(point: RecoveryPoint) -> bool:
    noise = max(IDLE_BYTES, (point.size_bytes or 0) * IDLE_SHARE)
    return point.added_bytes is not None and point.added_bytes < noise


def _flaw(point: RecoveryPoint, sizes: Sequence[int], now: datetime, thresholds: Thresholds) -> Flaw | None:
    if not point.complete:
        return Flaw(Rule.INCOMPLETE, f"incomplete ({point.flaw})" if point.flaw else "incomplete")
    claimed = max(point.taken_at, point.restorable_through)
    if claimed > now + thresholds.future:
        return Flaw(Rule.FUTURE_TIMESTAMP, f"dated {span(claimed - now)} ahead of the clock")
    if point.files == 0 or point.size_bytes == 0:
        return Flaw(Rule.EMPTY, "empty (0 files)" if point.files == 0 else "empty (0 bytes)")
    if point.size_bytes is None or len(sizes) < HISTORY_LEAST:
        return None
    return _shrunk(point.size_bytes, median(sizes), thresholds)


def _shrunk(size: int, usual: float, thresholds: Thresholds) -> Flaw | None:
    lost = 1 - size / usual
    if lost > 1 - EMPTY_SHARE:
        return Flaw(Rule.EMPTY, f"empty ({size:,} bytes, usually {usual:,.0f})")
    if lost > thresholds.size_drop:
        reason = f"{lost:.0%} smaller than usual ({size:,} bytes, usually {usual:,.0f})"
        return Flaw(Rule.SIZE_DROP, reason, bars=lost > thresholds.size_collapse)
    return None


def span(length: timedelta) -> str:
    """A length of time for people, in its two largest units: "3 d 4 h", "1 h 5 min", "10 min", "40 s"."""
    seconds = int(abs(length).total_seconds())
    days, hours, minutes = seconds // 86400, seconds // 3600 % 24, seconds // 60 % 60
    if days:
        return f"{days} d {hours} h" if hours else f"{days} d"
    if hours:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{minutes} min" if minutes else f"{seconds} s"


def moment(at: datetime, now: datetime) -> str:
    """A time for people, in UTC; with its date when it is a day away or more."""
    return f"{at:%H:%M:%S} UTC" if abs(now - at) < DAY else f"{at:%Y-%m-%d %H:%M} UTC"
