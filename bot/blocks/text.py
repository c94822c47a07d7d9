"""Text for Slack: cleaned of what can trick a reader, cut with a visible mark, escaped where Slack reads markup."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime, timedelta

ELLIPSIS = "…"
_KEPT = {"\n", "\t"}
_DROPPED = {"Cc", "Cf", "Cs", "Co"}
_NEW_LINES = {"\u2028", "\u2029", "\x85", "\x0b", "\x0c"}


def clean(text: str) -> str:
    """The text without control, bidirectional and zero-width characters; every kind of line break becomes one."""
    if text.isprintable():  # nearly all of it: nothing that is dropped or turned counts as printable
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(_kept(character) for character in text)


def _kept(character: str) -> str:
    if character in _KEPT:
        return character
    if character in _NEW_LINES:
        return "\n"
    return "" if unicodedata.category(character) in _DROPPED else character


def one_line(text: str) -> str:
    """The cleaned text with every run of white space as one space."""
    return " ".join(clean(text).split())


def cut(text: str, most: int, mark: str = ELLIPSIS) -> str:
    """The text, or its beginning with a mark, in at most `most` characters."""
    if len(text) <= most:
        return text
    return text[: max(0, most - len(mark))].rstrip() + mark[:most]


def escape(text: str) -> str:
    """Text from outside for the places that Slack reads as markup: nothing in it mentions, links or names a channel."""
    return clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def clock(at: datetime | None) -> str:
    """A time of day in UTC, to the minute; "-" when there is none."""
    return f"{at:%H:%M}" if at else "-"


def clock_seconds(at: datetime) -> str:
    """A time of day in UTC, to the second."""
    return f"{at:%H:%M:%S} UTC"


def minutes(length: timedelta) -> str:
    """A length that still grows, in whole minutes, hours above two of them: "under 1 min", "24 min", "2 h 5 min".

    What has been measured is told by `bot.domain.wording.in_words`, to the second.
    """
    whole = max(0, int(length.total_seconds())) // 60
    if not whole:
        return "under 1 min"
    if whole < 120:  # noqa: PLR2004 - up to two hours people think in minutes
        return f"{whole} min"
    return f"{whole // 60} h {whole % 60} min" if whole % 60 else f"{whole // 60} h"


def counted(number: int, noun: str) -> str:
    """A number with its noun: "1 step", "3 steps"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def listed(names: list[str], most: int = 8) -> str:
    """Names with commas, the rest as a number."""
    if len(names) <= most:
        return ", ".join(names)
    return f"{', '.join(names[:most])} and {len(names) - most} more"
