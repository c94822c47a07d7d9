"""Starts a recovery: stored first, then handed to the engine. A real one waits for a second person."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bot.domain.access import Right, require
from bot.domain.errors import BringbackError, Conflict
from bot.domain.events import EventKind, make_event
from bot.domain.frozen_plan import Mode, UnitKind
from bot.domain.recovery_state import RecoveryState, RecoveryStatus
from bot.operations.preview_restore import RestoreRequest, approval_rule, preview_restore

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.events import Actor, Event
    from bot.domain.frozen_plan import FrozenPlan
    from bot.operations.desk import Desk
    from bot.operations.preview_restore import Preview


async def start_recovery(desk: Desk, request: RestoreRequest, actor: Actor) -> RecoveryState:
    """Ask for a recovery. Raises NotAllowed, UnknownName, RunbookError, Conflict, and BringbackError for problems."""
    require(desk.policy, actor, Right.REAL if request.mode is Mode.REAL else Right.DRILL)
    preview = await preview_restore(desk, request)
    if preview.problems:
        raise BringbackError(" ".join(preview.problems), "Name a recovery point, or mend the source first.")
    await _refuse_collisions(desk, preview.plan)
    waits = preview.needs_approval and not request.break_glass
    now = desk.clock.now()
    expires_at = now + approval_rule(desk).expires if waits else None

    def make(recovery: str) -> tuple[FrozenPlan, list[Event], RecoveryStatus, datetime | None]:
        plan = replace(preview.plan, recovery=recovery)
        events = [_requested(plan, request, preview, actor, now, expires_at)]
        if preview.needs_approval and request.break_glass:
            data = {"gate": "second person", "reason": request.break_glass}
            events.append(make_event(recovery, EventKind.BREAK_GLASS, now, actor=actor, data=data, extra="second"))
        if waits:
            return plan, events, RecoveryStatus.WAITING_FOR_APPROVAL, expires_at
        events.append(make_event(recovery, EventKind.STARTED, now, actor=actor, digest=plan.digest))
        return plan, events, RecoveryStatus.RUNNING, None

    plan = await desk.store.recoveries.create(make)
    if not waits:
        await begin(desk, plan)
    return await desk.store.recoveries.state(plan.recovery)


async def begin(desk: Desk, plan: FrozenPlan) -> None:
    """Hand a recovery that is stored as running to the engine; a real one takes its systems from drills."""
    if plan.mode is Mode.REAL:
        for other in await _overlapping(desk, plan, Mode.DRILL):
            data = {"reason": f"interrupted: {plan.recovery} restores the same system for real"}
            event = make_event(other, EventKind.ABORT_REQUESTED, desk.clock.now(), data=data)
            await desk.store.recoveries.set_control(other, "abort", [event])
            await desk.engine.control(other, "abort")
    await desk.engine.start(plan.recovery)


def _requested(
    plan: FrozenPlan,
    request: RestoreRequest,
    preview: Preview,
    actor: Actor,
    now: datetime,
    expires_at: datetime | None,
) -> Event:
    points = {unit.name: unit.point.id for unit in plan.units if unit.point}
    data: dict[str, Any] = {
        "plan_digest": plan.digest,
        "policy_digest": plan.policy_digest,
        "mode": plan.mode.value,
        "reason": request.reason,
        "evidence": request.evidence or ("unknown: at least since it was declared" if plan.mode is Mode.REAL else ""),
        "outage_started_at": _iso(request.outage_started_at or (now if plan.mode is Mode.REAL else None)),
        "declared_at": _iso(request.declared_at or now),
        "expires_at": _iso(expires_at),
        "points": points,
        "targets": {unit.name: unit.target for unit in plan.units if unit.target},
        "guesses": list(preview.guesses),
        "proof_states": {name: state.value for name, state in preview.proof_states.items()},
        "unproven_reason": request.unproven_reason,
        "inputs": dict(request.inputs),
    }
    return make_event(plan.recovery, EventKind.REQUESTED, now, actor=actor, digest=plan.digest, data=data)


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


async def _refuse_collisions(desk: Desk, plan: FrozenPlan) -> None:
    others = await _overlapping(desk, plan, Mode.REAL)
    if others:
        names = ", ".join(unit.name for unit in plan.systems)
        raise Conflict(
            f"{' and '.join(others)} already brings back a system of {names} for real.",
            "Wait for it to end, or abort it; a drill never runs beside a real recovery of the same system.",
        )


async def _overlapping(desk: Desk, plan: FrozenPlan, mode: Mode) -> list[str]:
    """Open recoveries of that mode that share a system with this plan."""
    systems = {unit.name for unit in plan.units if unit.kind is UnitKind.SYSTEM}
    shared = []
    for row in await desk.store.recoveries.rows(open_only=True):
        if row.id != plan.recovery and row.mode is mode:
            other = await desk.store.recoveries.plan(row.id)
            if systems & {unit.name for unit in other.systems}:
                shared.append(row.id)
    return shared
