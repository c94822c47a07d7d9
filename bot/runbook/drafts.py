"""What the step rule decides, before anything is read from it: where each line of a body belongs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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
    end: int = 0
    body: int = 0  # where the text begins that is not the title
    number: str = ""
    section: tuple[str, ...] = ()
    group: str = ""  # the innermost option, scenario or tab around it
    part: str = ""
    manual: bool = False  # without commands: something to do, not only to read
