"""The questions of a recovery, each with what became of it, read from its events. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from bot.domain.events import Event, EventKind, Source
from bot.domain.recovery_state import Choice, Question, StepState, StepStatus

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """One question. `state` is its step as it stood when it was put, with the answer that came since."""

    unit: str
    step: str
    question: Question
    asked_at: datetime
    state: StepState
    via: Source = Source.BOT  # where the answer was given
    to: str = ""  # the step that a jump goes to

    @property
    def answered(self) -> bool:
        """Whether a person answered it."""
        return self.state.answered_at is not None

    @property
    def key(self) -> str:
        """What tells it from every other question of its recovery."""
        return f"{self.unit}/{self.step}/{self.state.attempt}/{self.question.value}"


def questions_of(events: Iterable[Event]) -> list[AskedQuestion]:
    """Every question that was asked, in the order of asking."""
    asked: dict[tuple[str, str, int, str], AskedQuestion] = {}
    for event in events:
        if event.kind == EventKind.ASKED:
            asked.setdefault(_identity(event, str(event.data["question"])), _ask(event))
        elif event.kind in {EventKind.TAKEN, EventKind.ANSWERED}:
            for identity, question in _meant(asked, event):
                to = str(event.data.get("to", "")) if event.kind == EventKind.ANSWERED else ""
                asked[identity] = replace(question, state=_take_in(question.state, event), via=event.source, to=to)
    return list(asked.values())


def _identity(event: Event, question: str) -> tuple[str, str, int, str]:
    return (event.unit, event.step, event.attempt, question)


def _ask(event: Event) -> AskedQuestion:
    question = Question(event.data["question"])
    state = StepState(
        status=StepStatus.WAITING,
        attempt=event.attempt,
        question=question,
        detail=str(event.data.get("detail", "")),
        asked_at=event.occurred_at,
    )
    return AskedQuestion(event.unit, event.step, question, event.occurred_at, state)


def _meant(
    asked: dict[tuple[str, str, int, str], AskedQuestion], event: Event
) -> list[tuple[tuple[str, str, int, str], AskedQuestion]]:
    """The question that an event is about: the one that it names, else the open one of its step and attempt."""
    named = str(event.data.get("question", ""))
    same = [(identity, one) for identity, one in asked.items() if identity[:3] == _identity(event, named)[:3]]
    if named:
        return [(identity, one) for identity, one in same if identity[3] == named]
    return [(identity, one) for identity, one in same if not one.answered][-1:]


def _take_in(state: StepState, event: Event) -> StepState:
    who = event.actor_name or event.actor
    if event.kind == EventKind.TAKEN:
        return replace(state, taken_by=who, taken_at=event.occurred_at)
    return replace(
        state,
        status=StepStatus.ANSWERED,
        answered_by=who,
        answered_at=event.occurred_at,
        choice=Choice(event.data["choice"]),
        reason=str(event.data.get("reason", "")),
        release=bool(event.data.get("release")),
    )
