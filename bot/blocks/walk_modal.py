"""The modal that starts a walk: one runbook, step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks import action_ids
from bot.blocks.elements import Block, field, line, modal, rich, text_input, words
from bot.blocks.input_fields import input_fields
from bot.blocks.restore_modal import mode_field
from bot.blocks.select import select

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.domain.runbook import Input


def walk_modal(
    runbooks: Sequence[str],
    titles: Mapping[str, str],
    chosen: str,
    mode: str,
    private_metadata: str,
    fault: str = "",
) -> Block:
    """Which runbook, drill or real, and why. `titles` by runbook name."""
    blocks = [rich(line(words("Not possible: ", bold=True), fault))] if fault else []
    menu = select(action_ids.RUNBOOK, runbooks, [chosen], labels=titles)
    blocks.append(field("Runbook", menu, block_id=action_ids.RUNBOOK))
    blocks.append(mode_field(mode))
    why = text_input(action_ids.WHY, multiline=True)
    blocks.append(field("Why?", why, block_id=action_ids.WHY, optional=True))
    return modal(
        "Walk a runbook", blocks, callback_id=action_ids.WALK_CHOOSE, submit="Start", private_metadata=private_metadata
    )


def walk_inputs_modal(title: str, inputs: Sequence[tuple[Input, str]], private_metadata: str) -> Block:
    """The values that the runbook asks for, where there are any."""
    blocks = [rich(line(words(title, bold=True), " asks for what follows.")), *input_fields(inputs)]
    return modal(
        "Walk a runbook", blocks, callback_id=action_ids.WALK_INPUTS, submit="Start", private_metadata=private_metadata
    )
