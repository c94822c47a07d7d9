"""Links that are defined elsewhere: `[the console][con]` here, and `[con]: https://…` at the end of the file.

A step is shown alone: the definitions that it uses go with it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from markdown_it.common.utils import normalizeReference

from bot.runbook.document import parse_blocks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from markdown_it.token import Token

    from bot.runbook.source import Source

_LONGEST = 500
"""A longer definition stays where it stands: very many steps may use it."""

_LABEL = re.compile(r"\[((?:[^\[\]\\]|\\.){1,999})\](?!\()")
_CODE = re.compile(r"`[^`]*`")
_OPENS = re.compile(r"```|~~~|<")


class References:
    """The definitions of one runbook, as the parser keeps them: by label, with their lines from the body's first."""

    def __init__(self, definitions: Mapping[str, Any], source: Source) -> None:
        front = source.front
        spans = ((label, one["map"]) for label, one in definitions.items())
        texts = ((label, source.text(front + start, front + end).strip()) for label, (start, end) in spans)
        self._defined = {label: text for label, text in texts if len(text) <= _LONGEST}

    def complete(self, text: str) -> str:
        """A text with the definitions behind it that it uses and does not hold.

        They stand before it where it ends in code, or in HTML, that nothing closes: they would become a part of that.
        """
        if not self._defined or "[" not in text or not self._used(text):
            return text
        tokens, held = _read(text)
        # Indented text may be code, or the body of a tab.
        prose = "\n".join(token.content for token in tokens if token.type in {"inline", "code_block"})
        missing = [label for label in self._used(_CODE.sub("", prose)) if label not in held]
        if not missing:
            return text
        definitions = "\n".join(self._defined[label] for label in missing)
        behind = f"{text}\n\n{definitions}"
        closed = not _OPENS.search(text) or _read(behind)[1].issuperset(missing)
        return behind if closed else f"{definitions}\n\n{text}"

    def _used(self, text: str) -> list[str]:
        labels = dict.fromkeys(map(normalizeReference, _LABEL.findall(text)))
        return [label for label in labels if label in self._defined]


def _read(text: str) -> tuple[Sequence[Token], frozenset[str]]:
    """The tokens of a text, and the labels that it defines."""
    found: dict[str, Any] = {}
    tokens = parse_blocks(text, found)
    return tokens, frozenset(found.get("references", ()))
