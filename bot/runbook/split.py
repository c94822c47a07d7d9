"""The step rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.runbook.drafts import Draft, Place
from bot.runbook.titles import plain

if TYPE_CHECKING:
    from bot.runbook.document import Section
    from bot.runbook.source import Source

_STEP_LEVEL = 2


def split(document: Section, source: Source) -> list[Draft]:
    """Where each line of the body belongs: every level-2 heading is a step."""
    headings = [section for section in document.walk() if section.level == _STEP_LEVEL]
    if not headings:
        title = next((plain(section.title) for section in document.walk() if section.title), source.file)
        blocks = [block for section in document.walk() for block in section.blocks]
        return [Draft(Place.STEP, title, source.front, len(source.lines), blocks, body=source.front)]
    drafts = [Draft(Place.BACKGROUND, "", source.front, headings[0].start)]
    for index, section in enumerate(headings):
        end = headings[index + 1].start if index + 1 < len(headings) else len(source.lines)
        blocks = [block for below in section.walk() for block in below.blocks]
        drafts.append(Draft(Place.STEP, plain(section.title), section.start, end, blocks, body=section.body_start))
    return drafts
