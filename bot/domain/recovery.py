"""The fold of a recovery: `apply(state, event)` takes one event in. Nothing here waits, runs or stores.

What comes next is decided in `bot.domain.next_action`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, assert_never

from bot.domain.events import Event, EventKind
from bot.domain.jump import jump
from bot.domain.recovery_state import (
    Attachment,
    AttemptOutcome,
    Captured,
    Choice,
    Outcome,
    Question,
    RecoveryState,
    RecoveryStatus,
    StepState,
    StepStatus,
    UnitState,
    Verdict,
)
from bot.domain.runbook import StepKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.domain.frozen_plan import FrozenPlan, Mode, PlannedStep, Unit


def begin_unit(unit: Unit, mode: Mode) -> UnitState:
    """A unit nothing has happened to."""
    return UnitState(unit=unit, mode=mode, steps={step.id: StepState() for step in unit.steps})


def begin(plan: FrozenPlan) -> RecoveryState:
    """A recovery nothing has happened to."""
    return RecoveryState(plan=plan, units={unit.name: begin_unit(unit, plan.mode) for unit in plan.units})


def fold(plan: FrozenPlan, events: Iterable[Event]) -> RecoveryState:
    """The state after all these events."""
    state = begin(plan)
    for event in events:
        state = apply(state, event)
    return state


def apply(state: RecoveryState, event: Event) -> RecoveryState:
    """Take one event in. An event of a kind that changes nothing here leaves the state as it is."""
    if event.unit:
        unit = apply_unit(state.units[event.unit], event)
        return replace(state, units={**state.units, event.unit: unit})
    return _apply_to_recovery(state, event)


def _apply_to_recovery(state: RecoveryState, event: Event) -> RecoveryState:  # noqa: C901, PLR0911, PLR0912 - one case a kind
    data = event.data
    match event.kind:
        case EventKind.REQUESTED:
            return replace(
                state,
                requested_by=event.actor,
                requested_by_name=event.actor_name,
                requested_at=event.occurred_at,
                declared_at=_time(data.get("declared_at")),
                outage_started_at=_time(data.get("outage_started_at")),
                evidence=str(data.get("evidence", "")),
                reason=str(data.get("reason", "")),
                lead=event.actor,
                lead_name=event.actor_name or event.actor,
            )
        case EventKind.APPROVED:
            name = event.actor_name or event.actor
            return replace(
                state,
                approved_by=event.actor,
                approved_by_name=name,
                approved_at=event.occurred_at,
                approvals=(*state.approvals, event.actor),
            )
        case EventKind.REJECTED:
            return replace(
                state,
                status=RecoveryStatus.REJECTED,
                ended_at=event.occurred_at,
                reason=_reason(event),
                rejected_by_name=event.actor_name or event.actor,
            )
        case EventKind.EXPIRED:
            return replace(state, status=RecoveryStatus.EXPIRED, ended_at=event.occurred_at)
        case EventKind.STARTED:
            return replace(state, status=RecoveryStatus.RUNNING, started_at=event.occurred_at)
        case EventKind.BREAK_GLASS:
            opened = f"{data.get('gate', '')}: {_reason(event)} ({event.actor_name or event.actor})"
            return replace(state, break_glass=(*state.break_glass, opened))
        case EventKind.OUTAGE_CORRECTED:
            return replace(state, outage_started_at=_time(data.get("to")), evidence=_reason(event))
        case EventKind.LEAD_TAKEN:
            return replace(state, lead=event.actor, lead_name=event.actor_name or event.actor)
        case EventKind.HANDED_OVER:
            return _hand_over(state, event)
        case EventKind.PAUSED:
            return replace(state, paused=True)
        case EventKind.RESUMED:
            return replace(state, paused=False, resumed_at=event.occurred_at)
        case EventKind.ABORT_REQUESTED:
            who = event.actor_name or event.actor
            why = f"aborted by {who}: {_reason(event)}" if who else _reason(event)
            return replace(state, abort_requested=True, reason="; ".join(text for text in (state.reason, why) if text))
        case EventKind.NOTED:
            note = (event.occurred_at, event.actor_name or event.actor, str(data.get("text", "")))
            return replace(state, notes=(*state.notes, note))
        case EventKind.ATTACHED:
            return replace(state, attachments=(*state.attachments, _attachment(event)))
        case EventKind.ENDED:
            outcome = Outcome(data["outcome"])
            return replace(state, status=RecoveryStatus.ENDED, ended_at=event.occurred_at, outcome=outcome)
        case _:
            return state


def apply_unit(state: UnitState, event: Event) -> UnitState:
    """Take one event of this unit in."""
    if event.kind == EventKind.UNIT_STARTED:
        return replace(state, started_at=event.occurred_at)
    if event.kind == EventKind.UNIT_RELEASED:
        verified_at = _time(event.data.get("verified_at"))
        return replace(state, released=True, released_at=event.occurred_at, verified_at=verified_at)
    if event.kind == EventKind.UNIT_ENDED:
        return replace(
            state,
            ended_at=event.occurred_at,
            verdict=Verdict(event.data["verdict"]),
            verified_at=_time(event.data.get("verified_at")),
            released=bool(event.data.get("released")),
            reasons=tuple(event.data.get("reasons", ())),
        )
    if not event.step:
        return state
    before, planned = state.steps[event.step], state.unit.step(event.step)
    if event.attempt < before.attempt:
        return state  # of an attempt that is over
    step = _apply_to_step(before, event, planned)
    after = replace(
        state,
        steps={**state.steps, event.step: step},
        aborted=state.aborted or step.status is StepStatus.ABORTED,
        captured={**state.captured, **captured_by(event)},
    )
    jumps = event.kind == EventKind.APPLIED and event.data["choice"] == Choice.JUMP
    return jump(after, event) if jumps else after


def _apply_to_step(step: StepState, event: Event, planned: PlannedStep) -> StepState:
    match event.kind:
        case EventKind.ATTEMPT_STARTED:
            return replace(
                step, status=StepStatus.RUNNING, attempt=event.attempt, started_at=event.occurred_at, question=None
            )
        case EventKind.ATTEMPT_ENDED:
            return _end_attempt(step, event, planned)
        case EventKind.ASKED:
            return replace(
                step,
                status=StepStatus.WAITING,
                attempt=event.attempt,
                question=Question(event.data["question"]),
                detail=str(event.data.get("detail", "")),
                asked_at=event.occurred_at,
                taken_by="",
                taken_at=None,
                answered_by="",
                answered_at=None,
                choice=None,
            )
        case EventKind.TAKEN:
            return replace(step, taken_by=event.actor_name or event.actor, taken_at=event.occurred_at)
        case EventKind.ASSIGNED:
            to = str(event.data["to"])
            return step.given_to(to, str(event.data.get("to_name") or to), event.occurred_at)
        case EventKind.ANSWERED:
            return replace(
                step,
                status=StepStatus.ANSWERED,
                answered_by=event.actor_name or event.actor,
                answered_at=event.occurred_at,
                choice=Choice(event.data["choice"]),
                reason=_reason(event),
                release=bool(event.data.get("release")),
            )
        case EventKind.APPLIED:
            return _apply_answer(step, event)
        case _:
            return step


def _end_attempt(step: StepState, event: Event, planned: PlannedStep) -> StepState:
    outcome = AttemptOutcome(event.data["outcome"])
    comparison = event.data.get("comparison") or {}
    ended = replace(
        step,
        ended_at=event.occurred_at,
        comparison=comparison,
        detail=str(event.data.get("detail", "")),
        output="" if outcome is AttemptOutcome.PASSED else str(event.data.get("output", "")),
    )
    match outcome:
        case AttemptOutcome.PASSED:
            verified = planned.kind is StepKind.CHECK and comparison.get("verdict") == "verified"
            return replace(ended, status=StepStatus.VERIFIED if verified else StepStatus.PASSED)
        case AttemptOutcome.FAILED | AttemptOutcome.TIMED_OUT:
            if step.tries < planned.retry:
                return replace(ended, status=StepStatus.PENDING, attempt=event.attempt + 1, tries=step.tries + 1)
            return replace(ended, status=StepStatus.FAILED)
        case AttemptOutcome.ABORTED:
            return replace(ended, status=StepStatus.ABORTED)
        case AttemptOutcome.NEVER_RAN:
            return replace(ended, status=StepStatus.PENDING, attempt=event.attempt + 1)
        case AttemptOutcome.INTERRUPTED:
            if planned.idempotent:
                return replace(ended, status=StepStatus.PENDING, attempt=event.attempt + 1)
            return replace(ended, status=StepStatus.INTERRUPTED)
        case _:
            assert_never(outcome)


def _apply_answer(step: StepState, event: Event) -> StepState:
    at = event.occurred_at
    match Choice(event.data["choice"]):
        case Choice.DONE:
            return replace(step, status=StepStatus.DONE, ended_at=at, question=None)
        case Choice.SKIP:
            return replace(step, status=StepStatus.SKIPPED, ended_at=at, question=None)
        case Choice.GIVE_UP:
            return replace(step, status=StepStatus.GIVEN_UP, ended_at=at, question=None)
        case Choice.FAIL:
            return replace(step, status=StepStatus.FAILED, ended_at=at, question=None, detail=step.reason)
        case Choice.RETRY:
            return replace(step, status=StepStatus.PENDING, attempt=event.attempt + 1, question=None, tries=0)
        case Choice.JUMP:
            return step  # a jump is of the whole unit
        case choice:
            assert_never(choice)


def captured_by(event: Event) -> dict[str, Captured]:
    """What an attempt's end kept of its output, by name."""
    kept = event.data.get("captured") or {} if event.kind == EventKind.ATTEMPT_ENDED else {}
    return {
        name: Captured("" if value is None else str(value), event.step, event.attempt, secret=value is None)
        for name, value in kept.items()
    }


def _hand_over(state: RecoveryState, event: Event) -> RecoveryState:
    """Another leads from now on, and has what the one before was assigned or was on."""
    to = str(event.data["to"])
    name = str(event.data.get("to_name") or to)
    units = {
        key: replace(unit, steps={step: _hand_over_step(at, event, to, name) for step, at in unit.steps.items()})
        for key, unit in state.units.items()
    }
    return replace(state, lead=to, lead_name=name, units=units)


def _hand_over_step(step: StepState, event: Event, to: str, name: str) -> StepState:
    if step.closed:
        return step
    if step.assigned_to and step.assigned_to == event.data.get("from"):
        step = replace(step, assigned_to=to, assigned_to_name=name)
    if step.taken_by and step.taken_by in (event.data.get("from_names") or [event.data.get("from_name")]):
        step = replace(step, taken_by=name, taken_at=event.occurred_at)
    return step


def _attachment(event: Event) -> Attachment:
    data = event.data
    return Attachment(
        at=event.occurred_at,
        who=event.actor_name or event.actor,
        name=str(data["name"]),
        size=int(data["size"]),
        digest=str(data["digest"]),
        media_type=str(data.get("media_type", "")),
        about=str(data.get("about", "")),
    )


def _time(text: Any) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _reason(event: Event) -> str:
    return str(event.data.get("reason", ""))
