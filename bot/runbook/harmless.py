"""Characters that trick a reader: what turns text around, takes no room, or steers a terminal."""

from __future__ import annotations

import re

_UNSEEN = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # controls, but tab and newline
    "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"  # joiners and turns
    "\ud800-\udfff\U000e0000-\U000e007f"  # halves of characters, tags
)
_ANY = re.compile(f"[{_UNSEEN}]")
_LINE_ENDS = re.compile("\r\n?|[\u2028\u2029\x85\x0b\x0c]")
_BYTE = 0x100
_PLANE = 0x10000


def prose(text: str) -> str:
    """Prose without such characters; every kind of line end becomes a newline."""
    if text.isascii() and text.isprintable():
        return text
    return _ANY.sub("", _LINE_ENDS.sub("\n", text))


def code(text: str) -> str:
    r"""Code with such characters shown as what they are, `\x1b` or `\u202e`; all else exact to the byte."""
    if text.isascii() and text.isprintable():
        return text
    return _ANY.sub(_shown, text)


def _shown(match: re.Match[str]) -> str:
    number = ord(match[0])
    if number < _BYTE:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < _PLANE else f"\\U{number:08x}"
