"""Values that a second shell reads again: `ssh host "stop $NAME"`, `sh -c`, `su -c`, `eval`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.runbook.inputs import variable_name
from bot.runbook.languages import POSIX_SHELLS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bot.domain.runbook import Command, Input

_STARTS = r"(?:^|[;&|(`!]|\b(?:then|do|else|exec|time|nohup|sudo(?:\s+-\w+(?:\s+[\w.-]+)?){0,3})\s)\s*"
_SSH = r"ssh(?:\s+-[46AaCfGgKkMNnqsTtVvXxYy]+|\s+-[BbcDEeFIiJLlmOopQRSWw]\s*\S+|\s+--){0,12}\s+[^-\s]\S*\s"
_SHELL = r"(?:ba|da|k|z)?sh\s+(?:--?\w[\w-]*\s+){0,5}?-\w*c\s|su\s[^|;&]{0,80}?-c\s|eval\s"
_SECOND = re.compile(rf"{_STARTS}(?:{_SSH}|{_SHELL})")
_CONTINUED = re.compile(r"\\\n\s*")
_LONGEST = 2000
"""Longer lines are cut: nobody wrote them by hand, and time stays bounded."""


def read_again(command: Command, inputs: Iterable[Input]) -> Iterator[str]:
    """The names of inputs whose values, unchecked, a second shell would read as part of its commands."""
    if command.language not in POSIX_SHELLS:
        return
    handed_on = " ".join(_handed_on(command.script))
    for wanted in inputs:
        checked = wanted.choices or wanted.pattern or wanted.secret
        name = re.escape(variable_name(wanted.name))
        if not checked and re.search(rf"\$(?:{name}\b|\{{{name}\}})", handed_on):
            yield wanted.name


def _handed_on(script: str) -> Iterator[str]:
    """What second shells get to read, up to the end of their commands."""
    for line in _CONTINUED.sub(" ", script).split("\n"):
        cut = line[:_LONGEST]
        if not cut.lstrip().startswith("#"):
            yield from (_argument(cut[match.end() :]) for match in _SECOND.finditer(cut))


def _argument(text: str) -> str:
    quote = ""
    for at, char in enumerate(text):
        if char == quote:
            quote = ""
        elif not quote and char in "\"'":
            quote = char
        elif not quote and char in ";&|#":
            return text[:at]
    return text
