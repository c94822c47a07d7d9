"""Values that a second shell reads again: `ssh host "stop $NAME"`, `sh -c`, `su -c`, `eval`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.runbook.inputs import variable_name
from bot.runbook.languages import POSIX_SHELLS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bot.domain.runbook import Command, Input

_SSH = r"\bssh(?:\s+-[46AaCfGgKkMNnqsTtVvXxYy]+|\s+-[BbcDEeFIiJLlmOopQRSWw]\s*\S+)*\s+[^-\s]\S*\s"
_SHELL = r"\b(?:ba|da|k|z)?sh\s+(?:-\w+\s+)*-\w*c\s|\bsu\s[^|;&]*-c\s|\beval\s"
_READS_AGAIN = re.compile(rf"(?:{_SSH}|{_SHELL}).*$")


def read_again(command: Command, inputs: Iterable[Input]) -> Iterator[str]:
    """The names of inputs whose values, unchecked, a second shell would read as part of its commands."""
    if command.language not in POSIX_SHELLS:
        return
    for wanted in inputs:
        if wanted.choices or wanted.pattern or wanted.secret:
            continue
        name = re.escape(variable_name(wanted.name))
        places = re.finditer(rf"\$(?:{name}\b|\{{{name}\}})", command.script)
        if any(_READS_AGAIN.search(_line_before(command.script, place.start())) for place in places):
            yield wanted.name


def _line_before(script: str, at: int) -> str:
    return script[script.rfind("\n", 0, at) + 1 : at]
