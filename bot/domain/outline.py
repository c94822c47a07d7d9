"""The outline of a walk: each step with the name that people find it by, how it stands, and where they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.frozen_plan import PlannedStep
from bot.domain.jump import targets
from bot.domain.recovery_state import StepState, StepStatus

if TYPE_CHECKING:
    from bot.domain.frozen_plan import FrozenPlan, Unit
    from bot.domain.recovery_state import UnitState

_LONGEST = 60
"""Characters of a step's title among others."""

NOBODY_ASKED = "answered by the terminal, nobody was asked"
"""Why a step was answered in a drill that nobody attended; how long that took says nothing."""

_DONE = frozenset({StepStatus.DONE, StepStatus.PASSED, StepStatus.VERIFIED})


@dataclass(frozen=True, slots=True)
class OutlineLine:
    """One planned step of a walk. `current`: the walk stands here."""

    step: PlannedStep
    state: StepState
    label: str
    current: bool


@dataclass(frozen=True, slots=True)
class WayOut:
    """A step that the runbook says to go to: `label` is what the button says, `reason` why, for the jump."""

    to: PlannedStep
    label: str
    reason: str


def label(unit: Unit, planned: PlannedStep) -> str:
    """Where a step stands: `Step 3 of 9 - Restore > 3, command 2 of 3`; the author's own headings and number."""
    if not planned.place:
        return f"Before step 1 of {unit.places}"
    where = " > ".join(part for part in (*planned.within, *planned.section, planned.number) if part)
    where = "" if where == str(planned.place) else where  # a list's own number says it already
    nth, of = planned.command_place
    return (
        f"Step {planned.place} of {unit.places}"
        + (f" - {where}" if where else "")
        + (f", command {nth} of {of}" if of > 1 else "")
    )


def commands_in_words(plan: FrozenPlan, most: int) -> str:
    """How many commands a plan runs, and the first `most` of them by their steps: `2 commands: 1. Look, 3. Restart`."""
    running = plan.running
    first = ", ".join(_command(step) for step in running[:most])
    more = f" and {len(running) - most} more" if len(running) > most else ""
    return f"{len(running)} {'command' if len(running) == 1 else 'commands'}: {first}{more}"


def _command(step: PlannedStep) -> str:
    title = " ".join(step.title.split())
    name = step.runs.name if step.runs else ""
    said = title if len(title) <= _LONGEST else f"{title[: _LONGEST - 1].rstrip()}…"
    told = f" {name} ".casefold().replace("-", " ") in f" {title} ".casefold().replace("-", " ")
    return f"{step.place}. {said}" + ("" if told else f" ({name})")


def outline(state: UnitState) -> tuple[OutlineLine, ...]:
    """Every step of a unit, in the order of the walk."""
    current = state.current
    return tuple(
        OutlineLine(step, state.steps[step.id], label(state.unit, step), step is current) for step in state.unit.steps
    )


def time_taken(step: StepState) -> timedelta | None:
    """How long a step took that was done: its command, or the person from taking it (or being asked) to saying so."""
    if step.status not in _DONE or not step.ended_at or NOBODY_ASKED in step.reason:
        return None
    began = (step.taken_at or step.asked_at) if step.status is StepStatus.DONE else step.started_at
    return max(timedelta(), step.ended_at - began) if began else None


def ways_out(state: UnitState, planned: PlannedStep) -> tuple[WayOut, ...]:
    """Where the runbook says to go when a step failed: to another step (`on_fail: goto:`), or to what undoes it."""
    open_to = {step.id: step for step in targets(state, planned)}
    found = []
    if to := open_to.get(planned.goto):
        found.append(WayOut(to, f"Go to “{to.title}”", "the runbook says so when this step fails"))
    if to := open_to.get(planned.rollback):
        found.append(WayOut(to, f"Undo: go to “{to.title}”", f"to undo “{planned.title}”"))
    return tuple(found)
