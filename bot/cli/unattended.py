"""What becomes of steps that wait for a person where there is no terminal to ask."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.cli.questions import show_question
from bot.cli.waiting import Key, Waiting, waiting_steps
from bot.domain.errors import AlreadyDone, Conflict
from bot.domain.frozen_plan import Mode
from bot.domain.recovery_state import Choice, Question, RecoveryState
from bot.domain.runbook import StepKind
from bot.operations.answer_step import answer_step

if TYPE_CHECKING:
    from datetime import datetime

    from bot.cli.world import Session
    from bot.domain.events import Actor
    from bot.web.control_verbs import Verbs

NO_TERMINAL = "no terminal to ask"
SIMULATED = "simulated, nobody asked: no terminal"
SHOWN = "shown, nobody asked: no terminal"
PASSED = "the time has passed"


@dataclass(frozen=True, slots=True)
class Unasked:
    """An answer that nobody gave: with the reason that the review will show."""

    choice: Choice
    reason: str


def unasked(waiting: Waiting, now: datetime) -> Unasked | None:
    """What to answer where there is no terminal; None where only a person can.

    Nothing is said to be done that nobody did: what a drill does not simulate is skipped, and shows as such. A failed
    command is given up. The human steps of a real recovery wait for somebody at another terminal, or in Slack, who is
    also the one to ask when they say that it failed.
    """
    planned = waiting.planned
    by_hand = waiting.mode is Mode.REAL and planned.runs is None
    if waiting.question is Question.FAILED:
        return None if by_hand else Unasked(Choice.GIVE_UP, NO_TERMINAL)
    if planned.kind is StepKind.INFO:
        return Unasked(Choice.DONE, SHOWN)
    if planned.kind is StepKind.WAIT and waiting.question is Question.DO:
        asked_at, span = waiting.step.asked_at, planned.expected
        over = asked_at is not None and span is not None and now >= asked_at + span
        return Unasked(Choice.DONE, "the time has passed") if over else None
    if waiting.mode is Mode.REAL:
        return None
    if waiting.question is Question.INTERRUPTED:
        return Unasked(Choice.GIVE_UP, NO_TERMINAL)
    return Unasked(Choice.DONE, SIMULATED) if planned.simulated else Unasked(Choice.SKIP, NO_TERMINAL)


class Unattended:
    """Answers what may be answered without asking, and prints how somebody else can answer the rest."""

    def __init__(self, session: Session, verbs: Verbs, actor: Actor) -> None:
        self._session = session
        self._verbs = verbs
        self._actor = actor
        self._told: set[Key] = set()

    async def deal_with(self, state: RecoveryState) -> None:
        """Every step that waits: answer it, or tell once how to."""
        for waiting in waiting_steps(state):
            answer = unasked(waiting, self._session.world.clock.now())
            if answer:
                await self._answer(waiting, answer)
            elif waiting.planned.kind is not StepKind.WAIT and waiting.key not in self._told:
                self._told.add(waiting.key)
                self._tell(waiting)

    async def _answer(self, waiting: Waiting, answer: Unasked) -> None:
        with suppress(AlreadyDone, Conflict):  # somebody in Slack was quicker
            await self._verbs(answer_step, *waiting.place, answer.choice, self._actor, answer.reason)

    def _tell(self, waiting: Waiting) -> None:
        show_question(self._session.screen, waiting)
        for choice in waiting.choices:
            self._session.screen.say(f"  {waiting.answer_line(choice)}")
