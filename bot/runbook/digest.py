"""Digests: what a step does, as one short text that changes when, and only when, that changes.

A command's covers its commands, whether they run and with what program, kind, targets, expected results, what is kept
of them, and the files that they name; that of a step without commands, and of whatever a person does, covers its words,
for there the text is the procedure. Any covers when it is done, how often, whether it may be left out, and what follows
when it fails. White space, other prose, and how long it takes are not covered.
"""

from __future__ import annotations

import hashlib
from posixpath import normpath
from typing import TYPE_CHECKING, Any, NamedTuple

from bot.domain.runbook import Command, Moment, StepKind
from bot.runbook.languages import SESSIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import timedelta

    from bot.domain.runbook import Step
    from bot.runbook.front_matter import RecoveryKeys
    from bot.runbook.inline_words import Words
    from bot.runbook.named_files import Named

SCHEME = "v1:"
_PROGRAMS = {"": "sh", "shell": "sh", "python": "python3"}
"""Names of what runs a command that stand for another one."""

_WORDED = {StepKind.MANUAL, StepKind.APPROVAL, StepKind.WAIT}


class Deed(NamedTuple):
    """What of a step its digest may cover. `words` are asked for where people go by them."""

    kind: StepKind
    words: Callable[[], Words]
    commands: tuple[Command, ...] = ()
    by: str = ""
    expected: timedelta | None = None
    targets: tuple[str, str] = ("", "")  # of the runbook, drill and real, as they are written
    on_fail: str = ""
    retry: int = 0
    optional: bool = False
    when: Moment = Moment.BEFORE
    in_drill: str = ""


def step_digest(step: Deed, named: Callable[[Command], Named]) -> str:
    """The digest of one step; `named` tells the files that a command names, and what they hold."""
    worded = step.kind in _WORDED or not step.commands
    seconds = step.expected.total_seconds() if step.kind is StepKind.WAIT and step.expected else None
    return digest_of(
        (
            step.kind.value,
            tuple(_command(command, named(command)) for command in step.commands),
            (step.words(), step.by) if worded else None,
            seconds,
            step.targets if step.commands else None,
            (step.on_fail, step.retry, step.optional, step.when.value, step.in_drill == "do"),
        )
    )


def digest_of(content: tuple[Any, ...]) -> str:
    """The digest of texts, numbers, truth values, None, and tuples of these."""
    # ascii() tells every such value in one way, on every version of Python.
    return SCHEME + hashlib.sha256(ascii(content).encode()).hexdigest()


def runbook_digest(steps: Iterable[Step], keys: RecoveryKeys) -> str:
    """The digest of a runbook: its steps in their order, targets as they are written, dependencies, and its site."""
    targets = (keys.targets.drill, keys.targets.real)
    return digest_of((tuple(step.digest for step in steps), targets, tuple(sorted(keys.depends_on)), keys.site))


def _command(command: Command, files: Named) -> tuple[Any, ...]:
    return (
        command.script.strip("\n"),
        command.runs,
        command.kind.value,
        _program(command),
        normpath(command.cwd),
        command.host,
        command.expect,
        command.expect_exit,
        command.capture,
        command.secret_output,
        command.cleanup,
        files,
    )


def _program(command: Command) -> str:
    """What runs it, under one name for each. A session that is only shown is of a shell."""
    name = " ".join(command.interpreter.split()) or command.language
    return "sh" if not command.runs and name in SESSIONS else _PROGRAMS.get(name, name)
