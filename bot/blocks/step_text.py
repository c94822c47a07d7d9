"""A step's own words: what stands before it in the runbook, and what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks.rich_text import markdown_block

if TYPE_CHECKING:
    from bot.blocks.elements import Block
    from bot.domain.frozen_plan import PlannedStep

MOST = 5000  # characters of a step's text in a message
MARK = "… cut here: the runbook has the rest"


def step_body(step: PlannedStep, most: int = MOST) -> Block:
    """The step's markdown as a block."""
    said = "\n\n".join(text for text in (step.context, step.text) if text.strip())
    return markdown_block(said or step.title, most, MARK)
