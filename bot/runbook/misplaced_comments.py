"""Step comments that speak of another step than their authors think: of the one that ends there, not of the next."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from bot.domain.runbook import Fault
from bot.runbook.fences import fence_after

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.domain.runbook import Step
    from bot.runbook.parse import Parsed

_COMMENT = re.compile(r" *<!--\s*step:")
_ITEM = re.compile(r"( *)(?:[-*+]|\d{1,9}[.)])\s")
_DEEPEST = 3  # blanks before a comment at the margin: with more it is code, or stands in a list
_HEADING = re.compile(r" {0,3}#{1,6}\s")


def misplaced(item: Parsed) -> Iterator[Fault]:
    """A warning for each comment that stands above a heading, or at the margin between two items of a list."""
    lines = item.source.lines
    if not any("<!--" in line for line in lines):
        return
    for step, following in pairwise(item.runbook.steps):
        at = _last_comment(lines[step.line - 1 : following.line - 1])
        if at is None:
            continue
        line = step.line + at
        if helps := _out_of_place(item, step, following, line):
            what = f"the step's comment stands above “{following.title}” and speaks of “{step.title}”."
            yield Fault(item.runbook.file, line, what, helps, "warning")


def _last_comment(lines: tuple[str, ...]) -> int | None:
    """Where a step comment begins that is the last thing among lines; None where something else is, or it is code."""
    text = "\n".join(lines).rstrip()
    start = text.rfind("<!--")
    begins = text.rfind("\n", 0, max(start, 0)) + 1
    if not text.endswith("-->") or not _COMMENT.match(text, begins) or text.find("-->", start) + 3 < len(text):
        return None
    at, fence = text.count("\n", 0, begins), ""
    for line in lines[:at]:
        fence = fence_after(line, fence)
    return None if fence else at


def _out_of_place(item: Parsed, step: Step, following: Step, line: int) -> str:
    """What helps, when the comment on a line is not in its place; else an empty text."""
    lines = item.source.lines
    indent = len(lines[line - 1]) - len(lines[line - 1].lstrip(" "))
    marker, next_marker = _ITEM.match(lines[step.line - 1]), _ITEM.match(lines[following.line - 1])
    if marker and next_marker:
        return "" if indent > len(marker[1]) else "Indent it below the item that it is meant for."
    if indent > _DEEPEST or not _HEADING.match(lines[following.line - 1]):
        return ""
    said = any(one.strip() for one in lines[step.line : line - 1])
    of_title = step.index == 0 and step.title == item.runbook.title
    return "Move it below the heading of the step that it is meant for." if said or of_title else ""
