"""HTML comments of a text, found in one pass: also where very many are open."""

from __future__ import annotations

_OPEN = "<!--"
_CLOSE = "-->"


def find_comments(text: str) -> list[tuple[int, str]]:
    """Every HTML comment of a text: where it starts, and what it holds."""
    found, at = [], 0
    while (start := text.find(_OPEN, at)) >= 0:
        end = text.find(_CLOSE, start + len(_OPEN))
        if end < 0:
            break
        found.append((start, text[start + len(_OPEN) : end]))
        at = end + len(_CLOSE)
    return found


def without_comments(text: str) -> str:
    """The text without its comments."""
    if _OPEN not in text:
        return text
    pieces, at = [], 0
    for start, inner in find_comments(text):
        pieces.append(text[at:start])
        at = start + len(_OPEN) + len(inner) + len(_CLOSE)
    return "".join([*pieces, text[at:]])
