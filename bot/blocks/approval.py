"""The approval of a real restore: what is overwritten, what is lost, in which order, how long it usually takes.

Of a walk that restores no system: which commands it runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.blocks import action_ids
from bot.blocks.elements import (
    Block,
    actions,
    button,
    confirm,
    context,
    header,
    line,
    message,
    modal,
    people,
    rich,
    words,
)
from bot.blocks.text import clock, clock_seconds, cut, escape, listed, minutes, one_line
from bot.domain.approval_text import WALK_KEEPS, runs_in_words, spares_in_words
from bot.domain.frozen_plan import UnitKind
from bot.domain.outline import commands_in_words
from bot.domain.recovery_state import RecoveryState, RecoveryStatus
from bot.domain.restore_order import levels
from bot.domain.wording import in_words

if TYPE_CHECKING:
    from bot.domain.frozen_plan import FrozenPlan, Unit

MIXED = timedelta(minutes=5)  # points further apart than this are worth a warning
SHOWN = 12
COMMANDS = 8  # that a request names
ASKED = 3  # that its last question names: its dialog takes 300 characters


@dataclass(frozen=True, slots=True)
class Asking:
    """What the request says beyond the plan. `approvers` are Slack ids; `guesses` systems whose restore is untested."""

    approvers: tuple[str, ...]
    expires_at: datetime | None
    guesses: tuple[str, ...]
    usual: tuple[tuple[str, timedelta], ...] = ()  # system to its recovery time capability


def approval_message(state: RecoveryState, asking: Asking) -> Block:
    """The request, with its two answers."""
    plan = state.plan
    what = "RESTORE" if plan.systems else "WALK"
    title = f"APPROVE {plan.mode.value.upper()} {what} {plan.recovery}: {plan.name}?"
    expires = f", expires {clock(asking.expires_at)} UTC" if asking.expires_at else ""
    asked = f"asked by {state.requested_by_name or state.requested_by} {clock(state.requested_at)} UTC{expires}"
    lines = [line(*people(asking.approvers, "An approver"), f"  {asked}")]
    if state.reason:
        lines.append(line(words("WHY  ", bold=True), state.reason))
    lines += plan_lines(plan, asking)
    if plan.systems or state.outage_started_at:
        lines.append(_objective(state))
    reference = {"r": plan.recovery, "d": plan.digest}
    row = actions(
        button("Approve exactly this", action_ids.APPROVE, reference, style="primary", confirm=_sure(plan)),
        button("Reject…", action_ids.REJECT, reference),
        button("Details", action_ids.DETAILS, reference),
    )
    called = "".join(f" <@{slack_id}>" for slack_id in asking.approvers)
    blocks = [header(title), rich(*lines), context(f"Plan {short_digest(plan.digest)}"), row]
    return message(escape(f"{title} {asked[0].upper()}{asked[1:]}.") + called, blocks)


def _sure(plan: FrozenPlan) -> Block:
    """The last question."""
    if not plan.systems:
        return confirm("Run these commands?", commands_in_words(plan, ASKED), "Approve")
    # The targets stand above, whole: paths would be cut off in a dialog of 300 characters.
    named = listed([unit.name for unit in plan.systems if unit.target]) or "no system: none has a target"
    return confirm("Overwrite these systems?", named + _spares(plan), "Approve")


def plan_lines(plan: FrozenPlan, asking: Asking) -> list[Block]:
    """What a plan does: targets, losses, points, order, usual times; or which commands it runs."""
    if not plan.systems:
        return [*_walk_lines(plan), *_inputs(plan)]
    lines = [
        line(
            words("OVERWRITES  ", bold=True),
            f"{_overwrites(plan)}{_spares(plan)}. Old data is moved aside, never deleted",
        ),
        line(words("LOSES  ", bold=True), _loses(plan)),
    ]
    mixed = _mixed(plan)
    if mixed:
        lines.append(line(words("MIXED POINTS  ", bold=True), mixed))
    lines.append(line(words("ORDER  ", bold=True), order_of(plan)))
    return [*lines, *_inputs(plan), line(words("USUALLY  ", bold=True), _usually(asking))]


def _walk_lines(plan: FrozenPlan) -> list[Block]:
    return [
        line(words("RUNS  ", bold=True), runs_in_words(plan, COMMANDS)),
        line(words("KEEPS  ", bold=True), WALK_KEEPS),
    ]


def _inputs(plan: FrozenPlan) -> list[Block]:
    given = listed([one_line(f"{name}={value}") for name, value in plan.inputs])
    return [line(words("INPUTS  ", bold=True), given)] if given else []


def order_of(plan: FrozenPlan) -> str:
    """The restore order on one line: what can go at once joined by +."""
    shown = [" + ".join(level[:SHOWN]) for level in levels(plan.graph)[:SHOWN]]
    return " -> ".join(shown) + (" -> …" if len(levels(plan.graph)) > SHOWN else "")


def short_digest(digest: str) -> str:
    """The beginning of a digest, for people to compare."""
    return digest.rpartition(":")[2][:8]


def _overwrites(plan: FrozenPlan) -> str:
    targets = [f"{unit.name}: {unit.target}" for unit in plan.systems if unit.target]
    return listed(targets) if targets else "nothing: no system has a target"


def _spares(plan: FrozenPlan) -> str:
    spared = spares_in_words(plan.systems)
    return f"; {spared}" if spared else ""


def _loses(plan: FrozenPlan) -> str:
    by_point: dict[str, list[str]] = {}
    for unit in plan.systems:
        if unit.point:
            by_point.setdefault(_point(unit), []).append(unit.name)
    if not by_point:
        return "unknown: no recovery point is chosen"
    return "; ".join(f"writes after {point} ({listed(names)})" for point, names in by_point.items())


def _point(unit: Unit) -> str:
    return clock_seconds(unit.point.restorable_through) if unit.point else "-"


def _mixed(plan: FrozenPlan) -> str:
    points = sorted((unit.point.restorable_through, unit.name) for unit in plan.systems if unit.point)
    if not points or points[-1][0] - points[0][0] <= MIXED:
        return ""
    (oldest, first), (newest, last) = points[0], points[-1]
    return f"{first} is from {clock(oldest)}, {minutes(newest - oldest)} older than {last}"


def _usually(asking: Asking) -> str:
    known = [f"{name} {in_words(length)}" for name, length in asking.usual]
    said = listed(known) if known else "no restore was timed"
    return f"{said}. Never proven, GUESS: {listed(list(asking.guesses))}" if asking.guesses else said


def _objective(state: RecoveryState) -> Block:
    if not state.outage_started_at:
        return line(words("OUTAGE  ", bold=True), "start unknown, at least since it was declared")
    since = f"since {clock_seconds(state.outage_started_at)}"
    evidence = f" ({cut(one_line(state.evidence), 120)})" if state.evidence else ""
    rto = state.plan.rto
    ends = f". RTO ends {clock(state.outage_started_at + rto)} UTC" if rto else ""
    return line(words("OUTAGE  ", bold=True), since + evidence + ends)


def decided_message(state: RecoveryState, approver: str) -> Block:
    """The request once it is answered: one line."""
    plan = state.plan
    said = f"{plan.recovery} {plan.mode.value.upper()} {plan.name}: {_decision(state, approver)}"
    return message(escape(said), [rich(line(said))])


def _decision(state: RecoveryState, approver: str) -> str:
    if state.status is RecoveryStatus.REJECTED:
        return f"rejected at {clock(state.ended_at)} UTC: {state.reason or 'no reason given'}"
    if state.status is RecoveryStatus.EXPIRED:
        return f"expired at {clock(state.ended_at)} UTC, nobody approved in time. Ask again when it is still needed"
    if state.approved_at:
        return f"approved by {approver} at {clock_seconds(state.approved_at)}"
    if state.break_glass:
        return f"started without a second person, {'; '.join(state.break_glass)}"
    return "no longer asked"


def details_modal(state: RecoveryState, asking: Asking) -> Block:
    """Everything an approver might ask: each system's point, target and steps."""
    blocks = [rich(*plan_lines(state.plan, asking)), *(_unit(unit) for unit in state.plan.units)]
    return modal(f"{state.plan.recovery} in full", blocks)


def _unit(unit: Unit) -> Block:
    steps = [f"{step.position}. {one_line(step.title)} ({step.kind.value})" for step in unit.steps[:20]]
    more = [f"… {len(unit.steps) - 20} more steps"] if len(unit.steps) > 20 else []  # noqa: PLR2004 - as above
    none = "no recovery point" if unit.kind is UnitKind.SYSTEM else one_line(unit.title)
    point = f"from {unit.point.source} {unit.point.location}, {_point(unit)}" if unit.point else none
    target = f" to {unit.target}" if unit.target else ""
    return rich(line(words(unit.name, bold=True), f"  {point}{target}"), *(line(text) for text in [*steps, *more]))
