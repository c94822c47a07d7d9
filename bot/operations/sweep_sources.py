"""Asks the sources: what each backup of each system holds now. A source that cannot be read is recorded as that."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.domain.recovery_points import FaultKind, Reading, ReadingFault, SourceFault
from bot.operations.check_freshness import sweep_interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.runbook import Backup, System
    from bot.operations.desk import Desk

AT_ONCE = 2
"""Sources asked at the same time: their cost is processor time, not waiting."""

TIMEOUT_SECONDS = 60.0


async def sweep(desk: Desk, systems: Sequence[str] = (), *, due_only: bool = False) -> list[Reading]:
    """Ask the sources of these systems (all when none is named) and keep what they said.

    `due_only`: only those whose last reading is older than the system's sweep interval. A system whose
    runbook has faults is passed over. Raises UnknownName.
    """
    estate = desk.estate
    sound = [name for name in systems or estate.systems if name not in estate.broken_systems]
    chosen = [estate.system(name) for name in sound]
    limit = asyncio.Semaphore(AT_ONCE)
    now = desk.clock.now()
    work = []
    for system in chosen:
        known = {reading.backup: reading for reading in await desk.store.readings.of(system.name)}
        for index, backup in enumerate(system.backups):
            last = known.get(index)
            if not (due_only and last and now < last.checked_at + sweep_interval(system)):
                work.append(_read_limited(desk, limit, system, index, backup, last))
    readings = list(await asyncio.gather(*work))
    for reading in readings:
        await desk.store.readings.keep(reading)
    return readings


async def _read_limited(
    desk: Desk, limit: asyncio.Semaphore, system: System, index: int, backup: Backup, last: Reading | None
) -> Reading:
    async with limit:
        return await read_source(desk, system, index, backup, last)


async def read_source(desk: Desk, system: System, index: int, backup: Backup, last: Reading | None) -> Reading:
    """What one source says now. An unchanged token saves asking again; it never stands in for an answer."""
    checked_at = desk.clock.now()
    blank = Reading(system.name, index, backup.tool, backup.location, checked_at)
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            source = desk.make_source(backup)
            token = await source.probe()
            if last and token and last.fault is None and last.tool == backup.tool and last.token == token:
                return replace(last, checked_at=checked_at)
            points = await source.list_points()
            version = await source.version()
    except SourceFault as fault:
        return replace(blank, fault=ReadingFault(fault.kind, fault.what, fault.helps))
    except TimeoutError:
        detail = f"{backup.tool} did not answer within {TIMEOUT_SECONDS:.0f} s."
        return replace(blank, fault=ReadingFault(FaultKind.TIMEOUT, detail, "See whether its repository is reachable."))
    return replace(blank, points=points, token=token, tool_version=version)
