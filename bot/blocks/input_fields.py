"""Fields for the inputs of a recovery: a menu where there are choices, else a line of text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks import action_ids
from bot.blocks.elements import Block, field, text_input
from bot.blocks.select import select

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.domain.runbook import Input

MOST_FIELDS = 30
LONGEST_CHOICE = 150  # of what a menu can hand back
LONGEST_TEXT = 3000


def input_fields(inputs: Iterable[tuple[Input, str]]) -> list[Block]:
    """A field for each input, with its value as far as it is known."""
    return [_field(wanted, value) for wanted, value in inputs]


def _field(wanted: Input, value: str) -> Block:
    choices = [choice for choice in wanted.choices if choice.strip()]
    hint = f"Commands get it as {wanted.name}."
    if choices and all(len(choice) <= LONGEST_CHOICE for choice in choices):
        entry = select(action_ids.INPUT, choices, [value])
    else:
        entry = text_input(action_ids.INPUT, initial=value, most=LONGEST_TEXT)
        hint += f" One of: {', '.join(choices)}." if choices else ""
    return field(wanted.ask or wanted.name, entry, block_id=input_block(wanted.name), hint=hint)


def input_block(name: str) -> str:
    """The block id of an input."""
    return f"{action_ids.INPUT}:{name}"
