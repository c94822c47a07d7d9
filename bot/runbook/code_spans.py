"""Inline code of a markdown text: found and changed where it stands, with all else left to the byte."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from itertools import count
from typing import TYPE_CHECKING

from bot.runbook.document import parse_blocks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_TICKS = re.compile("`+")
_LINE_ENDS = re.compile(r"(?<=\n)|(?<=\r)(?!\n)")


def with_code(text: str, change: Callable[[str], str]) -> str:
    """Markdown in which each piece of inline code is what `change` makes of it. It stays inline code, whatever that is.

    Where it could not (new backticks would meet some that were left over before), it stays as it was. Fences, indented
    code and HTML are no inline code.
    """
    if "`" not in text:
        return text
    lines = _LINE_ENDS.split(text)
    pieces: list[str] = []
    at = 0
    for (start, end), in_table in _running_text(text).items():
        pieces += [*lines[at:start], _changed("".join(lines[start:end]), change, in_table=in_table)]
        at = end
    return "".join([*pieces, *lines[at:]])


def _running_text(text: str) -> dict[tuple[int, int], bool]:
    """The lines of paragraphs, headings and rows, counted from 0, the last exclusive; whether it is a table's row."""
    found: dict[tuple[int, int], bool] = {}
    before = ""
    for token in parse_blocks(text):
        if token.type == "inline" and token.map:
            found[token.map[0], token.map[1]] = before in {"th_open", "td_open"}
        before = token.type
    return found


def _changed(text: str, change: Callable[[str], str], *, in_table: bool) -> str:
    pieces: list[str] = []
    at = 0
    spans = list(_spans(text))
    stray = _has_stray(text, spans)
    for start, end, ticks in spans:
        code = text[start + ticks : end - ticks]
        new = change(code)
        if new != code and not (stray and "`" in new):
            new = re.sub(r"(?<!\\)\|", r"\\|", new) if in_table else new
            pieces += [text[at:start], _fenced(new, ticks)]
            at = end
    return "".join([*pieces, text[at:]])


def _has_stray(text: str, spans: Iterable[tuple[int, int, int]]) -> bool:
    """Whether backticks stand in it that neither begin nor end code: with new ones behind them they might."""
    ends = [0, *(place for start, end, _ in spans for place in (start, end)), len(text)]
    return any("`" in text[start:end] for start, end in zip(ends[::2], ends[1::2], strict=True))


def _spans(text: str) -> Iterator[tuple[int, int, int]]:
    """Where inline code begins and ends, its backticks included, and how many these are on either side.

    As CommonMark has it: it ends at the next run of as many backticks; an escaped backtick begins none.
    """
    runs = [match.span() for match in _TICKS.finditer(text)]
    by_length: dict[int, list[int]] = defaultdict(list)
    for start, end in runs:
        by_length[end - start].append(start)
    at = 0
    for start, end in runs:
        opening = start + _escaped(text, start)
        ticks = end - opening
        if start < at or not ticks:
            continue
        closing = by_length[ticks]
        place = bisect_left(closing, end)
        if place < len(closing):
            at = closing[place] + ticks
            yield opening, at, ticks


def _escaped(text: str, at: int) -> bool:
    first = at
    while first and text[first - 1] == "\\":
        first -= 1
    return (at - first) % 2 == 1


def _fenced(code: str, ticks: int) -> str:
    """Code between as many backticks as before, or as many as it does not hold itself."""
    inside = {len(run) for run in _TICKS.findall(code)}
    if ticks in inside:
        ticks = next(length for length in count(1) if length not in inside)
    space = " " if code.startswith("`") or code.endswith("`") else ""
    return f"{'`' * ticks}{space}{code}{space}{'`' * ticks}"
