"""Text from runbooks, tools and people, made safe to stand in a report."""

from __future__ import annotations

import re
import unicodedata

from markupsafe import Markup

_SPECIAL = re.compile(r"([\\`*_\[\]<>&|~$])")
_LINK = re.compile(r"(?<=[A-Za-z0-9]):(?=//)|(?<=www)\.|(?<=\S)@(?=\S)", re.IGNORECASE)
_AT_START = re.compile(r"^([#+=\-]|\d{1,9}(?=[.)]))")
_SPACES = re.compile(r"\s+")
_UNSEEN = frozenset({"Cc", "Cf", "Cs"})  # controls, marks that turn or join text, halves of characters


def clean(text: str) -> str:
    """One line without control characters, and without those that turn text around or take no room."""
    kept = "".join(character for character in _SPACES.sub(" ", text) if unicodedata.category(character) not in _UNSEEN)
    return kept.strip()


def as_markdown(text: str) -> Markup:
    """Text that markdown shows as it is, wherever in a line it stands: no link, no format, no HTML, no table cell."""
    escaped = _LINK.sub(r"\\\g<0>", _SPECIAL.sub(r"\\\1", clean(text)))
    return Markup(_AT_START.sub(_escape_start, escaped))  # noqa: S704 - this is the escaping


def _escape_start(match: re.Match[str]) -> str:
    # A number at the start begins a list: it is the dot behind it that is escaped, by a break between the two.
    return match.group() + "\\" if match.group().isdigit() else "\\" + match.group()
