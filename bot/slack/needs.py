"""Who is needed in a recovery, for what, since when. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks.progress import Need
from bot.domain.recovery_state import Question, RecoveryState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bot.domain.policy import Policy
    from bot.slack.questions import AskedQuestion

MENTIONED = 5
_PREFIXES = {Question.FAILED: "failed: ", Question.INTERRUPTED: "did it run? "}


def needs_of(
    state: RecoveryState,
    questions: Iterable[AskedQuestion],
    policy: Policy,
    address: Callable[[AskedQuestion], str] = lambda _question: "",
) -> list[Need]:
    """The questions that wait for an answer, longest first. `address` leads to a question's message."""
    return [
        Need(
            unit=question.unit,
            title=_PREFIXES.get(question.question, "") + state.units[question.unit].unit.step(question.step).title,
            since=question.asked_at,
            asked=asked_people(state, policy, question),
            taken_by=question.state.taken_by,
            url=address(question),
        )
        for question in questions
        if is_open(state, question)
    ]


def is_open(state: RecoveryState, question: AskedQuestion) -> bool:
    """Whether the question still waits for its answer."""
    return not question.answered and not state.ended_at and not state.units[question.unit].ended_at


def asked_people(state: RecoveryState, policy: Policy, question: AskedQuestion) -> tuple[str, ...]:
    """Slack ids of who has to answer: whom the step names, else the system's owner, else the lead."""
    unit = state.units[question.unit].unit
    for name in (unit.step(question.step).by, unit.owner):
        members = policy.members(name) if name else ()
        if members:
            return tuple(member.id for member in members[:MENTIONED])
    return (state.lead,) if policy.person(state.lead) else ()
