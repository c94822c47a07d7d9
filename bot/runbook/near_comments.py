"""Comments that were meant as ours and are written otherwise: `<!-- Step: {...} -->`, `<!-- include other.md -->`."""

from __future__ import annotations

import re

_STEP = re.compile(r"(?:step|steps)\s*[:=]?\s*\{", re.IGNORECASE)
_INCLUDE = re.compile(r"includes?(?:\s*[:=]\s*|\s+)\S+\.md(?:#\S*)?\s*$", re.IGNORECASE)
UNCLOSED = re.compile(r"(?:\A|\n) {0,3}(<!--)(?!-?>)\s*(step:|include:)?")
"""Behind the last closed comment: a line that opens one. All that follows is a part of it."""

_WRITE_STEP = "Write <!-- step: {key: value} -->."
_LONGEST = 300
_SHOWN = 60


def meant(inner: str) -> str:
    """What helps, where a comment between its marks is nearly one of ours; empty where it is one, or another's."""
    text = inner.lstrip()[:_LONGEST]
    if text.startswith(("step:", "include:")):
        return ""
    text = text.lstrip("-! \t")  # <!--- three dashes --->
    if text.startswith("step:"):
        return _WRITE_STEP
    if _STEP.match(text):
        return _WRITE_STEP
    return "Write <!-- include: other.md#Heading -->." if _INCLUDE.match(text) else ""


def shortened(inner: str) -> str:
    """The beginning of a comment, on one line."""
    text = " ".join(inner[:_LONGEST].split())
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
