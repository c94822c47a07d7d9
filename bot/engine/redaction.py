"""What a command printed, made fit to be kept: no secrets, no control codes, not too long."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

KEPT_CHARACTERS = 4_000
SHORTEST_SECRET = 4
"""Shorter values would blot out ordinary words."""

_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_URL_PASSWORD = re.compile(r"(?<=://)([^\s/:@]+):([^\s/@]+)@")


def clean_output(text: str, secrets: Iterable[str]) -> str:
    """The end of an output: escape codes and controls removed, secrets and passwords in URLs replaced by ***."""
    text = _ESCAPES.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = redact(_CONTROLS.sub("", text), secrets)
    if len(text) > KEPT_CHARACTERS:
        text = "[...]\n" + text[-KEPT_CHARACTERS:]
    return text.strip("\n")


def redact(text: str, secrets: Iterable[str]) -> str:
    """The text with every secret replaced by ***; the longest first, so that none hides within another."""
    for secret in sorted({secret for secret in secrets if len(secret) >= SHORTEST_SECRET}, key=len, reverse=True):
        text = text.replace(secret, "***")
    return _URL_PASSWORD.sub(r"\1:***@", text)
