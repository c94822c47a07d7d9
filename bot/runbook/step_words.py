"""What a step says, as people read it: without marks of lists, boxes and comments; code to the byte.

The parser says what is code, a comment, an item. Which item a paragraph belongs to is a part of what it says.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from bot.runbook.document import CODES
from bot.runbook.inline_words import CODE, Words, read_html, read_inline
from bot.runbook.vocabulary import STEP_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.runbook.document import Section
    from bot.runbook.drafts import Draft
    from bot.runbook.source import Source

_ANCHOR = re.compile(r"\{\s*[#.:][^}]*\}\s*")
_ITEM, _HEADING = "\0-", "\0#"
_MARKS = {"heading_open": _HEADING, "tr_open": "\0=", "th_open": "\0|", "td_open": "\0|"}
"""Tokens that a mark stands for before the words in them; a NUL is in no source."""

_SAID = frozenset({"inline", "html_block", *CODES})
_DIRECTIVE = "directive"


class _Piece(NamedTuple):
    """What the parser found in one place: a paragraph, a heading, a cell, code or HTML."""

    line: int  # of the file, from 0
    kind: str  # a token's type, or a line of a site generator, which the parser never saw
    content: str
    marks: str = ""
    depth: int = 0  # so many lists stand around it


class StepWords:
    """Reads the words of one runbook's steps."""

    def __init__(self, source: Source, document: Section) -> None:
        self._source = source
        self._document = document
        self._found: list[_Piece] | None = None

    def of(self, draft: Draft) -> Words:
        """The words of a draft. Its number is none of them."""
        found = self._pieces()
        pieces = found[bisect_left(found, (draft.start,)) : bisect_left(found, (draft.end,))]
        base = pieces[0].depth if pieces and pieces[0].line == draft.start else 0
        prose: list[str] = []
        exact: list[str] = []
        depth = 0
        for index, piece in enumerate(pieces):
            text, more = self._read(piece)
            if not index and not base:
                text = _numbered(draft.number).sub("", text, count=1)
            # What stands at the margin between two items belongs to the item above it.
            before, depth = depth, max(piece.depth - base, 0)
            if depth != before:
                prose.append(f"\0{depth}")
            if piece.marks:
                prose.append(piece.marks.removeprefix(_ITEM) if base and not depth else piece.marks)
            prose.append(text)
            exact += more
        return " ".join(" ".join(prose).split()), tuple(exact)

    def _read(self, piece: _Piece) -> Words:
        if piece.kind in CODES:
            return CODE, (piece.content.strip("\n"),)
        if piece.kind == "html_block":
            return read_html(piece.content)
        if piece.kind == _DIRECTIVE:
            return piece.content, ()
        content = _without_anchor(piece.content) if _HEADING in piece.marks else piece.content
        return read_inline(content, self._document.definitions)

    def _pieces(self) -> Sequence[_Piece]:
        if self._found is None:
            self._found = self._parsed()
            if self._document.directives:
                self._found = sorted([*self._found, *self._directives()], key=_line)
        return self._found

    def _parsed(self) -> list[_Piece]:
        front, depth, marks = self._source.front, 0, ""
        line = front
        found = []
        for token in self._document.tokens:
            kind = token.type
            if kind in _SAID:
                line = front + token.map[0] if token.map else line
                found.append(_Piece(line, kind, token.content, marks, depth))
                marks = ""
            elif kind == "list_item_open":
                depth, marks = depth + 1, _ITEM
            elif kind == "list_item_close":
                depth, marks = depth - 1, ""
            elif kind in _MARKS:
                line = front + token.map[0] if token.map else line
                marks += _MARKS[kind]
        return found

    def _directives(self) -> Iterator[_Piece]:
        for at in self._document.directives:
            yield _Piece(self._source.front + at, _DIRECTIVE, self._source.lines[self._source.front + at])


def _line(piece: _Piece) -> int:
    return piece.line


def _without_anchor(heading: str) -> str:
    at = heading.rfind("{")
    return heading[:at] if at >= 0 and _ANCHOR.fullmatch(heading, at) else heading


@lru_cache(256)
def _numbered(number: str) -> re.Pattern[str]:
    """A step's number at the beginning of a text, with what stands around it: `Step 2 of 5:`, `**2.**`."""
    if not number:
        return re.compile(r"\A\Z")
    words = "|".join(STEP_WORDS)
    pattern = rf"\A[^\w(]*(?:(?:{words})\s*)?#?\s*\(?{re.escape(number)}(?:\s*(?:of|/)\s*\d+)?[^\w\s]*\s*"
    return re.compile(pattern, re.IGNORECASE)
