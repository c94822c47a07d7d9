"""Links that are defined elsewhere: `[the console][con]` here, and `[con]: https://…` at the end of the file.

A step is shown alone: the definitions that it uses go with it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING, Any

from markdown_it.common.utils import normalizeReference

from bot.runbook.document import parse_blocks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.runbook.document import Section
    from bot.runbook.source import Source

_LONGEST = 500
"""A longer definition stays where it stands: very many steps may use it."""

_LABEL = re.compile(r"\[((?:[^\[\]\\]|\\.){1,999})\](?!\()")
_CODE = re.compile(r"`[^`]*`")
_OPENS = re.compile(r"```|~~~|<")


class References:
    """The definitions of one runbook, and where each is used and held."""

    def __init__(self, document: Section, source: Source) -> None:
        spans = {label: one["map"] for label, one in document.definitions.items()}
        at = source.front
        texts = ((label, source.text(at + start, at + end).strip()) for label, (start, end) in spans.items())
        self._defined = {label: text for label, text in texts if len(text) <= _LONGEST}
        self._held = {label: at + spans[label][0] for label in self._defined}
        self._uses = list(self._find_uses(document, at)) if self._defined else []

    def complete(self, text: str, *spans: tuple[int, int]) -> str:
        """The text of some lines (from 0, end exclusive) with the definitions behind it that it uses and does not hold.

        They stand before it where it ends in code, or in HTML, that nothing closes: they would become a part of that.
        """
        if not self._uses:
            return text
        used = dict.fromkeys(label for start, end in spans for label in self._used(start, end))
        missing = [label for label in used if not any(start <= self._held[label] < end for start, end in spans)]
        if not missing:
            return text
        definitions = "\n".join(self._defined[label] for label in missing)
        behind = f"{text}\n\n{definitions}"
        closed = not _OPENS.search(text) or _defined_in(behind).issuperset(missing)
        return behind if closed else f"{definitions}\n\n{text}"

    def _find_uses(self, document: Section, front: int) -> Iterator[tuple[int, str]]:
        line = front
        for token in document.tokens:
            line = front + token.map[0] if token.map else line
            if token.type == "inline" and "[" in token.content:
                labels = map(normalizeReference, _LABEL.findall(_CODE.sub("", token.content)))
                yield from ((line, label) for label in labels if label in self._defined)

    def _used(self, start: int, end: int) -> Iterator[str]:
        first, last = (bisect_left(self._uses, (line,)) for line in (start, end))
        return (label for _, label in self._uses[first:last])


def _defined_in(text: str) -> frozenset[str]:
    found: dict[str, Any] = {}
    parse_blocks(text, found)
    return frozenset(found.get("references", ()))
