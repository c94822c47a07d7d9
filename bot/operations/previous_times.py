"""How long the steps of a plan took the last time: "took 4 min last time"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.outline import time_taken

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta

    from bot.domain.frozen_plan import FrozenPlan
    from bot.operations.desk import Desk

LOOKS_AT = 10
"""Recoveries whose events are read: those of the same name first, newest first. Reading takes time."""

AMONG = 40
"""Newest recoveries that they are chosen from: what was longer ago says little."""


async def previous_times(desk: Desk, plan: FrozenPlan) -> Mapping[tuple[str, str], timedelta]:
    """By unit and step id: how long the same step of the same runbook took when it was last done in the same mode."""
    wanted = {(unit.runbook, step.id): (unit.name, step.id) for unit in plan.units for step in unit.steps}
    found: dict[tuple[str, str], timedelta] = {}
    rows = await desk.store.recoveries.rows(limit=AMONG)
    alike = [row for row in rows if row.id != plan.recovery and row.mode is plan.mode]
    for row in sorted(alike, key=lambda row: row.name != plan.name)[:LOOKS_AT]:
        if len(found) == len(wanted):
            break
        state = await desk.store.recoveries.state(row.id)
        for unit in state.units.values():
            for step in unit.unit.steps:
                key = wanted.get((unit.unit.runbook, step.id))
                taken = time_taken(unit.steps[step.id])
                if key and taken is not None:
                    found.setdefault(key, taken)
    return found
