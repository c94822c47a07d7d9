"""Starts a recovery: stored first, then handed to the engine. A real one waits for a second person."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from bot.domain.access import Right, require
from bot.domain.errors import BringbackError, Conflict
from bot.domain.events import EventKind, make_event
from bot.domain.frozen_plan import Mode, UnitKind
from bot.domain.recovery_state import RecoveryState, RecoveryStatus
from bot.operations.preview_restore import RestoreRequest, approval_rule, preview_restore

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.domain.events import Actor, Event
    from bot.domain.frozen_plan import FrozenPlan
    from bot.operations.desk import Desk
    from bot.operations.preview_restore import Preview


async def start_recovery(desk: Desk, request: RestoreRequest, actor: Actor) -> RecoveryState:
    """Ask for a recovery. Raises NotAllowed, UnknownName, RunbookError, Conflict, and BringbackError for problems."""
    person = require(desk.policy, actor, Right.REAL if request.mode is Mode.REAL else Right.DRILL)
    actor = replace(actor, id=person.id)  # one person, whatever key they came with: the second one must be another
    preview = await preview_restore(desk, request)
    if preview.problems:
        asked = {one.problem for one in preview.missing}
        helps = "" if asked.issuperset(preview.problems) else "Name a recovery point, or mend the source first."
        raise BringbackError(" ".join(preview.problems), helps)
    alone = request.break_glass.strip()
    waits = preview.needs_approval and not alone
    now = desk.clock.now()
    expires_at = now + approval_rule(desk).expires if waits else None

    def make(recovery: str) -> tuple[FrozenPlan, list[Event], RecoveryStatus, datetime | None]:
        plan = replace(preview.plan, recovery=recovery)
        events = [_requested(plan, request, preview, actor, now, expires_at)]
        if preview.needs_approval and alone:
            data = {"gate": "second person", "reason": alone}
            events.append(make_event(recovery, EventKind.BREAK_GLASS, now, actor=actor, data=data, extra="second"))
        if request.mode is Mode.REAL and preview.guesses and request.unproven_reason.strip():
            data = {"gate": "not proven", "reason": request.unproven_reason.strip()}
            events.append(make_event(recovery, EventKind.BREAK_GLASS, now, actor=actor, data=data, extra="unproven"))
        if waits:
            return plan, events, RecoveryStatus.WAITING_FOR_APPROVAL, expires_at
        events.append(make_event(recovery, EventKind.STARTED, now, actor=actor, digest=plan.digest))
        return plan, events, RecoveryStatus.RUNNING, None

    plan = await desk.store.recoveries.create(make, partial(_refuse_collisions, preview.plan))
    if not waits:
        await begin(desk, plan)
    return await desk.store.recoveries.state(plan.recovery)


async def begin(desk: Desk, plan: FrozenPlan) -> None:
    """Hand a recovery that is stored as running to the engine; a real one takes its systems from drills."""
    if plan.mode is Mode.REAL:
        others = [await desk.store.recoveries.plan(row.id) for row in await desk.store.recoveries.rows(open_only=True)]
        for other in _overlapping(plan, others, Mode.DRILL):
            await _interrupt(desk, other, plan.recovery)
    await desk.engine.start(plan.recovery)


async def _interrupt(desk: Desk, drill: str, recovery: str) -> None:
    data = {"reason": f"interrupted: {recovery} restores the same system for real"}
    event = make_event(drill, EventKind.ABORT_REQUESTED, desk.clock.now(), data=data)
    try:
        await desk.store.recoveries.set_control(drill, "abort", [event])
    except Conflict:
        return  # it has ended, or a person has aborted it
    await desk.engine.control(drill, "abort")


def _requested(
    plan: FrozenPlan,
    request: RestoreRequest,
    preview: Preview,
    actor: Actor,
    now: datetime,
    expires_at: datetime | None,
) -> Event:
    # Nothing is down in a walk that brings nothing back, unless a person says since when something is.
    down = plan.mode is Mode.REAL and bool(plan.systems)
    points = {unit.name: unit.point.id for unit in plan.units if unit.point}
    data: dict[str, Any] = {
        "plan_digest": plan.digest,
        "policy_digest": plan.policy_digest,
        "mode": plan.mode.value,
        "reason": request.reason,
        "evidence": request.evidence or ("unknown: at least since it was declared" if down else ""),
        "outage_started_at": _iso(request.outage_started_at or (now if down else None)),
        "declared_at": _iso(request.declared_at or now),
        "expires_at": _iso(expires_at),
        "points": points,
        "targets": {unit.name: unit.target for unit in plan.units if unit.target},
        "guesses": list(preview.guesses),
        "proof_states": {name: state.value for name, state in preview.proof_states.items()},
        "unproven_reason": request.unproven_reason,
        "inputs": dict(plan.inputs),
        "parts": list(plan.parts),
    }
    return make_event(plan.recovery, EventKind.REQUESTED, now, actor=actor, digest=plan.digest, data=data)


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _refuse_collisions(plan: FrozenPlan, others: Sequence[FrozenPlan]) -> None:
    shared = _overlapping(plan, others, Mode.REAL)
    if shared:
        names = ", ".join(unit.name for unit in plan.systems)
        raise Conflict(
            f"{' and '.join(shared)} already brings back a system of {names} for real.",
            "Wait for it to end, abort it, or reject it while it waits for approval; "
            "no drill runs beside a real recovery of the same system.",
        )
    for other in others:
        if common := sorted(_places(plan) & _places(other)):
            raise Conflict(
                f"{other.recovery} works on {common[0]} already.", "Wait for it to end, abort it, or reject it."
            )


def _places(plan: FrozenPlan) -> set[str]:
    """Where a plan's commands do their work: the targets of its systems, or a walked runbook that runs some."""
    walked = {
        f"runbook {unit.runbook}"
        for unit in plan.units
        if unit.kind is UnitKind.WALK and any(step.runs for step in unit.steps)
    }
    return {f"{unit.site}:{unit.target}" for unit in plan.systems if unit.target} | walked


def _overlapping(plan: FrozenPlan, others: Sequence[FrozenPlan], mode: Mode) -> list[str]:
    """Those of the others that are of that mode and share a system with this plan."""
    systems = {unit.name for unit in plan.systems}
    return [
        other.recovery for other in others if other.mode is mode and systems & {unit.name for unit in other.systems}
    ]
