"""Who is asked beside those who were, when nobody has gone to a step for too long (`escalate:` of its system). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bot.domain.frozen_plan import Mode
from bot.domain.policy import Person
from bot.domain.recovery_state import Question
from bot.domain.runbook import StepKind
from bot.slack.needs import MENTIONED, as_it_stands, asked_people, is_open

if TYPE_CHECKING:
    from bot.domain.policy import Policy
    from bot.domain.recovery_state import RecoveryState
    from bot.slack.questions import AskedQuestion


@dataclass(frozen=True, slots=True)
class Escalation:
    """From `at` on `to` are asked too."""

    at: datetime
    to: tuple[Person, ...]


def escalation_of(state: RecoveryState, policy: Policy, question: AskedQuestion) -> Escalation | None:
    """The next people for a question, and when they are asked.

    None where nobody is next: in a drill, which calls nobody who was not there; while the recovery is paused or is
    being aborted; when somebody is on it; or when all of them are asked already.
    """
    unit = state.units[question.unit].unit
    held = state.paused or state.abort_requested
    if state.plan.mode is not Mode.REAL or held or not unit.escalate or not is_open(state, question):
        return None
    step = as_it_stands(state, question)
    if step.taken_by:
        return None
    already = asked_people(state, policy, question)
    further = [person for person in policy.members(unit.escalate) if person.id not in already]
    after = unit.escalate_after or policy.thresholds.escalate
    planned = unit.step(question.step)
    if planned.kind is StepKind.WAIT and question.question is Question.DO and planned.expected:
        after += planned.expected  # nobody is missed before its time has passed
    # Whoever was given the step, or finds it after a pause, has as long as those who were asked at first.
    since = max(at for at in (question.asked_at, step.assigned_at, state.resumed_at) if at)
    return Escalation(since + after, tuple(further[:MENTIONED])) if further else None
