"""What becomes of steps that wait for a person where there is no terminal to ask."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.cli.questions import show_question
from bot.cli.waiting import Key, Waiting, waiting_steps
from bot.domain.errors import AlreadyDone, Conflict
from bot.domain.frozen_plan import Mode
from bot.domain.outline import NOBODY_ASKED
from bot.domain.recovery_state import Choice, Question, RecoveryState
from bot.domain.runbook import StepKind
from bot.operations.answer_step import answer_step

if TYPE_CHECKING:
    from datetime import datetime

    from bot.cli.world import Session
    from bot.domain.events import Actor
    from bot.web.control_verbs import Verbs


@dataclass(frozen=True, slots=True)
class Unasked:
    """An answer that nobody gave: with the reason that the review will show."""

    choice: Choice
    reason: str


def unasked(waiting: Waiting, now: datetime) -> Unasked | None:
    """What to answer where there is no terminal; None where only a person can.

    Nothing is said to be done that nobody did: what a drill does not simulate is skipped, and shows as such; what
    failed in it is given up. Of a real recovery only text and times that have passed go on by themselves: its human
    steps, and what failed or was interrupted, wait for somebody in Slack or at another terminal.
    """
    planned, real = waiting.planned, waiting.mode is Mode.REAL
    if waiting.question is not Question.DO:
        return None if real else Unasked(Choice.GIVE_UP, NOBODY_ASKED)
    if planned.kind is StepKind.INFO:
        return Unasked(Choice.DONE, f"shown: {NOBODY_ASKED}")
    if passes_by_itself(waiting):
        asked_at, span = waiting.step.asked_at, planned.expected
        over = asked_at is not None and span is not None and now >= asked_at + span
        return Unasked(Choice.DONE, f"the time has passed: {NOBODY_ASKED}") if over else None
    if real:
        return None
    return (
        Unasked(Choice.DONE, f"simulated: {NOBODY_ASKED}") if planned.simulated else Unasked(Choice.SKIP, NOBODY_ASKED)
    )


def passes_by_itself(waiting: Waiting) -> bool:
    """Whether it only waits for its time to pass."""
    return waiting.planned.kind is StepKind.WAIT and waiting.question is Question.DO


class Unattended:
    """Answers what may be answered without asking, and prints how somebody else can answer the rest.

    Only people of the policy may answer, so its answers carry who started the terminal, and a reason that says that
    nobody was asked.
    """

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
            elif not passes_by_itself(waiting) and waiting.key not in self._told:
                self._told.add(waiting.key)
                self._tell(waiting)

    async def _answer(self, waiting: Waiting, answer: Unasked) -> None:
        with suppress(AlreadyDone, Conflict):  # somebody in Slack was quicker
            await self._verbs(answer_step, *waiting.place, answer.choice, self._actor, answer.reason)

    def _tell(self, waiting: Waiting) -> None:
        show_question(self._session.screen, waiting)
        for choice in waiting.choices:
            self._session.screen.say(f"  {waiting.answer_line(choice)}")
        for way in waiting.ways:
            self._session.screen.say(f"  {waiting.way_line(way)}")
