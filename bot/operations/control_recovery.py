"""Steers a recovery as a whole: abort, pause, resume, lead, and the start of its outage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.domain.access import Right, require
from bot.domain.errors import BringbackError, Conflict
from bot.domain.events import EventKind, make_event
from bot.domain.recovery_state import RecoveryState, RecoveryStatus

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.events import Actor, Event
    from bot.operations.desk import Desk


async def abort(desk: Desk, recovery: str, actor: Actor, reason: str) -> RecoveryState:
    """End it: running commands are stopped within two seconds, nothing more starts. Raises NotAllowed, Conflict."""
    if not reason.strip():
        raise BringbackError("Aborting needs a reason.", "It will stand in the review.")
    event = await _controlled(desk, recovery, actor, EventKind.ABORT_REQUESTED, {"reason": reason.strip()}, "")
    await desk.store.recoveries.set_control(recovery, "abort", [event])
    await desk.engine.control(recovery, "abort")
    return await desk.store.recoveries.state(recovery)


async def pause(desk: Desk, recovery: str, actor: Actor) -> RecoveryState:
    """Start no further step; what runs goes on, and so does the clock. Raises NotAllowed, Conflict."""
    event = await _controlled(desk, recovery, actor, EventKind.PAUSED, {}, desk.clock.now().isoformat())
    await desk.store.recoveries.set_control(recovery, "pause", [event])
    return await desk.store.recoveries.state(recovery)


async def resume(desk: Desk, recovery: str, actor: Actor) -> RecoveryState:
    """Start steps again. Raises NotAllowed, Conflict."""
    event = await _controlled(desk, recovery, actor, EventKind.RESUMED, {}, desk.clock.now().isoformat())
    await desk.store.recoveries.set_control(recovery, "", [event])
    await desk.engine.control(recovery, "resume")
    return await desk.store.recoveries.state(recovery)


async def take_lead(desk: Desk, recovery: str, actor: Actor) -> RecoveryState:
    """Lead from now on. Raises NotAllowed, Conflict."""
    event = await _controlled(desk, recovery, actor, EventKind.LEAD_TAKEN, {}, desk.clock.now().isoformat())
    await desk.store.ledger.append([event])
    return await desk.store.recoveries.state(recovery)


async def correct_start(desk: Desk, recovery: str, actor: Actor, at: datetime, reason: str) -> RecoveryState:
    """Correct the start of the outage, by an event with a reason; the old one stays in the ledger.

    A correction that turns a missed RTO into a met one needs another person than the one who asked for the recovery.
    Raises NotAllowed, Conflict, and BringbackError without a reason.
    """
    if not reason.strip():
        raise BringbackError("Correcting a time needs a reason.", "It will stand in the review.")
    state = await desk.store.recoveries.state(recovery)
    person = require(desk.policy, actor, Right.CONTROL)
    if at > desk.clock.now():
        raise BringbackError("An outage cannot start in the future.", "Give a time that has passed.")
    old, rto = state.outage_started_at, state.plan.rto
    met_by_it = old and rto and state.verified_at and state.verified_at - at <= rto < state.verified_at - old
    if met_by_it and person.id == state.requested_by:
        what = "This correction turns a missed RTO into a met one: it takes a second person."
        raise Conflict(what, "Ask somebody else.")
    data = {"from": old.isoformat() if old else None, "to": at.isoformat(), "reason": reason.strip()}
    now = desk.clock.now()
    event = make_event(
        recovery, EventKind.OUTAGE_CORRECTED, now, actor=actor, data=data, extra=f"{actor.id}/{now.isoformat()}"
    )
    await desk.store.ledger.append([event])
    return await desk.store.recoveries.state(recovery)


async def _controlled(
    desk: Desk, recovery: str, actor: Actor, kind: EventKind, data: dict[str, Any], extra: str
) -> Event:
    state = await desk.store.recoveries.state(recovery)
    require(desk.policy, actor, Right.CONTROL)
    if state.status is not RecoveryStatus.RUNNING:
        raise Conflict(f"{recovery} is {state.status.value.replace('_', ' ')}, not running.")
    return make_event(recovery, kind, desk.clock.now(), actor=actor, data=data, extra=extra)
