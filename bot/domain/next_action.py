"""What comes next: from the state of a unit or of a recovery to the next thing to do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from itertools import takewhile
from typing import TYPE_CHECKING

from bot.domain.frozen_plan import Mode, OnFail, PlannedStep, UnitKind
from bot.domain.recovery_state import Outcome, Question, RecoveryState, StepState, StepStatus, UnitState, Verdict
from bot.domain.restore_order import ready
from bot.domain.runbook import StepKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.domain.frozen_plan import Unit


@dataclass(frozen=True, slots=True)
class StartUnit:
    """Record that the unit starts."""


@dataclass(frozen=True, slots=True)
class RunStep:
    """Run the step's command, under this attempt."""

    step: PlannedStep
    attempt: int


@dataclass(frozen=True, slots=True)
class AskPerson:
    """Ask a person, once."""

    step: PlannedStep
    attempt: int
    question: Question
    detail: str


@dataclass(frozen=True, slots=True)
class AwaitAnswer:
    """The question stands: wait for its answer, or for that of one `beside` it, then go on with it."""

    step: PlannedStep
    attempt: int
    question: Question
    beside: tuple[AwaitAnswer, ...] = ()

    @property
    def all(self) -> tuple[AwaitAnswer, ...]:
        """This one and those beside it, each by itself."""
        return (self, *self.beside)


@dataclass(frozen=True, slots=True)
class ReleaseUnit:
    """Record that every check passed while steps are left: what depends on it may start now."""

    verified_at: datetime | None


@dataclass(frozen=True, slots=True)
class EndUnit:
    """Record that the unit ends. `released`: what depends on it may start."""

    verdict: Verdict
    released: bool
    verified_at: datetime | None
    reasons: tuple[str, ...]


Action = StartUnit | RunStep | AskPerson | AwaitAnswer | ReleaseUnit | EndUnit

SIMULATED = "simulated: "
"""How the reason begins that makes a drill's system PARTIAL: its manual step was only spoken of."""


def next_action(state: UnitState) -> Action | None:
    """What the unit's workflow does next; None when it has ended."""
    if state.ended_at:
        return None
    if not state.started_at:
        return StartUnit()
    action = _next_in(state)
    if isinstance(action, EndUnit):
        return (clean_up(state) if action.verdict in {Verdict.FAILED, Verdict.ABORTED} else None) or action
    return _release(state) or action


def clean_up(state: UnitState) -> RunStep | None:
    """The step that takes a drill's scratch target away again, when one is left and something was run."""
    untouched = all(step.status is StepStatus.PENDING and step.attempt == 1 for step in state.steps.values())
    if state.mode is not Mode.DRILL or untouched:
        return None
    left = (StepStatus.PENDING, StepStatus.RUNNING)
    for step in state.unit.steps:
        if step.cleanup and step.runs and state.steps[step.id].status in left:
            return RunStep(step, state.steps[step.id].attempt)
    return None


def _release(state: UnitState) -> ReleaseUnit | None:
    checks = [state.steps[step.id] for step in state.unit.checks]
    passed = {StepStatus.PASSED, StepStatus.VERIFIED, StepStatus.DONE}
    if state.released or state.unit.kind is not UnitKind.SYSTEM or any(check.status not in passed for check in checks):
        return None
    return ReleaseUnit(_verified_at(checks))


def _next_in(state: UnitState) -> Action:
    if state.aborted:
        return EndUnit(Verdict.ABORTED, released=False, verified_at=None, reasons=("aborted",))
    for step in state.unit.steps:
        action = _next_for_step(step, state.steps[step.id])
        if isinstance(action, AwaitAnswer) and step.parallel and step.runs is None:
            return _next_beside(state, action)
        if action:
            return action
    return end_of(state)


def _next_beside(state: UnitState, first: AwaitAnswer) -> Action:
    """What comes next while a step waits for a person that others may go on beside: ask for these too."""
    waiting = []
    for step in _beside(state.unit, first.step):
        action = _next_for_step(step, state.steps[step.id])
        if isinstance(action, AwaitAnswer):
            waiting.append(action)
        elif action:
            return action
    return replace(first, beside=tuple(waiting))


def _beside(unit: Unit, first: PlannedStep) -> Iterator[PlannedStep]:
    """The steps behind this one that may go on beside it: of one `parallel` name, and only people do them."""
    behind = unit.steps[unit.steps.index(first) + 1 :]
    return takewhile(lambda step: step.parallel == first.parallel and step.runs is None, behind)


def _still_standing(ended_at: datetime | None) -> EndUnit:
    reasons = ("was still standing: checked, not restored",)
    return EndUnit(Verdict.VERIFIED, released=True, verified_at=ended_at, reasons=reasons)


def _next_for_step(planned: PlannedStep, step: StepState) -> Action | None:
    match step.status:
        case StepStatus.VERIFIED if planned.probe:
            return _still_standing(step.ended_at)
        case StepStatus.PENDING if planned.runs:
            return RunStep(planned, step.attempt)
        case StepStatus.PENDING:
            return AskPerson(planned, step.attempt, Question.DO, "")
        case StepStatus.RUNNING if planned.runs:
            return RunStep(planned, step.attempt)  # a re-entry: the guarded step adopts, waits, or gives it up
        case StepStatus.FAILED if planned.on_fail is OnFail.ASK:
            return AskPerson(planned, step.attempt, Question.FAILED, step.detail)
        case StepStatus.FAILED if planned.on_fail is OnFail.STOP:
            return EndUnit(Verdict.FAILED, released=False, verified_at=None, reasons=(_failure(planned, step),))
        case StepStatus.INTERRUPTED:
            return AskPerson(planned, step.attempt, Question.INTERRUPTED, step.detail)
        case StepStatus.WAITING | StepStatus.ANSWERED if step.question:
            return AwaitAnswer(planned, step.attempt, step.question)
        case StepStatus.GIVEN_UP:
            because = f" ({step.reason})" if step.reason else ""
            why = f"{_failure(planned, step).rstrip('.')}, given up by {step.answered_by}{because}"
            return EndUnit(Verdict.FAILED, released=False, verified_at=None, reasons=(why,))
        case _:
            return None


def end_of(state: UnitState) -> EndUnit:
    """How a unit ends whose every step is closed, or failed and was passed over (`on_fail: continue`)."""
    failed = [step for step in state.unit.checks if state.steps[step.id].status is StepStatus.FAILED]
    if failed:
        reasons = tuple(_failure(step, state.steps[step.id]) for step in failed)
        return EndUnit(Verdict.FAILED, released=False, verified_at=None, reasons=reasons)
    left_out = _left_out(state)
    checks = [(step, state.steps[step.id]) for step in state.unit.checks]
    skipped = [(step, check) for step, check in checks if check.status is StepStatus.SKIPPED]
    if skipped:
        reasons = tuple(f"check skipped: {step.title} ({check.reason})" for step, check in skipped)
        released = all(check.release for _, check in skipped)
        return EndUnit(Verdict.UNVERIFIED, released=released, verified_at=None, reasons=(*reasons, *left_out))
    if state.unit.kind is not UnitKind.SYSTEM:
        verdict = Verdict.PARTIAL if left_out else Verdict.DONE
        return EndUnit(verdict, released=True, verified_at=None, reasons=left_out)
    attested = [step for step, check in checks if check.status is StepStatus.DONE]
    if attested:
        reasons = tuple(f"attested by a person, not compared with a truth: {step.title}" for step in attested)
        return EndUnit(Verdict.UNVERIFIED, released=True, verified_at=None, reasons=(*reasons, *left_out))
    return _end_of_checked([check for _, check in checks], (*left_out, *_simulated(state)))


def _simulated(state: UnitState) -> tuple[str, ...]:
    done = StepStatus.DONE
    return tuple(
        f"{SIMULATED}{step.title}"
        for step in state.unit.steps
        if step.simulated and state.steps[step.id].status is done
    )


def _left_out(state: UnitState) -> tuple[str, ...]:
    """Commands that a person skipped, and steps that failed and were passed over; the optional ones apart.

    A command that a walk only shows is left out like any other step of it: the review counts these.
    """
    walked = state.unit.kind is UnitKind.WALK
    action = "restore action" if state.unit.kind is UnitKind.SYSTEM else "command"
    reasons = []
    for step in state.unit.steps:
        now = state.steps[step.id]
        if step.optional or step.probe:
            continue
        acts = step.kind is StepKind.COMMAND and (step.runs or not walked)
        if acts and now.status is StepStatus.SKIPPED:
            reasons.append(f"{action} skipped: {step.title} ({now.reason})")
        elif now.status is StepStatus.FAILED:
            reasons.append(f"failed and passed over: {_failure(step, now)}")
    return tuple(reasons)


def _failure(step: PlannedStep, state: StepState) -> str:
    return f"{step.title}: {state.detail or 'failed'}"


def _end_of_checked(checks: list[StepState], left_out: tuple[str, ...]) -> EndUnit:
    verified_at = _verified_at(checks)
    reasons = left_out if verified_at else (*left_out, "no truth was recorded to compare with")
    verdict = Verdict.PARTIAL if reasons else Verdict.VERIFIED
    return EndUnit(verdict, released=True, verified_at=verified_at, reasons=reasons)


def _verified_at(checks: list[StepState]) -> datetime | None:
    """When the last check passed, if one of them compared with a truth."""
    if all(check.status is not StepStatus.VERIFIED for check in checks):
        return None
    return max(check.ended_at for check in checks if check.ended_at)


def startable(state: RecoveryState) -> list[str]:
    """The units to start now: everything that each depends on has released it."""
    if state.abort_requested:
        return []
    released = {name for name, unit in state.units.items() if unit.released}
    started = {name for name, unit in state.units.items() if unit.started_at}
    return ready(state.plan.graph, released, started)


def outcome_of(state: RecoveryState) -> Outcome | None:
    """How the recovery ends, once nothing runs and nothing more can start; None before that."""
    if any(unit.started_at and not unit.ended_at for unit in state.units.values()) or startable(state):
        return None
    counted = {name for name, unit in state.units.items() if not unit.unit.optional}
    # A unit that never started ends as what held it ended, also when that was optional.
    holders = {holder for name, holding in state.held.items() if name in counted for holder in holding}
    verdicts = {state.units[name].verdict for name in counted | holders}
    if state.abort_requested or Verdict.ABORTED in verdicts:
        return Outcome.ABORTED
    if Verdict.FAILED in verdicts:
        return Outcome.FAILED
    if Verdict.UNVERIFIED in verdicts:
        return Outcome.UNVERIFIED
    if Verdict.PARTIAL in verdicts:
        return Outcome.PARTIAL
    return Outcome.RECOVERED if state.plan.systems else Outcome.FINISHED
