"""The steps of a recovery that wait for a person."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.domain.frozen_plan import Mode, PlannedStep
from bot.domain.outline import WayOut, label, ways_out
from bot.domain.recovery_state import CHOICES, Choice, Question, RecoveryState, StepState, StepStatus
from bot.operations.answer_step import NEEDS_REASON
from bot.runbook.filled import known_values

Key = tuple[str, str, int, Question]


@dataclass(frozen=True, slots=True)
class Waiting:
    """One step that waits. Its key changes with each time it is asked."""

    recovery: str
    mode: Mode
    unit: str
    planned: PlannedStep
    step: StepState
    question: Question
    where: str  # its place in the walk: "Step 3 of 9 - Restore > 3"
    values: Mapping[str, str] = field(default_factory=dict)  # what is filled into its commands
    ways: tuple[WayOut, ...] = ()  # where the runbook says to go when it failed

    @property
    def key(self) -> Key:
        """Which question of which attempt this is."""
        return self.unit, self.planned.id, self.step.attempt, self.question

    @property
    def place(self) -> tuple[str, str, str, int]:
        """Recovery, unit, step and attempt, as the operations take them."""
        return self.recovery, self.unit, self.planned.id, self.step.attempt

    @property
    def choices(self) -> tuple[Choice, ...]:
        """What a person may answer."""
        return tuple(choice for choice in CHOICES[self.question] if choice is not Choice.JUMP)

    def answer_line(self, choice: Choice) -> str:
        """The command that answers it from another terminal."""
        words = ["bringback", "answer", *map(shlex.quote, (self.recovery, self.unit, self.planned.id))]
        why = ["--reason", "'WHY'"] if choice in NEEDS_REASON else []
        return " ".join([*words, choice.value.replace("_", "-"), *why])

    def way_line(self, way: WayOut) -> str:
        """The command that goes where the runbook says, from another terminal."""
        words = ["bringback", "answer", self.recovery, self.unit, self.planned.id, Choice.JUMP.value]
        return shlex.join([*words, "--to", way.to.id, "--reason", way.reason])

    @property
    def named(self) -> str:
        """Its title, and which of its commands it is where there are several."""
        return named(self.planned)


def named(planned: PlannedStep) -> str:
    """A step's title, and which of its commands it is: “Look at the logs (2 of 3)”."""
    nth, of = planned.command_place
    return f"{planned.title} ({nth} of {of})" if of > 1 else planned.title


def waiting_steps(state: RecoveryState) -> list[Waiting]:
    """The steps that wait for an answer, in restore order."""
    return [
        Waiting(
            recovery=state.plan.recovery,
            mode=state.plan.mode,
            unit=name,
            planned=planned,
            step=step,
            question=step.question,
            where=label(unit.unit, planned),
            values=known_values(state.plan, unit),
            ways=ways_out(unit, planned) if step.question is Question.FAILED else (),
        )
        for name, unit in state.units.items()
        if not unit.ended_at
        for planned in unit.unit.steps
        if (step := unit.steps[planned.id]).status is StepStatus.WAITING and step.question
    ]
