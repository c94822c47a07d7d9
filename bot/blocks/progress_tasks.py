"""The lines of a recovery's one message: a line a unit or, where a runbook is walked, a line a step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.blocks.text import clock, counted, cut, listed, one_line
from bot.domain.frozen_plan import UnitKind
from bot.domain.outline import label
from bot.domain.recovery_state import Question, RecoveryState, StepStatus, UnitState, Verdict
from bot.domain.wording import in_words

if TYPE_CHECKING:
    from bot.domain.frozen_plan import PlannedStep

UNITS = 40  # of a plan block, whose safe limit is 48
STEPS = 12  # of a walk: its buttons stand below them
_BEHIND = 3  # a step that is done is as far away as so many that are still to do


@dataclass(frozen=True, slots=True)
class Task:
    """One line of the plan: a unit, or a step where there is only one unit. `status` is a task card's."""

    id: str
    title: str
    status: str
    doing: str


def tasks_of(state: RecoveryState) -> tuple[list[Task], str]:
    """The lines to show, and in words what is left out; empty where all of it is shown."""
    units = list(state.units.values())
    if len(units) == 1 and units[0].unit.kind is UnitKind.WALK:
        return _steps_of(units[0])
    shown = [
        Task(unit.unit.name, unit.unit.name, _status(unit), cut(one_line(_doing(unit, state)), 300))
        for unit in _worth_showing(units)
    ]
    rest = len(units) - len(shown)
    return shown, f"… {counted(rest, 'more unit')}, see /recovery status {state.plan.recovery}" if rest else ""


def _steps_of(unit: UnitState) -> tuple[list[Task], str]:
    """The steps that are asked now, those that come next, and a few that were."""
    steps = unit.unit.steps
    open_still = [place for place, step in enumerate(steps) if not unit.steps[step.id].closed]
    here = open_still[0] if open_still else len(steps) - 1

    def away(place: int) -> tuple[bool, int]:
        under_way = unit.steps[steps[place].id].status in _UNDER_WAY
        return not under_way, place - here if place >= here else _BEHIND * (here - place)

    kept = sorted(sorted(range(len(steps)), key=away)[:STEPS])
    rest = len(steps) - len(kept)
    where = "the review has them" if unit.ended_at else "“Look at all steps…” in the menu shows them"
    left = f"… {counted(rest, 'more step')}: {where}" if rest else ""
    return [_step_task(steps[place], unit) for place in kept], left


def _step_task(step: PlannedStep, unit: UnitState) -> Task:
    now = unit.steps[step.id]
    status = "complete" if now.closed else "pending"
    if now.question in {Question.FAILED, Question.INTERRUPTED} or now.status in _ENDED_BADLY:
        status = "error"
    elif now.status in _UNDER_WAY:
        status = "in_progress"
    when = f" {clock(now.ended_at)}" if now.ended_at else ""
    who = f", {now.answered_by}" if now.answered_by and now.closed else ""
    return Task(step.id, _numbered(step), status, now.status.value.replace("_", " ") + when + who)


def _numbered(step: PlannedStep) -> str:
    nth, of = step.command_place
    return f"{step.place or step.position}. {step.title}{f' ({nth} of {of})' if of > 1 else ''}"


_UNDER_WAY = frozenset({StepStatus.RUNNING, StepStatus.WAITING, StepStatus.ANSWERED})
_ENDED_BADLY = frozenset({StepStatus.FAILED, StepStatus.ABORTED, StepStatus.GIVEN_UP, StepStatus.SKIPPED})


def _status(unit: UnitState) -> str:
    if unit.verdict in {Verdict.VERIFIED, Verdict.DONE, Verdict.PARTIAL}:
        return "complete"
    if unit.verdict:
        return "error"
    current = unit.current
    if current and unit.steps[current.id].question in {Question.FAILED, Question.INTERRUPTED}:
        return "error"
    return "in_progress" if unit.started_at else "pending"


def _doing(unit: UnitState, state: RecoveryState) -> str:
    if unit.verdict:
        why = f": {unit.reasons[0]}" if unit.reasons else ""
        took = f", {in_words(unit.ended_at - unit.started_at)}" if unit.ended_at and unit.started_at else ""
        return f"{unit.verdict.value} {clock(unit.verified_at or unit.ended_at)}{took}{why}"
    if not unit.started_at:
        held = state.held.get(unit.unit.name)
        waits = [name for name in unit.unit.depends_on if not state.units[name].released]
        return f"held by {', '.join(held)}" if held else f"after {listed(waits)}" if waits else "next"
    step = unit.current
    return _step(step, unit) if step else "ending"


def _step(step: PlannedStep, unit: UnitState) -> str:
    where = f"{label(unit.unit, step)}: {one_line(step.title)}"
    now = unit.steps[step.id]
    if now.status not in {StepStatus.WAITING, StepStatus.ANSWERED}:
        return where
    match now.question:
        case Question.FAILED:
            return f"{where} FAILED, a person decides: {one_line(now.detail)}"
        case Question.INTERRUPTED:
            return f"{where} was interrupted, a person decides"
        case _:
            return f"{where} (person)"


def _worth_showing(units: list[UnitState]) -> list[UnitState]:
    """All of them in restore order, or the ones that matter now when there are too many."""
    if len(units) <= UNITS:
        return units
    urgency = {"error": 0, "in_progress": 1, "pending": 2, "complete": 3}
    kept = {unit.unit.name for unit in sorted(units, key=lambda unit: urgency[_status(unit)])[:UNITS]}
    return [unit for unit in units if unit.unit.name in kept]
