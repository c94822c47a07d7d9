"""The steps of a recovery that wait for a person."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from bot.domain.frozen_plan import Mode, PlannedStep
from bot.domain.recovery_state import CHOICES, Choice, Question, RecoveryState, StepState, StepStatus
from bot.operations.answer_step import NEEDS_REASON

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
    steps: int  # how many its unit has

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


def waiting_steps(state: RecoveryState) -> list[Waiting]:
    """The steps that wait for an answer, in restore order."""
    return [
        Waiting(state.plan.recovery, state.plan.mode, name, planned, step, step.question, len(unit.unit.steps))
        for name, unit in state.units.items()
        if not unit.ended_at
        for planned in unit.unit.steps
        if (step := unit.steps[planned.id]).status is StepStatus.WAITING and step.question
    ]
