"""Steps that open another runbook: `<!-- include: other.md#Heading -->`, or nothing but a link to it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_LINK = re.compile(r"!?\[(?P<text>[^\]]*)\]\(\s*<?(?P<target>[^\s<>)]+)>?(?:\s+\"[^\"]*\")?\s*\)")
_MARKER = re.compile(r"^\s*(?:[-*+]|\d{1,9}[.)])\s+")
_AROUND = re.compile(
    r"^(?:see|follow|open|run|go to|continue with|do)?[:\s]*$|^(?:the runbook|runbook)?[.\s]*$", re.IGNORECASE
)
_LONGEST = 600
_FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})")
_CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)")


def include_target(comment: str) -> str:
    """The target of an `include:` comment."""
    return comment.partition(":")[2].strip()


def link_only(text: str) -> str:
    """The target, when a step's text is only a link to another markdown file; else an empty text."""
    text = text.strip()
    if len(text) > _LONGEST or ".md" not in text:
        return ""
    text = _MARKER.sub("", text, count=1)
    match = _LINK.search(text)
    if not match or not is_runbook(match["target"]):
        return ""
    rest = text[: match.start()], text[match.end() :]
    return match["target"] if all(_AROUND.match(piece.strip()) for piece in rest) else ""


def is_runbook(target: str) -> bool:
    """Whether a link leads to a markdown file beside or near this one."""
    path = target.partition("#")[0]
    return path.endswith(".md") and "://" not in path and not path.startswith("/")


def relative_links(lines: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    """Every relative link outside code: its line (from 1) and its target."""
    fence = ""
    for number, line in enumerate(lines, 1):
        mark = _FENCE.match(line)
        if mark and (not fence or mark[1].startswith(fence)):
            fence = "" if fence else mark[1]
        elif not fence and "](" in line:
            for match in _LINK.finditer(_CODE.sub("", line)):
                target = match["target"]
                if not re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:|[/#{<]|//", target):
                    yield number, target
