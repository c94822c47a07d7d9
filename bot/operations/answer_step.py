"""A person answers a step: takes it, does it, fails it, skips it, tries it again, goes to another, or gives it up."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.access import Right, require
from bot.domain.errors import AlreadyDone, BringbackError, Conflict, UnknownName
from bot.domain.events import EventKind, make_event
from bot.domain.jump import THE_END, is_ahead, skipped_by, skipped_checks, target_of, targets
from bot.domain.recovery_state import CHOICES, Choice, RecoveryState, RecoveryStatus, StepState, StepStatus
from bot.domain.runbook import StepKind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.domain.events import Actor, Event
    from bot.domain.frozen_plan import PlannedStep
    from bot.domain.recovery_state import UnitState
    from bot.operations.desk import Desk

A_MOMENT = timedelta(seconds=1)
"""What was done less long ago was done now."""

NEEDS_REASON = {Choice.SKIP, Choice.FAIL, Choice.JUMP, Choice.GIVE_UP}


async def answer_step(
    desk: Desk,
    recovery: str,
    unit: str,
    step: str,
    attempt: int,
    choice: Choice,
    actor: Actor,
    reason: str = "",
    *,
    release: bool = False,
    to: str = "",
    done_at: datetime | None = None,
) -> RecoveryState:
    """Answer the question that stands at a step. The first answer counts.

    `release`: when checks are skipped, let what depends on the system start all the same; recorded as break-glass.
    `to`: the step that a jump goes to, ahead or back, or the end. `done_at`: when it was done, if that was before now.
    Raises AlreadyDone (by whom, when), NotAllowed, UnknownName, Conflict, and BringbackError for a missing reason.
    """
    state = await desk.store.recoveries.state(recovery)
    planned, current = find_step(state, unit, step)
    require(desk.policy, actor, right_to_answer(planned), named=planned.by)
    _refuse_closed(state, unit, planned, current, attempt)
    question = current.question
    if question is None or choice not in CHOICES[question]:
        known = ", ".join(known.value for known in CHOICES[question]) if question else "nothing"
        raise Conflict(f"“{planned.title}” cannot be answered with {choice.value}.", f"It takes: {known}.")
    if choice in NEEDS_REASON and not reason.strip():
        raise BringbackError(f"“{choice.value.replace('_', ' ')}” needs a reason.", "It will stand in the review.")
    now = desk.clock.now()
    data: dict[str, object] = {"question": question.value, "choice": choice.value, "reason": reason.strip()}
    skips_check = choice is Choice.SKIP and planned.kind is StepKind.CHECK
    if choice is Choice.JUMP:
        target = _target(desk, state.units[unit], planned, to, actor)
        data["to"] = target.id
        skips_check = bool(skipped_checks(state.units[unit], planned, target))
    release = release and skips_check
    data["release"] = release
    if done_at:
        _refuse_time(current, choice, done_at, now)
        done_at = done_at if now - done_at >= A_MOMENT else None
    if done_at:
        data["said_at"] = now.isoformat()
    answered = _event(state, EventKind.ANSWERED, unit, planned, attempt, actor, done_at or now, data, question.value)
    more = []
    if release:
        opened = {"gate": f"{unit} is not verified", "reason": reason.strip()}
        more.append(
            make_event(recovery, EventKind.BREAK_GLASS, now, actor=actor, data=opened, extra=f"{unit}/{step}/{attempt}")
        )
    answer_id = f"{recovery}/{unit}/{step}/{attempt}/{question.value}"
    answer = await desk.store.answers.claim(answer_id, answered, f"“{planned.title}”", more)
    await desk.engine.deliver(answer)
    return await desk.store.recoveries.state(recovery)


def _refuse_time(step: StepState, choice: Choice, done_at: datetime, now: datetime) -> None:
    """Nothing for a time between the question and now. Raises BringbackError."""
    if choice is not Choice.DONE:
        raise BringbackError("Only what was done can have been done earlier.", "Leave the time out.")
    if done_at > now:
        raise BringbackError(f"{done_at:%Y-%m-%d %H:%M:%S} UTC lies ahead.", "Give a time that has passed.")
    if step.asked_at and done_at < step.asked_at:
        what = f"It was asked at {step.asked_at:%Y-%m-%d %H:%M:%S} UTC: it cannot have been done before."
        raise BringbackError(what, "Give a later time; a note can tell what happened before.")


def _target(desk: Desk, state: UnitState, planned: PlannedStep, to: str, actor: Actor) -> PlannedStep:
    """Where a jump goes. Raises UnknownName, Conflict, and NotAllowed where it would pass by an approval."""
    name = state.unit.name
    if to not in {*state.steps, THE_END.id}:
        raise UnknownName(f"step of {name}", to, list(state.steps))
    target = target_of(state, to)
    if target not in (*targets(state, planned), THE_END):
        what = f"The walk of {name} cannot go from “{planned.title}” to “{target.title}”."
        behind = f"What depends on {name} was released: its checks stand." if state.released else ""
        raise Conflict(what, behind or "Choose another step.")
    if is_ahead(state, planned, target):
        for passed in skipped_by(state, planned, target):
            if passed.kind is StepKind.APPROVAL:
                require(desk.policy, actor, Right.APPROVE_STEP, named=passed.by)
    return target


async def take_step(
    desk: Desk, recovery: str, unit: str, step: str, attempt: int, actor: Actor, *, over: bool = False
) -> RecoveryState:
    """Say "I'm on it". `over`: take it over from whoever is on it.

    Raises AlreadyDone when the step is answered or, without `over`, somebody else is on it; NotAllowed, UnknownName.
    """
    state = await desk.store.recoveries.state(recovery)
    planned, current = find_step(state, unit, step)
    person = require(desk.policy, actor, right_to_answer(planned), named=planned.by)
    _refuse_closed(state, unit, planned, current, attempt)
    extra, data = current.question.value if current.question else "", {}
    if current.assigned_at:  # it may have been taken before it was given to somebody
        extra = f"{extra}/{current.assigned_at.isoformat()}"
    if current.taken_at:
        if current.taken_by in {actor.name, person.display}:
            return state
        if not over:
            raise AlreadyDone(f"“{planned.title}” taken", current.taken_by, current.taken_at)
        # Of two who take it over at once, the first has it.
        extra = f"{extra}/{current.taken_at.isoformat()}/{current.taken_by}"
        data = {"from": current.taken_by}
    event = _event(state, EventKind.TAKEN, unit, planned, attempt, actor, desk.clock.now(), data, extra)
    stored = (await desk.store.ledger.append([event]))[0]
    if (stored.actor, stored.occurred_at) != (event.actor, event.occurred_at):
        raise AlreadyDone(f"“{planned.title}” taken", stored.actor_name or stored.actor, stored.occurred_at)
    return await desk.store.recoveries.state(recovery)


async def add_note(desk: Desk, recovery: str, actor: Actor, text: str, unit: str = "", step: str = "") -> RecoveryState:
    """Write something down, with its time."""
    if not text.strip():
        raise BringbackError("An empty note says nothing.", "Write what you saw or did.")
    state = await desk.store.recoveries.state(recovery)
    require(desk.policy, actor, Right.ANSWER)
    now = desk.clock.now()
    data = {"text": text.strip(), "about": "/".join(part for part in (unit, step) if part)}
    event = make_event(recovery, EventKind.NOTED, now, actor=actor, data=data, extra=f"{actor.id}/{now.isoformat()}")
    await desk.store.ledger.append([event])
    return await desk.store.recoveries.state(state.plan.recovery)


def find_step(state: RecoveryState, unit: str, step: str) -> tuple[PlannedStep, StepState]:
    """A step as planned and as it stands. Raises UnknownName."""
    if unit not in state.units:
        raise UnknownName(f"system in {state.plan.recovery}", unit, list(state.units))
    unit_state: UnitState = state.units[unit]
    if step not in unit_state.steps:
        raise UnknownName(f"step of {unit}", step, list(unit_state.steps))
    return unit_state.unit.step(step), unit_state.steps[step]


def right_to_answer(planned: PlannedStep) -> Right:
    """An approval is for whom the step names, and for approvers."""
    return Right.APPROVE_STEP if planned.kind is StepKind.APPROVAL else Right.ANSWER


def _refuse_closed(state: RecoveryState, unit: str, planned: PlannedStep, step: StepState, attempt: int) -> None:
    title = f"“{planned.title}”"
    if step.answered_at and (step.status is not StepStatus.WAITING or attempt < step.attempt):
        raise AlreadyDone(title, step.answered_by, step.answered_at)
    if state.status is RecoveryStatus.ENDED and state.ended_at:
        raise Conflict(f"{state.plan.recovery} ended at {state.ended_at:%H:%M:%S} UTC.", "Its review says how.")
    if ended_at := state.units[unit].ended_at:
        raise Conflict(f"The restore of {unit} ended at {ended_at:%H:%M:%S} UTC.", "Look at the newest message.")
    if attempt < step.attempt:
        what = f"{title} is asked again: that was attempt {attempt}, this is attempt {step.attempt}."
        raise Conflict(what, "Look at the newest message.")
    if step.status is not StepStatus.WAITING or attempt != step.attempt:
        raise Conflict(f"{title} asks for nothing now: it is {step.status.value}.", "Look at the newest message.")


def _event(
    state: RecoveryState,
    kind: EventKind,
    unit: str,
    planned: PlannedStep,
    attempt: int,
    actor: Actor,
    at: datetime,
    data: Mapping[str, object],
    extra: str,
) -> Event:
    return make_event(
        state.plan.recovery,
        kind,
        at,
        unit=unit,
        step=planned.id,
        attempt=attempt,
        actor=actor,
        digest=planned.digest,
        data=data,
        extra=extra,
    )
