"""Going to another step of the walk: ahead, over what lies between, or back, to do it again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.domain.frozen_plan import Mode, PlannedStep
from bot.domain.recovery_state import Choice, StepState, StepStatus, UnitState
from bot.domain.runbook import StepKind

if TYPE_CHECKING:
    from bot.domain.events import Event


THE_END = PlannedStep(id=":end", position=0, title="the end", kind=StepKind.INFO, digest="")
"""Where a walk is finished early: a jump there skips all that is left. No step of a runbook has this id."""

FINISHED = "finished here"

_OPEN = frozenset({StepStatus.PENDING, StepStatus.WAITING, StepStatus.ANSWERED})


def jump(state: UnitState, event: Event) -> UnitState:
    """Take in that the workflow goes from `event.step` to the step that the event names with `to`.

    Ahead: the asked step, and those between that nothing has happened to, are skipped. Back: the target and all
    behind it that anything has happened to are to be done again, under new attempts, so that no event's id comes twice.
    """
    asked, target = state.unit.step(event.step), target_of(state, str(event.data["to"]))
    steps = dict(state.steps)
    if is_ahead(state, asked, target):
        for step in skipped_by(state, asked, target):
            steps[step.id] = _skip(steps[step.id], event, target)
    else:
        for step in again_by(state, target):
            steps[step.id] = _again(steps[step.id])
    return replace(state, steps=steps)


def target_of(state: UnitState, to: str) -> PlannedStep:
    """The step of that id, or the end. Raises KeyError."""
    return THE_END if to == THE_END.id else state.unit.step(to)


def is_ahead(state: UnitState, asked: PlannedStep, target: PlannedStep) -> bool:
    """Whether the target comes after the asked step."""
    return _place(state, target) > _place(state, asked)


def _place(state: UnitState, step: PlannedStep) -> int:
    return len(state.unit.steps) if step.id == THE_END.id else state.unit.steps.index(step)


def skipped_by(state: UnitState, asked: PlannedStep, target: PlannedStep) -> tuple[PlannedStep, ...]:
    """What a jump ahead skips: the asked step and every pending one before the target.

    The end skips what others are asked beside it as well, and leaves a drill's scratch target to be taken away.
    """
    steps = state.unit.steps
    if target.id == THE_END.id:
        left = [step for step in steps if state.steps[step.id].status in _OPEN]
        return tuple(step for step in left if step is asked or not (step.cleanup and state.mode is Mode.DRILL))
    between = steps[_place(state, asked) : _place(state, target)]
    return tuple(step for step in between if step is asked or state.steps[step.id].status is StepStatus.PENDING)


def again_by(state: UnitState, target: PlannedStep) -> tuple[PlannedStep, ...]:
    """What a jump back does again: the target and everything behind it that is not pending."""
    behind = state.unit.steps[state.unit.steps.index(target) :]
    return tuple(step for step in behind if state.steps[step.id].status is not StepStatus.PENDING)


def targets(state: UnitState, asked: PlannedStep) -> tuple[PlannedStep, ...]:
    """The steps that a person may go to from the asked one, in the order of the walk.

    Not itself, and not the look at whether the system still stands, which would call a half restored one standing.
    Once what depends on a system was released, its checks are not gone back behind: that cannot be taken back.
    """
    steps = state.unit.steps
    first = 1 + max((steps.index(check) for check in state.unit.checks), default=-1) if state.released else 0
    return tuple(step for step in steps[first:] if step is not asked and not step.probe)


def skipped_checks(state: UnitState, asked: PlannedStep, target: PlannedStep) -> tuple[PlannedStep, ...]:
    """The checks that a jump skips: without them the system stays UNVERIFIED."""
    if not is_ahead(state, asked, target):
        return ()
    return tuple(step for step in skipped_by(state, asked, target) if step.kind is StepKind.CHECK)


def _skip(step: StepState, event: Event, target: PlannedStep) -> StepState:
    why = f": {event.data['reason']}" if event.data.get("reason") else ""
    # Those that were not asked were answered by this too.
    return replace(
        step,
        status=StepStatus.SKIPPED,
        ended_at=event.occurred_at,
        question=None,
        answered_by=step.answered_by or event.actor_name or event.actor,
        answered_at=step.answered_at or event.occurred_at,
        choice=Choice.JUMP,
        reason=(FINISHED if target.id == THE_END.id else f"jumped to “{target.title}”") + why,
        release=bool(event.data.get("release")),
    )


def _again(step: StepState) -> StepState:
    # Whom it was assigned to is still asked; everything else begins anew.
    return StepState(attempt=step.attempt + 1, assigned_to=step.assigned_to, assigned_to_name=step.assigned_to_name)
