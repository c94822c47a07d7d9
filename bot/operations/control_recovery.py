"""Steers a recovery as a whole: abort, pause, resume, lead, handing it over, and the start of its outage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.domain.access import Right, known_person, require
from bot.domain.errors import AlreadyDone, BringbackError, Conflict, NotAllowed
from bot.domain.events import Actor, EventKind, make_event
from bot.domain.recovery_state import RecoveryState, RecoveryStatus

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.events import Event
    from bot.operations.desk import Desk


async def abort(desk: Desk, recovery: str, actor: Actor, reason: str) -> RecoveryState:
    """End it: running commands are stopped within two seconds, nothing more starts.

    Raises NotAllowed, Conflict, AlreadyDone, and BringbackError without a reason.
    """
    if not reason.strip():
        raise BringbackError("Aborting needs a reason.", "It will stand in the review.")
    event = await _controlled(desk, recovery, actor, EventKind.ABORT_REQUESTED, {"reason": reason.strip()}, "")
    await _set_control(desk, recovery, "abort", event)
    await desk.engine.control(recovery, "abort")
    return await desk.store.recoveries.state(recovery)


async def pause(desk: Desk, recovery: str, actor: Actor) -> RecoveryState:
    """Start no further step; what runs goes on, and so does the clock. Raises NotAllowed, Conflict."""
    event = await _controlled(desk, recovery, actor, EventKind.PAUSED, {}, desk.clock.now().isoformat())
    await _set_control(desk, recovery, "pause", event)
    return await desk.store.recoveries.state(recovery)


async def resume(desk: Desk, recovery: str, actor: Actor) -> RecoveryState:
    """Start steps again. Raises NotAllowed, Conflict."""
    event = await _controlled(desk, recovery, actor, EventKind.RESUMED, {}, desk.clock.now().isoformat())
    await _set_control(desk, recovery, "", event)
    await desk.engine.control(recovery, "resume")
    return await desk.store.recoveries.state(recovery)


async def take_lead(desk: Desk, recovery: str, actor: Actor) -> RecoveryState:
    """Lead from now on. Raises NotAllowed, Conflict."""
    event = await _controlled(desk, recovery, actor, EventKind.LEAD_TAKEN, {}, desk.clock.now().isoformat())
    await desk.store.ledger.append([event])
    return await desk.store.recoveries.state(recovery)


async def hand_over(desk: Desk, recovery: str, to: str, actor: Actor, text: str = "") -> RecoveryState:
    """Give the whole walk to another: the lead, and the steps that the lead was assigned or was on.

    `to` is a person's id, login or name. Raises UnknownName, Conflict, NotAllowed (also of that person).
    """
    person = known_person(desk.policy, to)
    require(desk.policy, Actor(person.id, person.display, actor.via), Right.CONTROL)
    state = await desk.store.recoveries.state(recovery)
    lead = desk.policy.person(state.lead)
    data = {
        "to": person.id,
        "to_name": person.display,
        "from": lead.id if lead else state.lead,
        "from_name": state.lead_name,
        "from_names": sorted({state.lead_name, *((lead.name, lead.login, lead.display) if lead else ())} - {""}),
        "text": text.strip(),
    }
    event = await _controlled(desk, recovery, actor, EventKind.HANDED_OVER, data, desk.clock.now().isoformat())
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
    # While it runs, the clock has passed the RTO already or not yet: that counts as well.
    until = state.verified_at or state.ended_at or desk.clock.now()
    if old and rto and until - at <= rto < until - old and person.id == state.requested_by:
        what = "This correction turns a missed RTO into a met one: it takes a second person."
        raise NotAllowed(what, "Ask somebody else.")
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
    if state.status is RecoveryStatus.WAITING_FOR_APPROVAL:
        raise Conflict(f"{recovery} waits for approval, it does not run.", "Reject it, or take your request back.")
    if state.status is not RecoveryStatus.RUNNING:
        raise Conflict(f"{recovery} is {state.status.value}, it does not run.", "Its review says how it went.")
    return make_event(recovery, kind, desk.clock.now(), actor=actor, data=data, extra=extra)


async def _set_control(desk: Desk, recovery: str, control: str, event: Event) -> None:
    """Raises AlreadyDone when somebody has aborted it."""
    try:
        await desk.store.recoveries.set_control(recovery, control, [event])
    except Conflict:
        aborted = await desk.store.recoveries.last_event(recovery, EventKind.ABORT_REQUESTED)
        if aborted:
            who = aborted.actor_name or aborted.actor or "the bot"
            raise AlreadyDone(f"{recovery} aborted", who, aborted.occurred_at) from None
        raise
