"""The single facts of a review, read from the ledger: steps, skips, opened gates, notes, and what was left undone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.domain.events import BOT, Event, EventKind
from bot.domain.recovery_state import RecoveryState, RecoveryStatus, StepState, StepStatus, UnitState, Verdict
from bot.domain.restore_order import in_order
from bot.domain.runbook import StepKind
from bot.domain.step_spans import Span, SpanKind
from bot.domain.wording import in_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.domain.frozen_plan import PlannedStep
    from bot.domain.timeline import Timeline


@dataclass(frozen=True, slots=True)
class StepReview:
    """What became of one planned step. `text`: its markdown when the plan was made.

    `working`: a command or a person was at it; `waiting`: nobody was. `probe`: it asked whether the system was still
    standing, so a failure is an answer.
    """

    unit: str
    step: str
    title: str
    kind: StepKind
    outcome: StepStatus
    started_at: datetime | None
    ended_at: datetime | None
    who: tuple[str, ...]
    waiting: timedelta
    working: timedelta
    attempts: int
    digest: str
    detail: str = ""  # why it failed, or the reason that a person gave
    probe: bool = False
    text: str = ""

    @property
    def outcome_in_words(self) -> str:
        """What became of it, as people read it."""
        if not self.attempts and self.outcome is StepStatus.PENDING:
            return "not reached"
        if self.probe and self.outcome not in _UNDER_WAY:
            return "yes" if self.outcome is StepStatus.VERIFIED else "no"
        return self.outcome.value.replace("_", " ")


@dataclass(frozen=True, slots=True)
class Skip:
    """A step that was left out. `released`: what depends on it was started all the same."""

    unit: str
    title: str
    who: str
    reason: str
    at: datetime | None
    check: bool = False
    released: bool = False


@dataclass(frozen=True, slots=True)
class OpenedGate:
    """A gate that was opened by hand: break-glass."""

    gate: str
    who: str
    reason: str
    at: datetime
    unit: str = ""


@dataclass(frozen=True, slots=True)
class NotStarted:
    """A unit that never started, and why."""

    unit: str
    why: str


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """A target that a restore was begun in and not brought to its end."""

    unit: str
    target: str
    verdict: str


@dataclass(frozen=True, slots=True)
class Note:
    """What a person wrote down meanwhile."""

    at: datetime
    who: str
    text: str
    unit: str = ""
    title: str = ""


_UNDER_WAY = frozenset({StepStatus.PENDING, StepStatus.RUNNING, StepStatus.WAITING, StepStatus.ANSWERED})


def step_reviews(state: RecoveryState, events: Iterable[Event], spans: Iterable[Span]) -> tuple[StepReview, ...]:
    """Every planned step, in restore order; those never reached have no times."""
    own_events: dict[tuple[str, str], list[Event]] = {}
    for event in events:
        own_events.setdefault((event.unit, event.step), []).append(event)
    own_spans: dict[tuple[str, str], list[Span]] = {}
    for span in spans:
        own_spans.setdefault((span.unit, span.step), []).append(span)
    return tuple(
        _step_review(unit, step, own_events.get((name, step.id), []), own_spans.get((name, step.id), []))
        for name, unit in _in_order(state)
        for step in unit.unit.steps
    )


def _step_review(unit: UnitState, step: PlannedStep, events: Sequence[Event], spans: Sequence[Span]) -> StepReview:
    now = unit.steps[step.id]
    begun = [event for event in events if event.kind in {EventKind.ATTEMPT_STARTED, EventKind.ASKED}]
    return StepReview(
        unit=unit.unit.name,
        step=step.id,
        title=_titled(step),
        kind=step.kind,
        outcome=now.status,
        started_at=min((event.occurred_at for event in begun), default=None),
        ended_at=None if now.status in _UNDER_WAY else now.ended_at,
        who=_who(events),
        waiting=sum((span.duration for span in spans if span.waiting), timedelta()),
        working=sum((span.duration for span in spans if not span.waiting), timedelta()),
        attempts=len({event.attempt for event in begun}),
        digest=step.digest,
        detail="" if step.probe else _detail(now),
        probe=step.probe,
        text=_text(step),
    )


def _text(step: PlannedStep) -> str:
    if step.runs and step.command_place[0] > 1:
        return ""  # its first command tells it
    return "\n\n".join(text for text in (step.context, step.text) if text.strip())


def _titled(step: PlannedStep) -> str:
    nth, of = step.command_place
    return step.title if step.runs or not of else f"{step.title} ({nth} of {of})"


def _who(events: Iterable[Event]) -> tuple[str, ...]:
    names: dict[str, None] = {}
    for event in events:
        if event.kind == EventKind.ATTEMPT_STARTED:
            names[BOT.name] = None
        elif event.kind in {EventKind.TAKEN, EventKind.ANSWERED}:
            names[_name(event)] = None
    return tuple(names)


def _detail(step: StepState) -> str:
    if step.status is StepStatus.FAILED:
        return step.detail
    if step.status in {StepStatus.SKIPPED, StepStatus.GIVEN_UP}:
        return "; ".join(text for text in (step.detail, step.reason) if text)
    return ""


def skips(state: RecoveryState) -> tuple[Skip, ...]:
    """Every step that was left out, in restore order."""
    return tuple(
        Skip(
            unit=name,
            title=step.title,
            who=done.answered_by,
            reason=done.reason,
            at=done.ended_at,
            check=step.kind is StepKind.CHECK,
            released=done.release,
        )
        for name, unit in _in_order(state)
        for step in unit.unit.steps
        if (done := unit.steps[step.id]).status is StepStatus.SKIPPED
    )


def opened_gates(events: Iterable[Event]) -> tuple[OpenedGate, ...]:
    """Every gate that was opened by hand, earliest first."""
    return tuple(
        OpenedGate(
            gate=str(event.data.get("gate", "")),
            who=_name(event),
            reason=str(event.data.get("reason", "")),
            at=event.occurred_at,
            unit=event.unit,
        )
        for event in events
        if event.kind == EventKind.BREAK_GLASS
    )


def notes(state: RecoveryState, events: Iterable[Event]) -> tuple[Note, ...]:
    """Every note, earliest first."""
    return tuple(
        Note(event.occurred_at, _name(event), str(event.data.get("text", "")), *_about(state, event))
        for event in events
        if event.kind == EventKind.NOTED
    )


def _about(state: RecoveryState, event: Event) -> tuple[str, str]:
    """The unit that a note is about, and the title of its step; both may be empty."""
    about = "/".join(part for part in (event.unit, event.step) if part) or str(event.data.get("about", ""))
    for name, unit in state.units.items():
        if about == name:
            return name, ""
        if about.startswith(f"{name}/") and (step := about.removeprefix(f"{name}/")) in unit.steps:
            return name, unit.unit.step(step).title
    return "", ""


def not_started(state: RecoveryState) -> tuple[NotStarted, ...]:
    """The units that never started, in restore order, once the recovery has ended."""
    if state.status is not RecoveryStatus.ENDED:
        return ()
    held = state.held
    return tuple(
        NotStarted(name, _why(state, held.get(name, ()))) for name, unit in _in_order(state) if not unit.started_at
    )


def _why(state: RecoveryState, holders: Iterable[str]) -> str:
    named = ", ".join(f"{name} ({verdict})" for name in holders if (verdict := state.units[name].verdict))
    return f"held by {named}" if named else "the recovery was aborted before its turn"


def left_behind(state: RecoveryState) -> tuple[LeftBehind, ...]:
    """The targets of restores that were begun and did not come through, in restore order, once that has ended."""
    return tuple(
        LeftBehind(name, unit.unit.target, unit.verdict.value)
        for name, unit in _in_order(state)
        if unit.verdict in {Verdict.ABORTED, Verdict.FAILED} and unit.unit.target and _ran_something(unit)
    )


def _ran_something(unit: UnitState) -> bool:
    writing = [step for step in unit.unit.steps if step.runs and step.kind is not StepKind.CHECK]
    return any(unit.steps[step.id].started_at for step in writing)


def worth_mending(state: RecoveryState, measured: Timeline) -> str:
    """The largest avoidable delay on the critical path, as one statement of fact; empty when there was none."""
    delays: dict[tuple[str, str, SpanKind | None], list[Span]] = {}
    for piece in measured.pieces:
        if piece.kind in _AVOIDABLE:
            kind = None if piece.step else piece.kind
            delays.setdefault((piece.unit, piece.step, kind), []).append(piece)
    if not delays:
        return ""
    (unit, step, _), pieces = max(delays.items(), key=lambda item: _total(item[1]))
    if _total(pieces) < timedelta(seconds=1):
        return ""
    share = f"took {in_words(_total(pieces))} of {in_words(measured.duration)}"
    if not step:
        return f"{_AVOIDABLE[pieces[0].kind].capitalize()} {share}."
    kinds = {piece.kind: None for piece in pieces}
    each = [f"{in_words(_total([p for p in pieces if p.kind is kind]))} {_AVOIDABLE[kind]}" for kind in kinds]
    return f"“{state.plan.unit(unit).step(step).title}” ({unit}) {share}: {', '.join(each)}."


_AVOIDABLE = {
    SpanKind.NOTICING: "noticing the outage",
    SpanKind.DECIDING: "deciding to restore",
    SpanKind.APPROVAL: "waiting for approval",
    SpanKind.PEOPLE: "waiting for a person",
    SpanKind.HANDS_ON: "by hand",
    SpanKind.REWORK: "on attempts that failed and the questions about them",
    SpanKind.PAUSED: "the pause",
}


def _total(pieces: Iterable[Span]) -> timedelta:
    return sum((piece.duration for piece in pieces), timedelta())


def _in_order(state: RecoveryState) -> list[tuple[str, UnitState]]:
    return [(name, state.units[name]) for name in in_order(state.plan.graph)]


def _name(event: Event) -> str:
    return event.actor_name or event.actor
