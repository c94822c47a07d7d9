"""What the step rule decides, before anything is read from it: where each line of a body belongs."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from bot.runbook.document import Block


class Place(StrEnum):
    """Where a stretch of lines belongs."""

    BACKGROUND = "background"  # shown on request
    BEFORE = "before"  # the "Before you start" card
    CONTEXT = "context"  # introduces the step that follows it
    STEP = "step"


@dataclass(slots=True)
class Draft:
    """Lines `start` to `end` (from 0, exclusive), and what they are. Drafts of a body follow without gaps."""

    place: Place
    title: str
    start: int
    end: int
    blocks: list[Block] = field(default_factory=list)
    body: int = 0  # where the text begins that is not the title
    number: str = ""
    section: tuple[str, ...] = ()
    part: str = ""
    manual: bool = True  # without commands: something to do, not only to read
