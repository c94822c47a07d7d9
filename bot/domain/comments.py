"""HTML comments of a text, found in one pass: also where very many are open."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict

_OPEN = "<!--"
_CLOSE = "-->"
_EMPTY = re.compile(r"-?>")
"""What makes `<!-->` and `<!--->` whole comments."""

_RUN = re.compile(r"`+|~{3,}")
_PIECE = re.compile(
    r"""\\. | (?P<run>`+|~{3,}) | <[A-Za-z](?:[^<>"'`]|"[^"]{0,500}"|'[^']{0,500}')*+> | (?P<comment><!--)""",
    re.VERBOSE | re.DOTALL,
)
"""An escape, what opens code or a comment, a tag with its attributes: the first of them hides the others."""


def find_comments(text: str) -> list[tuple[int, str]]:
    """Every HTML comment of a text that holds anything: where it starts, and what it holds."""
    found, at = [], 0
    while (start := text.find(_OPEN, at)) >= 0:
        at = start + len(_OPEN)
        if _EMPTY.match(text, at):
            continue
        end = text.find(_CLOSE, at)
        if end < 0:
            break
        found.append((start, text[at:end]))
        at = end + len(_CLOSE)
    return found


def without_comments(text: str) -> str:
    """The text without its comments; what only looks like one in code, or behind a backslash, is shown, and stays."""
    if _OPEN not in text:
        return text
    runs: dict[str, list[int]] = defaultdict(list)
    for one in _RUN.finditer(text):
        runs[one[0]].append(one.start())
    pieces, kept, at = [], 0, 0
    while found := _PIECE.search(text, at):
        at = found.end()
        if run := found["run"]:
            later = bisect_left(runs[run], at)
            at = runs[run][later] + len(run) if later < len(runs[run]) else at
        elif found["comment"]:
            empty = _EMPTY.match(text, at)
            end = empty.end() if empty else text.find(_CLOSE, at) + len(_CLOSE)
            if end < at:  # nothing closes it, nor any below it
                break
            pieces.append(text[kept : found.start()])
            kept = at = end
    return "".join([*pieces, text[kept:]])
