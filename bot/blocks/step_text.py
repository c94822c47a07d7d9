"""A step's own words: the one place that turns a runbook's markdown into blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks.elements import Block, line, preformatted, rich
from bot.blocks.text import clean, cut

if TYPE_CHECKING:
    from bot.domain.frozen_plan import PlannedStep

MOST = 2500  # characters of a step's text in a message
_FENCES = ("```", "~~~")


def step_body(step: PlannedStep, most: int = MOST) -> Block:
    """What the step says, commands set apart."""
    return markdown_body(step.text or step.title, most)


def markdown_body(markdown: str, most: int = MOST) -> Block:
    """Markdown as a block: paragraphs as they stand, fenced code set apart."""
    parts: list[Block] = []
    text: list[str] = []
    fence: list[str] | None = None
    for row in cut(clean(markdown), most, "\n… cut here; the runbook has the rest").splitlines():
        if row.lstrip().startswith(_FENCES):
            _flush(parts, text)
            if fence is not None:
                parts.append(preformatted("\n".join(fence)))
            fence = [] if fence is None else None
        elif fence is not None:
            fence.append(row)
        elif not row.strip().startswith("<!--"):
            text.append(row)
    if fence:
        parts.append(preformatted("\n".join(fence)))
    _flush(parts, text)
    return rich(*parts)


def _flush(parts: list[Block], text: list[str]) -> None:
    said = "\n".join(text).strip("\n")
    if said.strip():
        parts.append(line(said))
    text.clear()
