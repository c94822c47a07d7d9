"""The modals that start a walk: which runbook, which part of it, and the values that it asks for."""

from __future__ import annotations

import hashlib
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.blocks import action_ids
from bot.blocks.elements import Block, field, line, modal, rich, text_input, words
from bot.blocks.input_fields import input_fields
from bot.blocks.restore_modal import MODES, mode_field
from bot.blocks.select import select
from bot.blocks.text import counted, cut
from bot.domain.frozen_plan import Mode

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.domain.runbook import Input, Part

TITLE = "Walk a runbook"
ALL = "all"
"""What the menu of parts carries for all of it."""


class Brings(StrEnum):
    """What the chosen runbook brings back. It decides what drill and real mean, and whether one of them is chosen."""

    UNSAID = ""  # no runbook is chosen yet
    NOTHING = "walk"  # it is done for real unless a person says drill
    SYSTEM = "system"  # a person says which: real overwrites


_MODES: Mapping[Brings, Mapping[str, tuple[str, str]]] = {
    Brings.UNSAID: {
        Mode.DRILL.value: ("Drill", "Nothing live is touched"),
        Mode.REAL.value: ("Real", "It is done for real"),
    },
    Brings.NOTHING: {
        Mode.DRILL.value: ("Drill", "Say what you would do; nothing is touched"),
        Mode.REAL.value: ("Real", "Do it. Where it runs commands, a second person approves"),
    },
    Brings.SYSTEM: MODES,
}


def walk_modal(
    titles: Mapping[str, str],
    chosen: str,
    mode: str,
    private_metadata: str,
    *,
    parts: Sequence[Part] = (),
    part: str = "",
    why: str = "",
    brings: Brings = Brings.NOTHING,
    fault: str = "",
) -> Block:
    """Which runbook, which part of it where it has some, drill or real, and why. `titles` by runbook name.

    `chosen` and `mode` may be empty: then nothing stands there, and a person has to choose.
    """
    blocks = [rich(line(words("Not possible: ", bold=True), fault))] if fault else []
    menu = select(action_ids.RUNBOOK, list(titles), [chosen], labels=titles)
    # Choosing another one is told at once: it may have other parts.
    blocks.append({**field("Runbook", menu, block_id=action_ids.RUNBOOK), "dispatch_action": True})
    if parts:
        blocks.append(_part_field(chosen, parts, part))
    # Slack keeps what was chosen in a block: what it means elsewhere must not pass for it here.
    block_id = f"{action_ids.MODE}:{brings.value}" if brings else action_ids.MODE
    blocks.append(mode_field(mode, _MODES[brings], block_id=block_id))
    entry = text_input(action_ids.WHY, multiline=True, initial=why)
    blocks.append(field("Why?", entry, block_id=action_ids.WHY, optional=True))
    return modal(TITLE, blocks, callback_id=action_ids.WALK_CHOOSE, submit="Start", private_metadata=private_metadata)


def walk_part_modal(runbook: str, title: str, parts: Sequence[Part], private_metadata: str) -> Block:
    """Which part, where the first view could not ask."""
    blocks = [rich(line(words(title, bold=True))), _part_field(runbook, parts, "")]
    return modal(TITLE, blocks, callback_id=action_ids.WALK_PART, submit="Start", private_metadata=private_metadata)


def inputs_modal(
    title: str,
    inputs: Sequence[tuple[Input, str]],
    private_metadata: str,
    *,
    of_restore: bool = False,
    page: int = 0,
    pages: int = 1,
    fault: str = "",
) -> Block:
    """The values that the runbook asks for, as many as a form holds."""
    blocks = [rich(line(words("Not possible: ", bold=True), fault))] if fault else []
    of = f" Form {page + 1} of {pages}." if pages > 1 else ""
    blocks += [rich(line(words(title, bold=True), f" asks for what follows.{of}")), *input_fields(inputs)]
    submit = "Next" if page + 1 < pages else "Start"
    callback = action_ids.RESTORE_INPUTS if of_restore else action_ids.WALK_INPUTS
    name = "Restore" if of_restore else TITLE
    return modal(name, blocks, callback_id=callback, submit=submit, private_metadata=private_metadata)


def part_value(title: str) -> str:
    """What the menu carries for a part: its title may be longer than Slack takes."""
    return hashlib.sha256(title.encode()).hexdigest()[:20]


def _part_field(runbook: str, parts: Sequence[Part], chosen: str) -> Block:
    """The menu of parts: the default ones first, all of it last. What it would be without a choice is chosen."""
    ordered = sorted(parts, key=lambda one: not one.default)
    labels = {part_value(one.title): f"{one.title} ({counted(len(one.steps), 'step')})" for one in ordered}
    labels[ALL] = "All of it"
    default = part_value(ordered[0].title) if ordered[0].default else ALL
    menu = select(action_ids.PART, list(labels), [chosen if chosen in labels else default], labels=labels)
    # Another runbook's menu must be another block: Slack keeps what was chosen in one.
    return field("Which part?", menu, block_id=f"{action_ids.PART}:{cut(runbook, 200)}")
