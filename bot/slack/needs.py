"""Who is needed in a recovery, for what, since when. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.blocks.progress import Need
from bot.domain.recovery_state import Question, RecoveryState, StepState, StepStatus
from bot.domain.runbook import StepKind

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
            taken_by=as_it_stands(state, question).taken_by,
            url=address(question),
        )
        for question in questions
        if is_open(state, question)
    ]


def is_open(state: RecoveryState, question: AskedQuestion) -> bool:
    """Whether the question still waits for its answer: a jump from another step may have passed it by."""
    if question.answered or state.ended_at or state.units[question.unit].ended_at:
        return False
    now = state.units[question.unit].steps[question.step]
    asked = (StepStatus.WAITING, question.question, question.state.attempt)
    return (now.status, now.question, now.attempt) == asked


def as_it_stands(state: RecoveryState, question: AskedQuestion) -> StepState:
    """The step of an open question, with whoever it was assigned to, and is on it, by now."""
    now = state.units[question.unit].steps[question.step]
    return replace(
        question.state,
        taken_by=now.taken_by,
        taken_at=now.taken_at,
        assigned_to=now.assigned_to,
        assigned_to_name=now.assigned_to_name,
        assigned_at=now.assigned_at,
    )


def asked_people(state: RecoveryState, policy: Policy, question: AskedQuestion) -> tuple[str, ...]:
    """Slack ids of who has to answer: to whom it is assigned, whom the step names, else the owner, else the lead."""
    unit, assigned = state.units[question.unit].unit, as_it_stands(state, question).assigned_to
    step = unit.step(question.step)
    approver = "approver" if step.kind is StepKind.APPROVAL else ""
    for name in (assigned, step.by, approver, unit.owner):
        members = policy.members(name) if name else ()
        if members:
            return tuple(member.id for member in members[:MENTIONED])
    return (state.lead,) if policy.person(state.lead) else ()
