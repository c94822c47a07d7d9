"""From the state of a recovery to the messages that a channel should show. Pure: the projector gathers what it needs.

The channel hears only: it started (the progress), somebody is needed (the approval; questions stand in the progress's
thread and mention people), it failed, the RTO is at risk, it ended (the review).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from bot.blocks.approval import Asking, approval_message, decided_message
from bot.blocks.elements import Block
from bot.blocks.news import handed_message, overdue_message, rto_message, step_failed_message, unit_failed_message
from bot.blocks.progress import Need, progress_message
from bot.blocks.rto import rto_of
from bot.blocks.step import AskedStep, answered_message, asked_step, closed_message, step_message
from bot.blocks.text import clock, clock_seconds, listed
from bot.domain.events import EventKind, Source
from bot.domain.jump import THE_END, target_of
from bot.domain.outline import label
from bot.domain.policy import Policy
from bot.domain.recovery_state import Question, RecoveryState, RecoveryStatus, Verdict
from bot.slack.escalation import escalation_of
from bot.slack.handovers import Handover
from bot.slack.needs import as_it_stands, asked_people, is_open, needs_of
from bot.slack.questions import AskedQuestion
from bot.store.messages import WantedMessage

PROGRESS, APPROVAL, RTO, REVIEW = "progress", "approval", "rto", "review"


@dataclass(frozen=True, slots=True)
class View:
    """What the messages of one recovery are made from.

    `address` leads to a message that stands in the surface ("" when it does not). `known` are the keys of messages
    that exist. `via` is the surface itself: what was answered elsewhere says where. `asking` is None where nobody was
    asked to approve. `review` is the review's message, once there is one. `usual` is by unit and step: how long the
    same step took the last time.
    """

    state: RecoveryState
    questions: tuple[AskedQuestion, ...]
    policy: Policy
    channel: str
    now: datetime
    asking: Asking | None = None
    approver: str = ""
    via: Source = Source.SLACK
    review: Block | None = None
    known: frozenset[str] = frozenset()
    usual: Mapping[tuple[str, str], timedelta] = field(default_factory=dict)
    handovers: tuple[Handover, ...] = ()
    address: Callable[[str], str] = lambda _key: ""


def wanted_messages(view: View) -> Iterator[WantedMessage]:
    """Every message of the recovery, as it should be now."""
    if view.asking:
        yield _wanted(view, APPROVAL, _approval(view, view.asking))
    if view.state.started_at or not view.asking:
        yield _wanted(view, PROGRESS, progress_message(view.state, _needs(view), view.now), pin=True)
        for question in view.questions:
            yield _wanted(view, _question_key(question), _question(view, question), thread=PROGRESS)
        for handover in view.handovers:
            yield _wanted(view, f"handed/{handover.seq}", _handed(view, handover), thread=PROGRESS)
        yield from _failures(view)
        yield from _overdue(view)
        yield from _objective(view)
    if view.review:
        yield _wanted(view, REVIEW, view.review)


def _approval(view: View, asking: Asking) -> Block:
    if view.state.status is RecoveryStatus.WAITING_FOR_APPROVAL:
        return approval_message(view.state, asking)
    return decided_message(view.state, view.approver)


def _needs(view: View) -> list[Need]:
    return needs_of(view.state, view.questions, view.policy, lambda question: view.address(_question_key(question)))


def _asked(view: View, question: AskedQuestion) -> AskedStep:
    people = asked_people(view.state, view.policy, question)
    via = question.via.value if question.answered and question.via is not view.via else ""
    step = as_it_stands(view.state, question) if is_open(view.state, question) else question.state
    usual = view.usual.get((question.unit, question.step))
    asked = asked_step(view.state, question.unit, question.step, step, people, via, usual)
    asked = replace(asked, escalates=_escalates(view, question))
    return replace(asked, to=_target(view.state, question)) if question.to else asked


def _escalates(view: View, question: AskedQuestion) -> str:
    """Who is asked too, and when, as the small print of a question says it."""
    if not (found := escalation_of(view.state, view.policy, question)):
        return ""
    names = listed([person.display for person in found.to])
    if found.at <= view.now or _key(view, _overdue_key(question)) in view.known:
        return f"{names}: asked too"
    return f"{names}: asked too at {clock(found.at)} UTC, unless somebody is on it by then"


def _target(state: RecoveryState, question: AskedQuestion) -> str:
    """Where a jump went, as people find it."""
    unit = state.units[question.unit]
    target = target_of(unit, question.to)
    return target.title if target is THE_END else f"{label(unit.unit, target)}: {target.title}"


def _question_key(question: AskedQuestion) -> str:
    return f"ask/{question.key}"


def _question(view: View, question: AskedQuestion) -> Block:
    asked = _asked(view, question)
    if question.answered:
        return answered_message(asked)
    if is_open(view.state, question):
        return step_message(asked)
    return closed_message(view.state.plan.recovery, f"{question.unit}: {asked.step.title}", "no longer asked")


_PASSED = {EventKind.ASSIGNED: "assigned to", EventKind.TAKEN: "taken over from"}


def _handed(view: View, handover: Handover) -> Block:
    state, told = view.state, view.policy.person(handover.told)
    of = state.plan.name
    if handover.step:
        unit = state.units[handover.unit].unit
        step = unit.step(handover.step)
        of = f"{unit.name}, {label(unit, step)}: {step.title}"
    passed = _PASSED.get(EventKind(handover.kind), "handed over to")
    said = f"{of}: {passed} {handover.told_name} by {handover.who} at {clock_seconds(handover.at)}  "
    return handed_message(state.plan.recovery, said, (told.id,) if told else (), handover.words)


def _failures(view: View) -> Iterator[WantedMessage]:
    for question in view.questions:
        if question.question is Question.FAILED:
            address = view.address(_question_key(question))
            key = f"failed/{question.unit}/{question.step}/{question.state.attempt}"
            if address or _key(view, key) in view.known or not is_open(view.state, question):
                yield _wanted(view, key, step_failed_message(_asked(view, question), address))
    for unit in view.state.units.values():
        if unit.verdict is Verdict.FAILED:
            yield _wanted(view, f"failed/{unit.unit.name}", unit_failed_message(view.state, unit))


def _overdue_key(question: AskedQuestion) -> str:
    return f"overdue/{question.key}"


def _overdue(view: View) -> Iterator[WantedMessage]:
    """Steps that nobody has gone to; where that was told, also what became of them."""
    for question in view.questions:
        found = escalation_of(view.state, view.policy, question)
        address = view.address(_question_key(question))
        key = _overdue_key(question)
        if _key(view, key) in view.known or (found and found.at <= view.now and address):
            further = [person.id for person in found.to] if found else []
            became = _became(view, question)
            yield _wanted(view, key, overdue_message(_asked(view, question), further, address, became))


def _became(view: View, question: AskedQuestion) -> str:
    """What became of a step that nobody had gone to; empty while it still waits for somebody."""
    step = as_it_stands(view.state, question)
    if question.answered and question.state.answered_at:
        return f"answered by {question.state.answered_by} at {clock_seconds(question.state.answered_at)}"
    if not is_open(view.state, question) or view.state.abort_requested:
        return "no longer asked"
    if step.taken_by and step.taken_at:
        return f"{step.taken_by} is on it, since {clock_seconds(step.taken_at)}"
    return "the recovery is paused" if view.state.paused else ""


def _objective(view: View) -> Iterator[WantedMessage]:
    rto = rto_of(view.state, view.state.ended_at or view.now)
    if rto and (rto.at_risk or _key(view, RTO) in view.known):
        lead = (view.state.lead,) if view.policy.person(view.state.lead) else ()
        yield _wanted(view, RTO, rto_message(view.state, rto, lead))


def _key(view: View, name: str) -> str:
    return f"{view.state.plan.recovery}/{name}"


def _wanted(view: View, name: str, payload: Block, *, thread: str = "", pin: bool = False) -> WantedMessage:
    return WantedMessage(
        key=_key(view, name),
        channel=view.channel,
        payload=payload,
        digest=content_digest(payload),
        recovery=view.state.plan.recovery,
        thread=_key(view, thread) if thread else "",
        pin=pin,
    )


def content_digest(payload: Mapping[str, Any]) -> str:
    """What tells whether a message says something new: everything in it but the stamp "As of"."""
    blocks = [block for block in payload.get("blocks", []) if not _is_stamp(block)]
    text = json.dumps([payload["text"], blocks], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _is_stamp(block: Mapping[str, Any]) -> bool:
    first = (block.get("elements") or [{}])[0]
    return block["type"] == "context" and str(first.get("text", "")).startswith("As of ")
