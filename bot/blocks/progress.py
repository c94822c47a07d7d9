"""The one message of a recovery, edited in place: first what is back and who must act, then the rest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bot.blocks import action_ids
from bot.blocks.elements import (
    Block,
    actions,
    as_of,
    button,
    context,
    header,
    line,
    link,
    message,
    option,
    overflow,
    pack,
    people,
    person,
    rich,
    words,
)
from bot.blocks.progress_tasks import Task, tasks_of
from bot.blocks.rto import Rto, rto_of
from bot.blocks.text import clock, counted, cut, escape, listed, minutes, one_line
from bot.domain.frozen_plan import Mode, UnitKind
from bot.domain.recovery_state import RecoveryState, RecoveryStatus
from bot.domain.wording import in_words, size_in_words

if TYPE_CHECKING:
    from collections.abc import Sequence


LOOK, HAND_OVER, START, ABORT = "look", "hand_over", "start", "abort"
MORE = {LOOK: "Look at all steps…", HAND_OVER: "Hand over…", START: "Correct the start…", ABORT: "Abort…"}
"""The menu of a recovery."""

NEEDS = 5


@dataclass(frozen=True, slots=True)
class Need:
    """A person who is needed: where, for what, since when; `asked` are Slack ids, `url` leads to the question."""

    unit: str
    title: str
    since: datetime
    asked: tuple[str, ...] = ()
    taken_by: str = ""
    url: str = ""


def progress_message(state: RecoveryState, needs: Sequence[Need], now: datetime) -> Block:
    """The recovery as it stands at `now`."""
    title = headline(state, now)
    top = [header(title), *_needs(needs, now), _facts(state, now)]
    tasks, left_out = tasks_of(state)
    more = [context(left_out)] if left_out else []
    cards = {"type": "plan", "title": _order_title(state), "tasks": [_card(task) for task in tasks]}
    lines = rich(*(line(f"{_MARKS[task.status]} {task.title}: {task.doing}") for task in tasks))
    bottom = [*more, _small_print(state, now), *_controls(state)]
    return message(escape(title), [*top, cards, *bottom], [*top, lines, *bottom])


def headline(state: RecoveryState, now: datetime) -> str:
    """One line: which recovery, how far, how long the outage lasts."""
    name = f"{state.plan.recovery} {state.plan.mode.value.upper()} {state.plan.name}"
    if state.outcome:
        return f"{name}: {state.outcome.value.upper()}, {_counted(state)}{_outage(state, state.ended_at or now)}"
    if state.status in {RecoveryStatus.REJECTED, RecoveryStatus.EXPIRED}:
        return f"{name}: {state.status.value}, nothing was started"
    if state.status is RecoveryStatus.WAITING_FOR_APPROVAL:
        return f"{name}: waiting for approval"
    held = ", PAUSED" if state.paused else ", ABORTING" if state.abort_requested else ""
    return f"{name}{held}: {_counted(state)}{_outage(state, now)}{_rto(rto_of(state, now))}"


def _counted(state: RecoveryState) -> str:
    systems = [unit for unit in state.units.values() if unit.unit.kind is UnitKind.SYSTEM]
    if systems:
        return f"{sum(unit.verified_at is not None for unit in systems)} of {len(systems)} verified"
    by_place: dict[tuple[str, int], list[bool]] = {}
    for name, unit in state.units.items():
        for step in unit.unit.steps:
            by_place.setdefault((name, step.place or -step.position), []).append(unit.steps[step.id].closed)
    return f"{sum(map(all, by_place.values()))} of {counted(len(by_place), 'step')} closed"


def _outage(state: RecoveryState, until: datetime) -> str:
    """How long it lasts: of systems the outage; a walk of steps alone knows only since when it is walked."""
    if not state.plan.systems:
        return f", {minutes(until - state.started_at)} so far" if state.started_at and not state.ended_at else ""
    if state.plan.mode is not Mode.REAL or not state.outage_started_at:
        return ""
    if state.verified_at:
        return f", outage {in_words(state.verified_at - state.outage_started_at)}"
    return f", outage {minutes(until - state.outage_started_at)}"


def _rto(rto: Rto | None) -> str:
    if rto is None or rto.met:
        return ""
    if rto.missed:
        return f", RTO{rto.whose} MISSED by {minutes(-rto.left)}"
    return f", RTO{rto.whose} AT RISK: {minutes(rto.left)} left" if rto.at_risk else ""


def _needs(needs: Sequence[Need], now: datetime) -> list[Block]:
    lines = [_need(need, now) for need in needs[:NEEDS]]
    if len(needs) > NEEDS:
        lines.append(line(f"… and {counted(len(needs) - NEEDS, 'more question')} in the thread"))
    return [rich(*lines)] if lines else []


def _need(need: Need, now: datetime) -> Block:
    who = [words(f"{need.taken_by} is on it")] if need.taken_by else people(need.asked, "a person")
    said = f": {need.unit}: {cut(one_line(need.title), 120)}, waiting {minutes(now - need.since)}  "
    opening = [link("Open", need.url)] if need.url else []
    return line(words("NEEDS YOU  " if not need.taken_by else "IN HAND  ", bold=True), *who, said, *opening)


def _facts(state: RecoveryState, now: datetime) -> Block:
    lines: list[Block] = []
    rto = rto_of(state, now)
    if rto and not state.ended_at:
        verb = "was met" if rto.met else "ended" if rto.missed else "ends"
        lines.append(
            line(f"RTO{rto.whose} {minutes(rto.limit)} {verb}" + ("" if rto.met else f" {clock(rto.ends_at)} UTC"))
        )
    if state.held:
        held = [f"{name} (by {', '.join(by)})" for name, by in state.held.items()]
        lines.append(line(words("HELD  ", bold=True), listed(held)))
    if state.break_glass:
        lines.append(line(words("BREAK-GLASS  ", bold=True), "; ".join(state.break_glass)))
    if state.status in {RecoveryStatus.REJECTED, RecoveryStatus.ENDED} and state.reason:
        lines.append(line(f"Why: {state.reason}"))
    if state.notes:
        at, who, text = state.notes[-1]
        lines.append(line(f"Note {clock(at)}, {who}: {cut(one_line(text), 300)}"))
    if state.attachments:
        last, others = state.attachments[-1], len(state.attachments) - 1
        more = f" and {counted(others, 'file')} before" if others else ""
        lines.append(line(f"File {clock(last.at)}, {last.who}: {last.name}, {size_in_words(last.size)}{more}"))
    return rich(line("Lead ", *([person(state.lead)] if state.lead else ["nobody"])), *lines)


_MARKS = {"pending": "·", "in_progress": "▶", "complete": "✓", "error": "✗"}


def _card(task: Task) -> Block:
    return {
        "type": "task_card",
        "task_id": cut(task.id, 255),
        "title": cut(one_line(task.title), 200) or "-",
        "status": task.status,
        "details": rich(line(task.doing)),
    }


def _order_title(state: RecoveryState) -> str:
    what = "Restore order" if state.plan.systems else "Steps"
    return f"{what} of {one_line(state.plan.name)}"


def _small_print(state: RecoveryState, now: datetime) -> Block:
    return as_of(now, "" if state.ended_at else "Edited in place, at least once a minute")


def _controls(state: RecoveryState) -> list[Block]:
    if state.ended_at or state.status is RecoveryStatus.WAITING_FOR_APPROVAL:
        return []
    reference = {"r": state.plan.recovery}
    held = (
        button("Resume", action_ids.RESUME, reference, style="primary")
        if state.paused
        else button("Pause", action_ids.PAUSE, reference)
    )
    more = [option(text, value) for value, text in MORE.items()]
    row = actions(
        held,
        button("Note…", action_ids.NOTE, reference),
        button("Take lead", action_ids.LEAD, reference),
        overflow(action_ids.CONTROL_MORE, more),
        block_id=pack(reference),
    )
    return [row]
