"""Values that are read again, as code: by a second shell (`ssh host "stop $NAME"`, `sh -c`, `su -c`, `eval`), and in
arithmetic, where bash runs what stands in the brackets of `a[$(reboot)]`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.runbook.held_values import holds_all
from bot.runbook.inputs import variable_name
from bot.runbook.languages import POSIX_SHELLS
from bot.runbook.shell_text import Inside, ShellText

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bot.domain.runbook import Command, Input

_STARTS = (
    r"(?:^|[;&|(`!]|\b(?:then|do|else|if|elif|while|until|exec|time|nohup|sudo(?:\s+-\w+(?:\s+[\w.-]+)?){0,3})\s)\s*"
)
_SSH = r"ssh(?:\s+-[46AaCfGgKkMNnqsTtVvXxYy]+|\s+-[BbcDEeFIiJLlmOopQRSWw]\s*\S+|\s+--){0,12}\s+[^-\s]\S*\s"
_SHELL = r"su\s[^|;&]{0,80}?-c\s|eval\s|let\s|gcloud\s(?:\w+\s){0,3}?ssh\s"
_TEST = r"\[\[(?=[^\]\n]{0,200}\s-(?:eq|ne|lt|le|gt|ge)\s)"
_ANYWHERE = r"(?:^|[\s/\"'(`])(?:ba|da|k|z)?sh\s+(?:--?\w[\w-]*\s+){0,5}?-\w*c\s"  # kubectl exec db -- sh -c
_SECOND = re.compile(rf"{_STARTS}(?:{_SSH}|{_SHELL}|{_TEST})|{_ANYWHERE}")
_CONTINUED = re.compile(r"\\\n\s*")
_LONGEST = 2000
"""Longer lines are cut: nobody wrote them by hand, and time stays bounded."""


def read_again(command: Command, inputs: Iterable[Input]) -> Iterator[str]:
    """The names of inputs whose values, unchecked, a second shell or a sum would read as part of its code."""
    if command.language not in POSIX_SHELLS:
        return
    handed_on = " ".join(_handed_on(command.script))
    for wanted in inputs:
        checked = wanted.choices or holds_all(wanted.pattern) or wanted.secret
        name = re.escape(variable_name(wanted.name))
        if not checked and (
            re.search(rf"\$(?:{name}\b|\{{{name}\}})", handed_on) or _in_a_sum(command.script, rf"\b{name}\b")
        ):
            yield wanted.name


def _in_a_sum(script: str, name: str) -> bool:
    """Whether a name stands in `((...))` or `$((...))`, where it counts with and without its `$`."""
    places = [match.span() for match in re.finditer(name, script)] if "((" in script else []
    return any(Inside.SUM in inside for inside in ShellText(script, places).read().inside) if places else False


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
