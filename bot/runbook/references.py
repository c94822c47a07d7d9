"""Links that are defined elsewhere: `[the console][con]` here, and `[con]: https://…` at the end of the file.

A step is shown alone: the definitions that it uses go with it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from markdown_it.common.utils import normalizeReference

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.runbook.source import Source

_LONGEST = 500
"""A longer definition stays where it stands: very many steps may use it."""

_DEFINES = re.compile(r"\[((?:[^\[\]\\]|\\.){1,999})\]:")
_LABEL = re.compile(r"\[((?:[^\[\]\\]|\\.){1,999})\](?!:)")


class References:
    """The definitions of one runbook. `spans` tells the lines of each, from the body's first (0), end exclusive."""

    def __init__(self, definitions: Mapping[str, Any], source: Source) -> None:
        front = source.front
        spans = ((label, one["map"]) for label, one in definitions.items())
        texts = ((label, source.text(front + start, front + end).strip()) for label, (start, end) in spans)
        self._defined = {label: text for label, text in texts if len(text) <= _LONGEST}

    def complete(self, text: str) -> str:
        """A text with the definitions behind it that it uses and does not hold."""
        if not self._defined or "[" not in text:
            return text
        missing = [self._defined[label] for label in self._used(text) if self._defined[label] not in text]
        return "\n\n".join([text, "\n".join(missing)]) if missing else text

    def only_used(self, text: str) -> str:
        """A text with the definitions that it uses, wherever they stand, and without all others."""
        if not self._defined or "[" not in text:
            return text
        used = set(self._used(text))
        for label in self._known(_DEFINES.findall(text)):
            if label not in used:
                text = text.replace(self._defined[label], "")
        return self.complete(text)

    def _used(self, text: str) -> list[str]:
        return self._known(_LABEL.findall(text))

    def _known(self, labels: Iterable[str]) -> list[str]:
        return [label for label in dict.fromkeys(map(normalizeReference, labels)) if label in self._defined]
