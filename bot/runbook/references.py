"""Links that are defined elsewhere: `[the console][con]` here, and `[con]: https://…` at the end of the file.

A step is shown alone: the definitions that it uses go with it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markdown_it.common.utils import normalizeReference

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.runbook.source import Source

_LABEL = re.compile(r"\[((?:[^\[\]\\]|\\.){1,999})\](?!:)")


class References:
    """The definitions of one runbook. `spans` tells the lines of each, from the body's first (0), end exclusive."""

    def __init__(self, spans: Mapping[str, tuple[int, int]], source: Source) -> None:
        front = source.front
        self._defined = {
            label: source.text(front + start, front + end).strip() for label, (start, end) in spans.items()
        }

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
        used = self._used(text)
        for label, definition in self._defined.items():
            if label not in used:
                text = text.replace(definition, "")
        return self.complete(text)

    def _used(self, text: str) -> list[str]:
        labels = dict.fromkeys(normalizeReference(found) for found in _LABEL.findall(text))
        return [label for label in labels if label in self._defined]
