"""The two views of a restore: what, how and since when; then the order, the points, and what is overwritten."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bot.blocks import action_ids
from bot.blocks.approval import Asking, plan_lines
from bot.blocks.elements import (
    Block,
    context,
    divider,
    field,
    header,
    line,
    modal,
    option,
    rich,
    text_input,
    words,
)
from bot.blocks.input_fields import input_fields
from bot.blocks.select import select
from bot.blocks.text import listed, one_line
from bot.domain.flaws import moment
from bot.domain.frozen_plan import FrozenPlan, Mode
from bot.domain.recovery_points import RecoveryPoint
from bot.domain.runbook import Input

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

POINTS_SHOWN = 25
SYSTEMS_WITH_POINTS = 30

SINCE: Mapping[str, str] = {
    "now": "It starts now",
    "5": "5 minutes ago",
    "15": "15 minutes ago",
    "30": "30 minutes ago",
    "unknown": "Unknown: at least since it was declared",
    "at": "At the time below",
}
"""Choices for the start of an outage."""

MODES: Mapping[str, tuple[str, str]] = {
    Mode.DRILL.value: ("Drill", "Into scratch targets; the live estate is not touched"),
    Mode.REAL.value: ("Real", "Overwrites the real targets; a second person approves"),
}


@dataclass(frozen=True, slots=True)
class Entered:
    """What a person has entered so far; it stays when the form comes back with a fault."""

    plan: str = ""
    systems: tuple[str, ...] = ()
    mode: str = Mode.DRILL.value
    since: str = "unknown"
    since_at: int | None = None
    why: str = ""


def choose_modal(
    plans: Sequence[str], systems: Sequence[str], entered: Entered, private_metadata: str, fault: str = ""
) -> Block:
    """The first view. `fault` is what was wrong with the last try."""
    blocks = [rich(line(words("Not possible: ", bold=True), fault))] if fault else []
    if plans:
        menu = select(action_ids.WHAT_PLAN, plans, [entered.plan])
        blocks.append(
            field("Plan", menu, block_id=action_ids.WHAT_PLAN, optional=True, hint="All its systems, in order.")
        )
    if systems:
        menu = select(action_ids.WHAT_SYSTEMS, systems, entered.systems, several=True)
        hint = "Instead of a plan. Only these are restored; what they depend on is taken to be up."
        blocks.append(field("Systems", menu, block_id=action_ids.WHAT_SYSTEMS, optional=True, hint=hint))
    blocks.append(mode_field(entered.mode))
    since = select(action_ids.SINCE, list(SINCE), [entered.since], labels=SINCE)
    blocks.append(field("When did the outage start?", since, block_id=action_ids.SINCE, hint="Of a real one only."))
    picker: Block = {"type": "datetimepicker", "action_id": action_ids.SINCE_AT}
    if entered.since_at:
        picker["initial_date_time"] = entered.since_at
    blocks.append(field("Start of the outage, to the minute", picker, block_id=action_ids.SINCE_AT, optional=True))
    why = text_input(action_ids.WHY, multiline=True, initial=entered.why)
    blocks.append(field("Why?", why, block_id=action_ids.WHY, optional=True, hint="What the approver should know."))
    return modal(
        "Restore", blocks, callback_id=action_ids.RESTORE_CHOOSE, submit="Next", private_metadata=private_metadata
    )


def mode_field(chosen: str, modes: Mapping[str, tuple[str, str]] = MODES, *, block_id: str = action_ids.MODE) -> Block:
    """Drill or real, each with what it means. With neither `chosen`, the form is not taken before a person chooses."""
    options = [option(label, value, description) for value, (label, description) in modes.items()]
    radio: Block = {"type": "radio_buttons", "action_id": action_ids.MODE, "options": options}
    initial = [one for one in options if one["value"] == chosen]
    if initial:
        radio["initial_option"] = initial[0]
    return field("Drill or real?", radio, block_id=block_id)


@dataclass(frozen=True, slots=True)
class Offer:
    """What the second view shows. `points`: each system's usable recovery points, newest first.

    `inputs`: what the runbooks ask for, with the values that are known.
    """

    plan: FrozenPlan
    asking: Asking
    points: tuple[tuple[str, tuple[RecoveryPoint, ...]], ...]
    problems: tuple[str, ...]
    needs_approval: bool
    now: datetime
    inputs: tuple[tuple[Input, str], ...] = ()


def confirm_modal(offer: Offer, private_metadata: str) -> Block:
    """The second view: what will happen. With a problem there is nothing to submit."""
    real = offer.plan.mode is Mode.REAL
    title = f"{offer.plan.mode.value.upper()} restore of {offer.plan.name}"
    blocks = [header(title), rich(*plan_lines(offer.plan, offer.asking))]
    if not real:
        blocks.append(context("A drill goes into scratch targets. The live estate is not touched."))
    if offer.problems:
        said = [line(words("Cannot start: ", bold=True), problem) for problem in offer.problems[:10]]
        return modal("Restore", [*blocks, rich(*said)], private_metadata=private_metadata)
    blocks += [divider(), *_points(offer), *input_fields(offer.inputs)]
    if real and offer.asking.guesses:
        entry = text_input(action_ids.UNPROVEN, multiline=True)
        label = f"Never proven: {listed(list(offer.asking.guesses), 6)}. Why all the same?"
        blocks.append(field(label, entry, block_id=action_ids.UNPROVEN, optional=True, hint="It stands in the review."))
    if real and offer.needs_approval:
        entry = text_input(action_ids.BREAK_GLASS, multiline=True)
        hint = "Leave it empty to ask a second person. A reason here starts at once, and is recorded as break-glass."
        blocks.append(
            field("Start without a second person?", entry, block_id=action_ids.BREAK_GLASS, optional=True, hint=hint)
        )
    submit = "Ask for approval" if offer.needs_approval else "Start" if real else "Start the drill"
    return modal(
        "Restore", blocks, callback_id=action_ids.RESTORE_CONFIRM, submit=submit, private_metadata=private_metadata
    )


def _points(offer: Offer) -> list[Block]:
    blocks = [_point(system, points, offer) for system, points in offer.points[:SYSTEMS_WITH_POINTS] if points]
    rest = len(offer.points) - SYSTEMS_WITH_POINTS
    return [*blocks, context(f"… {rest} more systems take their newest usable point")] if rest > 0 else blocks


def _point(system: str, points: Sequence[RecoveryPoint], offer: Offer) -> Block:
    chosen = next((unit.point for unit in offer.plan.units if unit.name == system and unit.point), points[0])
    # What is left as it is stands for the newest one when the form is sent: the one shown may be gone by then.
    newest = f"The newest usable, now {moment(chosen.restorable_through, offer.now)}, {chosen.source} {chosen.location}"
    labels = {NEWEST: newest} | {
        point_value(point.id): f"{moment(point.restorable_through, offer.now)}, {point.source} {point.location}"
        for point in points[:POINTS_SHOWN]
    }
    menu = select(action_ids.POINT, list(labels), [NEWEST], labels=labels)
    return field(f"Recovery point of {one_line(system)}", menu, block_id=point_block(system))


def point_block(system: str) -> str:
    """The block id of a system's recovery point."""
    return f"{action_ids.POINT}:{system}"


NEWEST = "newest"
"""What a menu carries when nobody chose a recovery point."""


def point_value(point_id: str) -> str:
    """What a menu carries for a recovery point: its id may be longer than Slack takes."""
    return hashlib.sha256(point_id.encode()).hexdigest()[:20]


def working_modal(text: str, title: str = "Restore") -> Block:
    """What is shown while something is worked out."""
    return modal(title, [rich(line(text))], callback_id=action_ids.WORKING)
