"""How fresh every backup is: answered from the cache that the sweep keeps."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.freshness import Freshness, assess, unreadable

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
    """The answer for these systems (all when none is named), in the order of tier and name. Raises UnknownName.

    A system whose runbook has faults is unknown, and they are its cause.
    """
    estate = desk.estate
    broken = estate.broken_systems
    chosen = systems or [*estate.systems, *broken]
    placed = [(broken[name] if name in broken else estate.system(name).tier, name) for name in chosen]
    return [
        unreadable(name, estate.broken[name]) if name in broken else await _assess(desk, estate.system(name))
        for _, name in sorted(placed)
    ]


async def _assess(desk: Desk, system: System) -> Freshness:
    lasts = max(READING_LASTS_AT_LEAST, SWEEPS_A_READING_LASTS * sweep_interval(system))
    readings = await desk.store.readings.of(system.name)
    return assess(system, readings, desk.clock.now(), desk.policy.thresholds, lasts)
