"""The second person: approves exactly what was shown, rejects it, or lets it expire."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.access import Right, require
from bot.domain.errors import AlreadyDone, Conflict, NotAllowed
from bot.domain.events import EventKind, make_event
from bot.domain.frozen_plan import short
from bot.domain.recovery_state import RecoveryState, RecoveryStatus
from bot.operations.preview_restore import approval_rule
from bot.operations.start_recovery import begin

if TYPE_CHECKING:
    from bot.domain.events import Actor
    from bot.operations.desk import Desk

WAITING = RecoveryStatus.WAITING_FOR_APPROVAL


async def approve(desk: Desk, recovery: str, actor: Actor, plan_digest: str) -> RecoveryState:
    """Approve exactly the plan of that digest, and start it.

    Raises NotAllowed (also for the person who asked), AlreadyDone, and Conflict when it expired or has changed.
    """
    state = await desk.store.recoveries.state(recovery)
    person = require(desk.policy, actor, Right.APPROVE)
    _refuse_decided(state)
    rule = approval_rule(desk)
    if rule.second_person and person.id == state.requested_by:
        raise NotAllowed(
            f"{person.display} asked for {recovery}: the approval is for a second person.",
            "Ask somebody else, or start it with a break-glass reason.",
        )
    row = await desk.store.recoveries.row(recovery)
    now = desk.clock.now()
    if row.expires_at and now >= row.expires_at:
        raise Conflict(f"The approval of {recovery} expired at {row.expires_at:%H:%M:%S} UTC.", "Ask for it again.")
    if plan_digest != state.plan.digest:
        raise Conflict(f"{recovery} is plan {short(state.plan.digest)}, not {short(plan_digest)}.", "Look at it again.")
    if desk.policy.digest != state.plan.policy_digest:
        raise Conflict(f"The policy has changed since {recovery} was asked for.", "Ask for it again.")
    binding = {
        "plan_digest": state.plan.digest,
        "policy_digest": state.plan.policy_digest,
        "points": {unit.name: unit.point.id for unit in state.plan.units if unit.point},
        "targets": {unit.name: unit.target for unit in state.plan.units if unit.target},
        "expires_at": row.expires_at.isoformat() if row.expires_at else None,
    }
    events = [
        make_event(recovery, EventKind.APPROVED, now, actor=actor, digest=state.plan.digest, data=binding),
        make_event(recovery, EventKind.STARTED, now, actor=actor, digest=state.plan.digest),
    ]
    await desk.store.recoveries.move(recovery, WAITING, RecoveryStatus.RUNNING, events)
    await begin(desk, state.plan)
    return await desk.store.recoveries.state(recovery)


async def reject(desk: Desk, recovery: str, actor: Actor, reason: str) -> RecoveryState:
    """Refuse it, or take one's own request back. Raises NotAllowed and AlreadyDone."""
    state = await desk.store.recoveries.state(recovery)
    if actor.id != state.requested_by:
        require(desk.policy, actor, Right.APPROVE)
    _refuse_decided(state)
    event = make_event(recovery, EventKind.REJECTED, desk.clock.now(), actor=actor, data={"reason": reason})
    await desk.store.recoveries.move(recovery, WAITING, RecoveryStatus.REJECTED, [event])
    return await desk.store.recoveries.state(recovery)


async def expire_approvals(desk: Desk) -> None:
    """End what nobody approved in time."""
    now = desk.clock.now()
    for row in await desk.store.recoveries.rows(open_only=True):
        if row.status is WAITING and row.expires_at and now >= row.expires_at:
            event = make_event(row.id, EventKind.EXPIRED, now)
            await desk.store.recoveries.move(row.id, WAITING, RecoveryStatus.EXPIRED, [event])


def _refuse_decided(state: RecoveryState) -> None:
    if state.status is WAITING:
        return
    what = f"{state.plan.recovery} is {state.status.value.replace('_', ' ')}"
    decided_at = state.approved_at or state.ended_at or state.started_at
    if decided_at:
        raise AlreadyDone(what, state.approved_by or "somebody else", decided_at)
    raise Conflict(f"{what}.")
