"""Steps that open another runbook: `<!-- include: other.md#Heading -->`, or nothing but a link to it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.domain.comments import find_comments
from bot.runbook.fences import fence_after

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_TARGET = r"\(\s{0,9}(?:<(?P<angled>[^<>\n]{1,2000})>|(?P<bare>[^\s<>()]+(?:\([^\s<>()]*\)[^\s<>()]*)*))"
_LINK = re.compile(rf"!?\[(?P<text>[^\]]*)\]{_TARGET}(?:\s+\"[^\"]*\")?\s*\)")
_LINKED = re.compile(rf"\]{_TARGET}(?=\s*(?:\)|$)|\s+[\"'(])")
_SPACED = re.compile(r"\]\((?P<target>[^\s<>()\"'\\:{][^<>()\"'\\:\n]{0,300}\.md(?:#[^<>()\"'\n]{0,200})?)\)")
_DEFINED = re.compile(
    r" {0,3}\[(?!\^)[^\]]{1,999}\]:\s{1,9}(?:<(?P<angled>[^<>\n]{1,2000})>|(?P<bare>[^\s<>]++))(?=\s*$|\s+[\"'(])"
)
_ELSEWHERE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|[/#{<$]")
_MARKER = re.compile(r"^\s*(?:[-*+]|\d{1,9}[.)])\s+")
_AROUND = re.compile(
    r"^(?:see|follow|open|run|go to|continue with|do)?[:\s]*$|^(?:the runbook|runbook)?[.\s]*$", re.IGNORECASE
)
_LONGEST = 600
_TICKS = re.compile(r"`+")


def include_target(comment: str) -> str:
    """The target of an `include:` comment."""
    return comment.partition(":")[2].strip()


def link_only(text: str) -> str:
    """The target, when a step's text is only a link to another markdown file; else an empty text."""
    if ".md" not in text or len(text := text.strip()) > _LONGEST:
        return ""
    text = _MARKER.sub("", text, count=1)
    match = _LINK.search(text)
    target = _target(match) if match else ""
    if not match or not is_runbook(target):
        return ""
    rest = text[: match.start()], text[match.end() :]
    return target if all(_AROUND.match(piece.strip()) for piece in rest) else ""


def is_runbook(target: str) -> bool:
    """Whether a link leads to a markdown file beside or near this one."""
    path = target.partition("#")[0]
    return path.endswith(".md") and "://" not in path and not path.startswith("/")


def relative_links(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Every relative link outside code and comments: its line (from 1) and its target. In time that grows with them."""
    for number, line in _links_outside_code(lines):
        if "](" in line:
            for match in _LINKED.finditer(line):
                yield from _relative(number, _target(match))
        elif defined := _DEFINED.match(line):
            yield from _relative(number, _target(defined))


def spaced_links(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """What is meant as a link to another runbook and is none, for its target holds blanks: its line and the target."""
    for number, line in _links_outside_code(lines):
        for match in _SPACED.finditer(line):
            if " " in match["target"].strip():
                yield number, match["target"]


def _links_outside_code(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Each line that may hold a link, without its code; its number first."""
    fence = ""
    for number, line in enumerate(_without_comments(lines), 1):
        before, fence = fence, fence_after(line, fence)
        if before or fence:
            continue
        if "](" in line:
            yield number, _without_code(line)
        elif "]:" in line:
            yield number, line


def _target(match: re.Match[str]) -> str:
    return match["angled"] or match["bare"]


def _relative(number: int, target: str) -> Iterator[tuple[int, str]]:
    if not _ELSEWHERE.match(target):
        yield number, target


def _without_comments(lines: Sequence[str]) -> Sequence[str]:
    """The lines, as many as they were, where comments hold nothing but their ends of lines."""
    text = "\n".join(lines)
    if "<!--" not in text:
        return lines
    pieces, at = [], 0
    for start, inner in find_comments(text):
        pieces += [text[at:start], "\n" * inner.count("\n")]
        at = start + len(f"<!--{inner}-->")
    return "".join([*pieces, text[at:]]).split("\n")


def _without_code(line: str) -> str:
    """A line without its code spans: from a run of ticks to the next one that is as long."""
    if "`" not in line:
        return line
    runs = [match.span() for match in _TICKS.finditer(line)]
    later: dict[int, list[int]] = {}
    for index in range(len(runs) - 1, -1, -1):
        later.setdefault(runs[index][1] - runs[index][0], []).append(index)
    pieces, at, index = [], 0, 0
    while index < len(runs):
        start, end = runs[index]
        alike = later[end - start]
        while alike and alike[-1] <= index:
            alike.pop()
        if alike:
            pieces.append(line[at:start])
            index = alike[-1]
            at = runs[index][1]
        index += 1
    return "".join([*pieces, line[at:]])
