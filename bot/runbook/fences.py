"""Fences of code, told from lines alone: for what looks at lines before, or without, the parser."""

from __future__ import annotations

import re

_OPENS = re.compile(r"[ \t]*(`{3,}+(?=[^`\n]*$)|~{3,})")
"""No line with backticks behind those that it begins with: ```` ```ls``` ```` is code within a line."""


def fence_after(line: str, fence: str) -> str:
    """The mark of the fence that is open behind a line; `fence` is that before it. Empty where none is open."""
    if fence:
        text = line.strip()
        return "" if text.startswith(fence) and not text.strip(fence[0]) else fence
    opened = _OPENS.match(line)
    return opened[1] if opened else ""
