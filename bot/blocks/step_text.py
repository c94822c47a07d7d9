"""A step's own words: what stands before it in the runbook, and what it says, with the values that are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks.elements import context
from bot.blocks.rich_text import markdown_block, markdown_blocks
from bot.runbook.filled import said_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.blocks.elements import Block
    from bot.domain.frozen_plan import PlannedStep

MOST = 5000  # characters of a step's text in a message
MARK = "… cut here: “Look or jump…” has the rest"
WHOLE = 20  # blocks of a step's text in a modal
CUT_WHOLE = "… cut here: the runbook has the rest"


def step_body(step: PlannedStep, values: Mapping[str, str], most: int = MOST) -> Block:
    """The step's markdown as a block."""
    return markdown_block(_said(step, values), most, MARK)


def whole_body(step: PlannedStep, values: Mapping[str, str]) -> list[Block]:
    """All of the step's markdown, as blocks of a modal."""
    return whole_markdown(_said(step, values))


def whole_markdown(markdown: str) -> list[Block]:
    """Markdown as blocks of a modal; where that is more than one shows, the last of them says so."""
    blocks = markdown_blocks(markdown, most=3000)
    return blocks if len(blocks) <= WHOLE else [*blocks[:WHOLE], context(CUT_WHOLE)]


def _said(step: PlannedStep, values: Mapping[str, str]) -> str:
    return said_text(step, values) or step.title
