"""The second person: approves exactly what was shown, rejects it, or lets it expire."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.domain.access import Right, require
from bot.domain.errors import AlreadyDone, Conflict, NotAllowed
from bot.domain.events import EventKind, make_event
from bot.domain.make_plan import short
from bot.domain.recovery_state import RecoveryState, RecoveryStatus
from bot.operations.preview_restore import approval_rule
from bot.operations.start_recovery import begin

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.events import Actor, Event
    from bot.operations.desk import Desk

WAITING = RecoveryStatus.WAITING_FOR_APPROVAL
RUNNING = RecoveryStatus.RUNNING


async def approve(desk: Desk, recovery: str, actor: Actor, plan_digest: str) -> RecoveryState:
    """Approve exactly the plan of that digest; the last approval that the policy asks for starts it.

    Raises NotAllowed (also for the person who asked), AlreadyDone, and Conflict when it expired or has changed.
    """
    state = await desk.store.recoveries.state(recovery)
    person = require(desk.policy, actor, Right.APPROVE)
    refuse_decided(state)
    if approval_rule(desk).second_person and person.id == state.requested_by:
        raise NotAllowed(
            f"{person.display} asked for {recovery}: the approval is for a second person.",
            "Ask somebody else, or start it with a break-glass reason.",
        )
    if person.id in state.approvals and state.approved_at:
        raise AlreadyDone(f"{recovery} approved", state.approved_by_name, state.approved_at)
    row = await desk.store.recoveries.row(recovery)
    now = desk.clock.now()
    if row.expires_at and now >= row.expires_at:
        raise Conflict(f"The approval of {recovery} expired at {row.expires_at:%H:%M:%S} UTC.", "Ask for it again.")
    if plan_digest != state.plan.digest:
        raise Conflict(f"{recovery} is plan {short(state.plan.digest)}, not {short(plan_digest)}.", "Look at it again.")
    if desk.policy.digest != state.plan.policy_digest:
        raise Conflict(f"The policy has changed since {recovery} was asked for.", "Ask for it again.")
    who = replace(actor, id=person.id)
    approved = _approved(state, who, now, row.expires_at)
    return await _enter(desk, state, approved, make_event(recovery, EventKind.STARTED, now, actor=who))


def _approved(state: RecoveryState, who: Actor, now: datetime, expires_at: datetime | None) -> Event:
    plan = state.plan
    binding = {
        "plan_digest": plan.digest,
        "policy_digest": plan.policy_digest,
        "points": {unit.name: unit.point.id for unit in plan.units if unit.point},
        "targets": {unit.name: unit.target for unit in plan.units if unit.target},
        "expires_at": expires_at.isoformat() if expires_at else None,
    }
    kind = EventKind.APPROVED
    return make_event(plan.recovery, kind, now, actor=who, digest=plan.digest, data=binding, extra=who.id)


async def _enter(desk: Desk, state: RecoveryState, approved: Event, started: Event) -> RecoveryState:
    """Store an approval; the last one starts the recovery in the same transaction."""
    recovery, needs = state.plan.recovery, approval_rule(desk).needs
    last = len(state.approvals) + 1 >= needs
    await _move(desk, recovery, RUNNING if last else WAITING, [approved, started] if last else [approved])
    if not last:
        state = await desk.store.recoveries.state(recovery)
        if len(state.approvals) < needs:
            return state
        # Two approved at the same moment, and neither saw the other's.
        await _move(desk, recovery, RUNNING, [started])
    await begin(desk, state.plan)
    return await desk.store.recoveries.state(recovery)


async def reject(desk: Desk, recovery: str, actor: Actor, reason: str) -> RecoveryState:
    """Refuse it, or take one's own request back. Raises NotAllowed and AlreadyDone."""
    state = await desk.store.recoveries.state(recovery)
    person = desk.policy.person(actor.id)
    if not (person and person.id == state.requested_by):
        require(desk.policy, actor, Right.APPROVE)
    refuse_decided(state)
    event = make_event(recovery, EventKind.REJECTED, desk.clock.now(), actor=actor, data={"reason": reason.strip()})
    await _move(desk, recovery, RecoveryStatus.REJECTED, [event])
    return await desk.store.recoveries.state(recovery)


async def expire_approvals(desk: Desk) -> None:
    """End what nobody approved in time."""
    now = desk.clock.now()
    for row in await desk.store.recoveries.rows(open_only=True):
        if row.status is WAITING and row.expires_at and now >= row.expires_at:
            event = make_event(row.id, EventKind.EXPIRED, now)
            with suppress(Conflict):  # decided a moment ago
                await desk.store.recoveries.move(row.id, WAITING, RecoveryStatus.EXPIRED, [event])


async def _move(desk: Desk, recovery: str, status: RecoveryStatus, events: list[Event]) -> None:
    """On from waiting. Raises AlreadyDone, with the name, when somebody decided a moment earlier."""
    try:
        await desk.store.recoveries.move(recovery, WAITING, status, events)
    except Conflict:
        refuse_decided(await desk.store.recoveries.state(recovery))
        raise


def refuse_decided(state: RecoveryState) -> None:
    """Nothing while it waits for approval. Raises AlreadyDone: who decided, and when; Conflict where nobody did."""
    recovery = state.plan.recovery
    if state.status is WAITING:
        return
    if state.status is RecoveryStatus.REJECTED and state.ended_at:
        raise AlreadyDone(f"The rejection of {recovery}", state.rejected_by_name, state.ended_at)
    if state.status is RecoveryStatus.EXPIRED and state.ended_at:
        when = f"{state.ended_at:%H:%M:%S} UTC"
        raise Conflict(f"{recovery} expired at {when}: nobody approved it in time.", "Ask for it again.")
    if state.approved_at:
        raise AlreadyDone(f"The approval of {recovery}", state.approved_by_name, state.approved_at)
    raise Conflict(f"{recovery} waits for no approval: it {_standing(state)}.", f"`status {recovery}` shows it.")


def _standing(state: RecoveryState) -> str:
    if state.ended_at:
        return f"ended {(state.outcome or state.status).upper()} at {state.ended_at:%H:%M:%S} UTC"
    return f"runs since {state.started_at:%H:%M:%S} UTC" if state.started_at else "is started"
