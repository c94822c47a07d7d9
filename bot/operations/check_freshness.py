"""How fresh every backup is: answered from the cache that the sweep keeps."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.freshness import Freshness, assess

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.runbook import System
    from bot.operations.desk import Desk

SHORTEST = timedelta(seconds=5)
LONGEST = timedelta(minutes=5)
SWEEPS_A_READING_LASTS = 3
READING_LASTS_AT_LEAST = timedelta(minutes=1)


def sweep_interval(system: System) -> timedelta:
    """How often a system's sources are asked: a tenth of its RPO, between five seconds and five minutes."""
    return max(SHORTEST, min(LONGEST, (system.rpo or LONGEST * 10) / 10))


async def check_freshness(desk: Desk, systems: Sequence[str] = ()) -> list[Freshness]:
    """The answer for these systems (all when none is named), in the order of tier and name. Raises UnknownName."""
    estate = desk.estate
    chosen = [estate.system(name) for name in systems] or list(estate.systems.values())
    now = desk.clock.now()
    thresholds = desk.policy.thresholds
    answers = []
    for system in sorted(chosen, key=lambda system: (system.tier, system.name)):
        lasts = max(READING_LASTS_AT_LEAST, SWEEPS_A_READING_LASTS * sweep_interval(system))
        answers.append(assess(system, await desk.store.readings.of(system.name), now, thresholds, lasts))
    return answers
