"""What a step says, as people read it: without marks of lists, boxes and comments; code to the byte."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.runbook.vocabulary import STEP_WORDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.token import Token

    from bot.runbook.document import Section
    from bot.runbook.drafts import Draft
    from bot.runbook.references import References
    from bot.runbook.source import Source

Words = tuple[str, tuple[str, ...]]
"""Prose with its white space made one blank, and a NUL where code stands; the code."""

_CODE = "\0"  # no source holds it
_ITEM = re.compile(r"[ \t>]*(?:[-*+]|\d{1,9}[.)])(?:[ \t]+|$)")
_BOX = re.compile(r"\[[ xX]\](?:[ \t]+|$)")
_HEADING = re.compile(r"[ \t]{0,3}#{1,6}[ \t]+")
_OPEN, _CLOSE = "<!--", "-->"
_MARK = re.compile(r"<!--|(?<!\\)`+")
_TICKS = re.compile(r"`+")
_BREAK = re.compile(r"\n[ \t>]*(?=\n)|\0")
"""What ends a paragraph: neither code in a line nor a comment in one reaches over it."""


class StepWords:
    """Reads the words of one runbook's steps."""

    def __init__(self, source: Source, document: Section, links: References) -> None:
        self._source = source
        self._document = document
        self._links = links
        self._items: dict[int, list[bool]] = {}
        self._begins: list[int] = []
        self._looked = False

    def of(self, draft: Draft, codes: Sequence[Token]) -> Words:
        """The words of a draft; `codes` are the fences and the indented code in it. Its number is none of them."""
        # A heading that is told whole in the text is not told twice.
        title = draft.title if draft.body > draft.start else ""
        lines = [] if not title or _numbered(draft.number).fullmatch(title) else [title]
        at = draft.body
        for token in codes:
            start, end = token.map or (0, 0)
            lines += [*self._lines(at, self._source.front + start, draft), _CODE]
            at = max(at, self._source.front + end)
        lines += self._lines(at, draft.end, draft)
        prose = without_comments(self._links.only_used("\n".join(lines)))
        return " ".join(prose.split()), tuple(token.content.strip("\n") for token in codes)

    def _lines(self, start: int, end: int, draft: Draft) -> list[str]:
        items = self._find_items()
        lines = list(self._source.lines[start:end])
        if start <= draft.start < end and draft.start not in items:
            heading = _HEADING.sub("", lines[draft.start - start], count=1)
            lines[draft.start - start] = _numbered(draft.number).sub("", heading, count=1)
        for at in self._begins[bisect_left(self._begins, start) : bisect_left(self._begins, end)]:
            line = lines[at - start]
            for boxed in items[at]:
                line = _ITEM.sub("", line, count=1)
                line = _BOX.sub("", line, count=1) if boxed else line
            lines[at - start] = f"\n{line}"  # an item is a paragraph of its own
        return lines

    def _find_items(self) -> dict[int, list[bool]]:
        """The lines on which items of lists begin, and whether each has a box to tick."""
        if not self._looked:
            self._looked = True
            for token in self._document.tokens:
                if token.type == "list_item_open" and token.map:
                    self._items.setdefault(self._source.front + token.map[0], []).append("checked" in token.meta)
            self._begins = sorted(self._items)
        return self._items


@lru_cache(256)
def _numbered(number: str) -> re.Pattern[str]:
    """A step's number at the beginning of a text, with what stands around it: `Step 2 of 5:`, `**2.**`."""
    if not number:
        return re.compile(r"\A\Z")
    words = "|".join(STEP_WORDS)
    pattern = rf"\A[^\w(]*(?:(?:{words})\s*)?#?\s*\(?{re.escape(number)}(?:\s*(?:of|/)\s*\d+)?[^\w\s]*\s*"
    return re.compile(pattern, re.IGNORECASE)


def without_comments(text: str) -> str:
    """A text without its comments; what only looks like one in code of a line is shown to people, and stays."""
    if _OPEN not in text:
        return text
    ends = [found.start() for found in re.finditer(_CLOSE, text)]
    breaks = [found.start() for found in _BREAK.finditer(text)]
    ticks: dict[int, list[int]] = defaultdict(list)
    for found in _TICKS.finditer(text):
        ticks[len(found[0])].append(found.start())
    pieces, kept, at = [], 0, 0
    while mark := _MARK.search(text, at):
        at = mark.end()
        paragraph = _next(breaks, at)
        if mark[0] != _OPEN:
            closing = _next(ticks[len(mark[0])], at)
            at = closing + len(mark[0]) if closing is not None and _is_before(closing, paragraph) else at
            continue
        end = _next(ends, at)
        if end is not None and (_is_before(end, paragraph) or _begins_line(text, mark.start())):
            pieces.append(text[kept : mark.start()])
            kept = at = end + len(_CLOSE)
    return "".join([*pieces, text[kept:]])


def _next(places: Sequence[int], at: int) -> int | None:
    index = bisect_left(places, at)
    return places[index] if index < len(places) else None


def _is_before(place: int, other: int | None) -> bool:
    return other is None or place < other


def _begins_line(text: str, at: int) -> bool:
    return not text[text.rfind("\n", 0, at) + 1 : at].strip(" \t>")
