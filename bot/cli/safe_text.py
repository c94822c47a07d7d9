"""Text from runbooks, tools and people, made harmless for a terminal: no escape code, no hidden turn of direction."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 but tab and newline, DEL, C1: what terminals obey
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # marks that turn the direction of what follows
    "\u200b\u2028\u2029\ufeff]"  # unseen spaces and line ends
)


def safe(text: str) -> str:
    r"""The text with every control character shown as what it is: `\x1b`, `\u202e`."""
    return _CONTROL.sub(_shown, text.replace("\r\n", "\n"))


def joined(sentences: Iterable[object]) -> str:
    """Sentences or parts of them on one line, each without its full stop: “a; b”."""
    return one_line("; ".join(str(sentence).strip().rstrip(".") for sentence in sentences))


def one_line(text: str) -> str:
    """The same on one line."""
    return " ".join(safe(text).split())


def counted(number: int, noun: str, nouns: str = "") -> str:
    """A number of things: “1 fault”, “2 faults”."""
    return f"{number} {noun if number == 1 else nouns or f'{noun}s'}"


def _shown(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"  # noqa: PLR2004 - one byte
