"""Whether the ledger is whole, and whether what is kept beside it is what it says."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from bot.domain.events import ESTATE_STREAM, EstateEventKind, Event, EventKind
from bot.domain.frozen_plan import FrozenPlan
from bot.domain.make_plan import digest_of, plan_digest
from bot.domain.recovery import fold
from bot.store.codec import canonical, decode
from bot.store.ledger import LedgerCheck, parse_head

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bot.domain.recovery_state import RecoveryState
    from bot.operations.desk import Desk
    from bot.store.tables import Snapshot, StoredRecovery


async def verify_ledger(desk: Desk, head: str = "") -> LedgerCheck:
    """Compute the whole chain again, hold it against a head that was kept, and hold every table against it.

    Raises LedgerBroken when `head` is none.
    """
    found = await desk.store.tables.snapshot(parse_head(head) if head else None)
    estate = found.streams.get(ESTATE_STREAM, ())
    faults = [*_recoveries(found, estate), *_proofs(found, estate), *_reviews(found, estate)]
    return replace(found.check, faults=(*found.check.faults, *faults))


def _entered(estate: Sequence[Event], kind: EstateEventKind) -> dict[str, Event]:
    """The last entry of that kind for each recovery."""
    return {str(event.data.get("recovery")): event for event in estate if event.kind == kind}


def _recoveries(found: Snapshot, estate: Sequence[Event]) -> Iterator[str]:
    opened = _entered(estate, EstateEventKind.RECOVERY_OPENED)
    closed = _entered(estate, EstateEventKind.RECOVERY_CLOSED)
    rows = {row.id: row for row in found.recoveries}
    for recovery in sorted({*rows, *opened, *closed, *found.streams} - {ESTATE_STREAM}):
        events = found.streams.get(recovery, ())
        if recovery not in opened:
            yield f"{recovery}: its start is not entered in the stream of the estate."
        if recovery not in closed and any(event.kind == EventKind.ENDED for event in events):
            yield f"{recovery}: its end is not entered in the stream of the estate."
        if recovery in rows:
            yield from _recovery(rows[recovery], events, opened.get(recovery))
        else:
            yield f"{recovery}: the ledger knows it, the table of recoveries does not."


def _recovery(row: StoredRecovery, events: Sequence[Event], opened: Event | None) -> Iterator[str]:
    """Holds the row of a recovery against its events."""
    requested = next((event for event in events if event.kind == EventKind.REQUESTED), None)
    plan = _plan(row)
    if plan is None or requested is None or not _was_asked_for(row, plan, requested, opened):
        yield f"{row.id}: its plan is not the one that was asked for."
        return
    state = _fold(plan, events)
    if state is None:
        yield f"{row.id}: its events do not fit its plan."
        return
    for what, stored, told in _columns(row, plan, state, events, requested):
        if stored != told:
            yield f"{row.id}: the table says that its {what} is {_said(stored)}, the ledger {_said(told)}."


def _plan(row: StoredRecovery) -> FrozenPlan | None:
    try:
        return decode(FrozenPlan, row.plan)
    except ValueError:
        return None


def _was_asked_for(row: StoredRecovery, plan: FrozenPlan, requested: Event, opened: Event | None) -> bool:
    # The plan's own digest covers what an approval binds; that of its text, which is entered at the start, all of it.
    text = opened.data.get("plan_text") if opened else None
    fits_text = text is None or text == digest_of([row.plan])
    computed = plan_digest(plan.mode, plan.units, plan.inputs)
    return fits_text and plan.recovery == row.id and requested.data.get("plan_digest") == plan.digest == computed


def _fold(plan: FrozenPlan, events: Sequence[Event]) -> RecoveryState | None:
    try:
        return fold(plan, events)
    except (KeyError, TypeError, ValueError):
        return None


def _columns(
    row: StoredRecovery, plan: FrozenPlan, state: RecoveryState, events: Sequence[Event], requested: Event
) -> Iterator[tuple[str, object, object]]:
    """What a column holds: its name, what stands there, and what the events say."""
    expires = requested.data.get("expires_at")
    yield "name", row.name, plan.name
    yield "mode", row.mode, plan.mode.value
    yield "status", row.status, state.status.value
    yield "request", row.requested_at, state.requested_at
    yield "expiry", row.expires_at, datetime.fromisoformat(str(expires)) if expires else None
    yield "end", row.ended_at, state.ended_at
    yield "last entry", row.head_seq, events[-1].seq


def _said(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S.%f} UTC"
    return "none" if value is None else str(value)


def _proofs(found: Snapshot, estate: Sequence[Event]) -> Iterator[str]:
    events = {event.id: event for event in estate if event.kind == EstateEventKind.PROOF}
    rows = {row.id: row for row in found.proofs}
    for proof in sorted({*events, *rows}):
        event, row = events.get(proof), rows.get(proof)
        if event is None:
            yield f"{proof}: the table holds a proof that the ledger does not know."
        elif row is None:
            yield f"{proof}: the ledger holds a proof that is not in the table."
        elif (row.text, row.system, row.at) != (canonical(event.data.get("proof")), event.unit, event.occurred_at):
            yield f"{proof}: the proof in the table is not the one that the ledger holds ({_verdict(event.data)})."


def _verdict(data: Mapping[str, object]) -> str:
    proof = data.get("proof")
    return str(proof.get("verdict", "no verdict")) if isinstance(proof, dict) else "no verdict"


def _reviews(found: Snapshot, estate: Sequence[Event]) -> Iterator[str]:
    kept = _entered(estate, EstateEventKind.REVIEW_KEPT)
    rows = {row.recovery: row for row in found.reviews}
    for recovery in sorted({*kept, *rows}):
        event, row = kept.get(recovery), rows.get(recovery)
        if event is None:
            yield f"{recovery}: its review was never entered in the ledger."
        elif row is None:
            yield f"{recovery}: its review was kept and is not there any more."
        elif (row.digest, row.through_seq) != (event.data.get("digest"), event.data.get("through_seq")):
            yield f"{recovery}: its review is not the one that was kept at {_said(event.occurred_at)}."
        elif row.kept_at != event.occurred_at:
            yield f"{recovery}: its review was kept at {_said(event.occurred_at)}, not at {_said(row.kept_at)}."
