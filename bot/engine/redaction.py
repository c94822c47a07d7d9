"""What commands printed and people wrote, made fit to be kept: no secrets; of an output no control codes either."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from bot.domain.events import Event

KEPT_CHARACTERS = 4_000
SHORTEST_SECRET = 4
"""Shorter values would blot out ordinary words."""

_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_SLACK_TOKEN = re.compile(r"\b(?:xox[a-z](?:\.xox[a-z])?|xapp)-[A-Za-z0-9-]{8,}")
_FREE = frozenset({"reason", "reasons", "text", "output", "detail", "evidence", "name"})
"""What in an event's data is words, of people or of tools. All else is read by programs, and must stay as it is."""

_URL_PASSWORD = re.compile(r"(?<=://)([^\s/:@]+):([^\s/@]+)@")


def clean_output(text: str, secrets: Iterable[str]) -> str:
    """The end of an output: escape codes and controls removed, secrets and passwords in URLs replaced by ***."""
    text = _ESCAPES.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = redact(_CONTROLS.sub("", text), secrets)
    if len(text) > KEPT_CHARACTERS:
        text = "[...]\n" + text[-KEPT_CHARACTERS:]
    return text.strip("\n")


def redact(text: str, secrets: Iterable[str]) -> str:
    """The text with every secret replaced by ***, in small letters or large; passwords in addresses and tokens too."""
    pattern = _any_of(frozenset(secrets))
    text = pattern.sub("***", text) if pattern else text
    return _SLACK_TOKEN.sub("***", _URL_PASSWORD.sub(r"\1:***@", text))


@lru_cache(maxsize=16)
def _any_of(secrets: frozenset[str]) -> re.Pattern[str] | None:
    """What finds any of them; the longest first, so that none hides within another."""
    longest_first = sorted((one for one in secrets if len(one) >= SHORTEST_SECRET), key=len, reverse=True)
    return re.compile("|".join(re.escape(one) for one in longest_first), re.IGNORECASE) if longest_first else None


def keeper(secrets: Callable[[], Sequence[str]]) -> Callable[[Event], Event]:
    """What makes an event fit to be kept, by the secrets that are known at that time."""
    return lambda event: without_secrets(event, secrets())


def without_secrets(event: Event, secrets: Sequence[str]) -> Event:
    """The event without secrets in its words: the ledger keeps for ever what it is given once."""
    cleaned = {name: _cleaned(value, secrets) if name in _FREE else value for name, value in event.data.items()}
    return event if cleaned == dict(event.data) else replace(event, data=cleaned)


def _cleaned(value: Any, secrets: Sequence[str]) -> Any:
    if isinstance(value, str):
        return redact(value, secrets)
    return [_cleaned(one, secrets) for one in value] if isinstance(value, list | tuple) else value
