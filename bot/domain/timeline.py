"""The timeline of a recovery: its events as spans, its critical path, and the parts that the measured time is made of.

The measured time runs from the start of the outage (a drill: from its launch) until all critical systems are verified
at once; of a recovery that never got there, until it ended; of one that still runs, until its last event.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.domain.events import Event, EventKind
from bot.domain.frozen_plan import FrozenPlan, Mode
from bot.domain.recovery import fold
from bot.domain.step_spans import Span, SpanKind, step_spans

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bot.domain.recovery_state import RecoveryState, UnitState

# Where spans overlap, the first of these says what the time went into.
_RANK = {
    kind: place
    for place, kind in enumerate(
        (
            SpanKind.REWORK,
            SpanKind.MACHINE,
            SpanKind.HANDS_ON,
            SpanKind.PEOPLE,
            SpanKind.APPROVAL,
            SpanKind.DECIDING,
            SpanKind.NOTICING,
            SpanKind.PAUSED,
            SpanKind.OTHER,
        )
    )
}


@dataclass(frozen=True, slots=True)
class TimeEdit:
    """A time that a person gave by hand, at `at`: the start of the outage, or when a step was done.

    `before` is what it would have been without, None when that was unknown; `step` is the unit and the step, empty for
    the start of the outage.
    """

    at: datetime
    who: str
    before: datetime | None
    after: datetime | None
    reason: str
    step: str = ""

    @property
    def about(self) -> str:
        """What the time is of."""
        return f"end of {self.step}" if self.step else "start of the outage"


@dataclass(frozen=True, slots=True)
class Timeline:
    """The measured time of a recovery. `pieces` cover it without a gap and without overlap, along `path`."""

    started_at: datetime
    ended_at: datetime
    spans: tuple[Span, ...]
    path: tuple[str, ...]
    pieces: tuple[Span, ...]

    @property
    def duration(self) -> timedelta:
        """The measured time: in a real recovery that was verified, the RTA."""
        return self.ended_at - self.started_at

    @property
    def parts(self) -> dict[SpanKind, timedelta]:
        """Each kind's share of the measured time; they sum to `duration` exactly."""
        return {
            kind: sum((piece.duration for piece in self.pieces if piece.kind is kind), timedelta()) for kind in SpanKind
        }


def timeline(plan: FrozenPlan, events: Sequence[Event]) -> Timeline:
    """The timeline of these events, in ledger order. Raises ValueError when there is none."""
    if not events:
        raise ValueError(f"{plan.recovery} has no events")
    return timeline_of(fold(plan, events), events)


def timeline_of(state: RecoveryState, events: Sequence[Event]) -> Timeline:
    """The timeline of these events, whose fold is `state`."""
    last = max(event.occurred_at for event in events)
    started_at = _clock_started(state) or events[0].occurred_at
    ended_at = max(started_at, state.verified_at or state.ended_at or last)
    path = _critical_path(state, last)
    all_spans = (*_lead_in(state, last), *_pauses(events, state.ended_at or last), *_unit_spans(state, events, last))
    pieces = tuple(_along(path, state, all_spans, started_at, ended_at))
    return Timeline(started_at, ended_at, tuple(sorted(all_spans, key=_place)), path, pieces)


def spans(plan: FrozenPlan, events: Sequence[Event]) -> tuple[Span, ...]:
    """What happened as spans, earliest first; those of units that ran at the same time overlap."""
    return timeline(plan, events).spans if events else ()


def critical_path(plan: FrozenPlan, events: Sequence[Event]) -> tuple[str, ...]:
    """The units that decided how long it took, first to last: each was the last to release the one after it."""
    return timeline(plan, events).path if events else ()


def parts(plan: FrozenPlan, events: Sequence[Event]) -> dict[SpanKind, timedelta]:
    """What the measured time is made of, along the critical path; they sum to it exactly."""
    return timeline(plan, events).parts if events else dict.fromkeys(SpanKind, timedelta())


def time_edits(events: Iterable[Event]) -> tuple[TimeEdit, ...]:
    """Every time that a person gave by hand, in the order of the ledger."""
    return tuple(edit for event in events if (edit := _time_edit(event)))


def _time_edit(event: Event) -> TimeEdit | None:
    who, reason = event.actor_name or event.actor, str(event.data.get("reason", ""))
    if event.kind == EventKind.OUTAGE_CORRECTED:
        before, after = _time(event.data.get("from")), _time(event.data.get("to"))
        return TimeEdit(event.occurred_at, who, before, after, reason)
    said_at = _time(event.data.get("said_at")) if event.kind == EventKind.ANSWERED else None
    if said_at is None:
        return None
    return TimeEdit(said_at, who, said_at, event.occurred_at, reason, f"{event.unit}/{event.step}")


def _clock_started(state: RecoveryState) -> datetime | None:
    if state.plan.mode is Mode.DRILL:
        return state.started_at or state.requested_at
    return state.outage_started_at or state.declared_at or state.requested_at


def _critical_path(state: RecoveryState, last: datetime) -> tuple[str, ...]:
    started = {name: unit.started_at for name, unit in state.units.items() if unit.started_at}

    def latest(names: Iterable[str]) -> str | None:
        known = [name for name in names if name in started]
        return max(known, key=lambda name: (_let_go(state.units[name]) or last, started[name], name), default=None)

    goal = _goal(state)
    path: list[str] = []
    name = (
        goal if goal in started else latest(unit.unit.name for unit in state.units.values() if not unit.unit.optional)
    )
    while name:
        path.append(name)
        name = latest(state.units[name].unit.depends_on)
    return tuple(reversed(path))


def _let_go(unit: UnitState) -> datetime | None:
    """When what depends on it could start."""
    return unit.released_at or unit.ended_at


def _goal(state: RecoveryState) -> str | None:
    verified = [(unit.verified_at, unit.unit.name) for unit in state.critical if unit.verified_at]
    return max(verified)[1] if verified and len(verified) == len(state.critical) else None


def _lead_in(state: RecoveryState, last: datetime) -> Iterator[Span]:
    asked = state.requested_at or last
    declared = min(state.declared_at or asked, asked)
    if state.plan.mode is Mode.REAL:
        yield from _span(SpanKind.NOTICING, state.outage_started_at, declared, waiting=True)
        yield from _span(SpanKind.DECIDING, declared, asked, waiting=True)
    let_go = state.approved_at or state.started_at or state.ended_at or last
    yield from _span(SpanKind.APPROVAL, asked, let_go, waiting=True)


def _pauses(events: Iterable[Event], until: datetime) -> Iterator[Span]:
    paused: Event | None = None
    for event in events:
        if event.kind == EventKind.PAUSED:
            paused = paused or event
        elif event.kind == EventKind.RESUMED and paused:
            yield from _span(SpanKind.PAUSED, paused.occurred_at, event.occurred_at, paused.actor_name, waiting=True)
            paused = None
    if paused:
        yield from _span(SpanKind.PAUSED, paused.occurred_at, until, paused.actor_name, waiting=True)


def _span(kind: SpanKind, start: datetime | None, end: datetime, who: str = "", *, waiting: bool) -> Iterator[Span]:
    if start and start < end:
        yield Span(kind, start, end, who=who, waiting=waiting)


def _unit_spans(state: RecoveryState, events: Iterable[Event], last: datetime) -> Iterator[Span]:
    by_step: dict[tuple[str, str], list[Event]] = {}
    for event in events:
        if event.unit and event.step:
            by_step.setdefault((event.unit, event.step), []).append(event)
    for (name, step), own in by_step.items():
        unit = state.units[name]
        yield from step_spans(unit.unit.step(step), own, unit.ended_at or state.ended_at or last)


def _along(
    path: Sequence[str], state: RecoveryState, all_spans: Sequence[Span], start: datetime, end: datetime
) -> Iterator[Span]:
    """The measured time, piece by piece: first what came before the units, then each unit until the next one starts."""
    begins = [start, *(state.units[name].started_at or start for name in path)]
    owners = ["", *path]
    cursor = start
    for place, owner in enumerate(owners):
        upto = begins[place + 1] if place + 1 < len(owners) else end
        upto = min(max(cursor, upto), end)
        own = [span for span in all_spans if span.unit == owner or span.kind is SpanKind.PAUSED]
        yield from _cut(own, cursor, upto, owner)
        cursor = upto


def _cut(own: Iterable[Span], start: datetime, end: datetime, unit: str) -> Iterator[Span]:
    """`start` to `end` without a gap: each stretch goes to the span that ranks first there, else to OTHER."""
    covering = [span for span in own if span.started_at < end and span.ended_at > start]
    edges = {edge for span in covering for edge in (span.started_at, span.ended_at) if start < edge < end}
    bounds = [start, *sorted(edges), end]
    idle = Span(SpanKind.OTHER, start, end, unit=unit, waiting=True)
    piece: Span | None = None
    source: Span | None = None
    for low, high in itertools.pairwise(bounds):
        there = [span for span in covering if span.started_at <= low and span.ended_at >= high]
        best = min(there, key=lambda span: (_RANK[span.kind], span.started_at), default=idle)
        if piece and best is source:
            piece = replace(piece, ended_at=high)
            continue
        if piece:
            yield piece
        source, piece = best, replace(best, started_at=low, ended_at=high)
    if piece and piece.started_at < piece.ended_at:
        yield piece


def _place(span: Span) -> tuple[datetime, datetime, str, str]:
    return span.started_at, span.ended_at, span.unit, span.step


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
