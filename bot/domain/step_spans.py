"""Spans of one step: what its attempts and questions took, and whether anybody or anything was at work meanwhile."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.domain.events import Event, EventKind
from bot.domain.frozen_plan import PlannedStep
from bot.domain.recovery_state import AttemptOutcome, Choice, Question
from bot.domain.runbook import StepKind

if TYPE_CHECKING:
    from collections.abc import Sequence


class SpanKind(StrEnum):
    """What a stretch of time went into."""

    NOTICING = "noticing"  # the outage runs and nobody has declared it
    DECIDING = "deciding"  # declared, and no recovery asked for
    APPROVAL = "approval"  # waiting for somebody to let it go on
    PEOPLE = "people"  # waiting for somebody to take what was asked
    HANDS_ON = "hands_on"  # somebody is on it
    MACHINE = "machine"  # a command that passed, or a prescribed wait
    REWORK = "rework"  # attempts that did not count, and the questions about them
    PAUSED = "paused"  # held by a person, with nothing under way
    OTHER = "other"  # the bot itself: between steps, and between units


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time. `waiting`: nobody and nothing was at work on it. `unit` is empty before the units start."""

    kind: SpanKind
    started_at: datetime
    ended_at: datetime
    unit: str = ""
    step: str = ""
    attempt: int = 0
    who: str = ""
    waiting: bool = False

    @property
    def duration(self) -> timedelta:
        """How long it was."""
        return self.ended_at - self.started_at


@dataclass(slots=True)
class _Question:
    asked: Event
    hands: list[Event] = field(default_factory=list)  # who took it, and to whom they gave it, one after the other


@dataclass(slots=True)
class _Trace:
    planned: PlannedStep
    last_attempt: int
    attempts: dict[int, Event] = field(default_factory=dict)
    question: _Question | None = None
    spans: list[Span] = field(default_factory=list)


_PLAIN: dict[StepKind, tuple[SpanKind, SpanKind, bool]] = {
    StepKind.APPROVAL: (SpanKind.APPROVAL, SpanKind.APPROVAL, True),
    StepKind.WAIT: (SpanKind.MACHINE, SpanKind.MACHINE, True),
}
"""Kind of step to (kind until somebody takes it, kind from then on, whether that too is waiting)."""

_BEGINNINGS = frozenset({EventKind.ATTEMPT_STARTED, EventKind.ASKED})


def step_spans(planned: PlannedStep, events: Sequence[Event], until: datetime) -> list[Span]:
    """The spans of one step, from its own events in ledger order; what is still open lasts `until`.

    The attempt that counts is the last one. Earlier ones, failed ones, and the questions about them, are rework.
    """
    last = max((event.attempt for event in events if event.kind in _BEGINNINGS), default=0)
    trace = _Trace(planned, last)
    for event in events:
        _take_in(trace, event)
    _close(trace, until)
    return trace.spans


def _take_in(trace: _Trace, event: Event) -> None:
    match event.kind:
        case EventKind.ATTEMPT_STARTED:
            trace.attempts[event.attempt] = event
        case EventKind.ATTEMPT_ENDED if event.attempt in trace.attempts:
            # A probe that finds the system gone has done its work.
            passed = trace.planned.probe or event.data.get("outcome") == AttemptOutcome.PASSED
            _end_attempt(trace, trace.attempts.pop(event.attempt), event.occurred_at, passed=passed)
        case EventKind.ASKED:
            if trace.question:  # left for another attempt, unanswered
                _end_question(trace, trace.question, event.occurred_at, by="", refused=False)
            trace.question = _Question(event)
        case EventKind.TAKEN if trace.question:
            hands = trace.question.hands
            given = hands and hands[-1].kind == EventKind.ASSIGNED
            hands += [event] if not hands or given or event.data.get("from") else []
        case EventKind.ASSIGNED if trace.question and trace.question.hands:
            trace.question.hands += [event] if event.data.get("to_name") != _whose(trace.question.hands[-1]) else []
        case EventKind.ANSWERED if trace.question:
            refused = event.data.get("choice") == Choice.FAIL
            _end_question(trace, trace.question, event.occurred_at, by=_name(event), refused=refused)
            trace.question = None
            _tell_later(trace, event)


def _close(trace: _Trace, until: datetime) -> None:
    for started in trace.attempts.values():
        _end_attempt(trace, started, until, passed=True)
    if trace.question:
        _end_question(trace, trace.question, until, by="", refused=False)


def _end_attempt(trace: _Trace, started: Event, ended_at: datetime, *, passed: bool) -> None:
    counts = passed and started.attempt == trace.last_attempt
    kind = SpanKind.MACHINE if counts else SpanKind.REWORK
    _add(trace, Span(kind, started.occurred_at, ended_at, started.unit, started.step, started.attempt))


def _end_question(trace: _Trace, question: _Question, ended_at: datetime, *, by: str, refused: bool) -> None:
    asked = question.asked
    waiting, working, idle = _PLAIN.get(trace.planned.kind, (SpanKind.PEOPLE, SpanKind.HANDS_ON, False))
    if refused or asked.data.get("question") != Question.DO or asked.attempt < trace.last_attempt:
        waiting, working = SpanKind.REWORK, SpanKind.REWORK
    # Nothing tells when somebody who never said "I'm on it" began: all of it counts as waiting.
    times = [*(min(taken.occurred_at, ended_at) for taken in question.hands), ended_at]
    names = [_whose(taken) for taken in question.hands]
    place = (asked.unit, asked.step, asked.attempt)
    _add(trace, Span(waiting, asked.occurred_at, times[0], *place, names[0] if names else by, waiting=True))
    for taken, who, taken_at, until in zip(question.hands, names, times, times[1:], strict=False):
        given = taken.kind == EventKind.ASSIGNED
        _add(trace, Span(waiting if given else working, taken_at, until, *place, who, waiting=given or idle))


def _tell_later(trace: _Trace, event: Event) -> None:
    """From when it was done until the person said so, everything else waited for them."""
    if said_at := event.data.get("said_at"):
        until = datetime.fromisoformat(str(said_at))
        place = (event.unit, event.step, event.attempt, _name(event))
        _add(trace, Span(SpanKind.PEOPLE, event.occurred_at, until, *place, waiting=True))


def _add(trace: _Trace, span: Span) -> None:
    if span.started_at < span.ended_at:
        trace.spans.append(span)


def _whose(hand: Event) -> str:
    """Who has a step from this event on."""
    return str(hand.data.get("to_name") or _name(hand))


def _name(event: Event) -> str:
    return event.actor_name or event.actor
