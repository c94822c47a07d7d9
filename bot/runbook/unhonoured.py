"""Annotations that change nothing where they stand: said, never silently passed over."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.domain.plan_steps import pieces_of
from bot.domain.runbook import Fault, Moment, Runbook, Step, StepKind
from bot.runbook.languages import NO_PROGRAMS, SHELLS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.domain.runbook import Command
    from bot.runbook.parse import Parsed

_OF_A_SYSTEM = frozenset({
    "tier", "depends_on", "rpo", "rto", "retest", "targets", "backups", "truth", "escalate",
})  # fmt: skip
_PEOPLE = "only commands that run heed it"
_NAMED = re.compile(r"[\s>]*(?:`{3,}|~{3,})(?:[^{]*?\s|\s*\{\s*)name\s*[=:]")
_PROGRAMS = {
    **dict.fromkeys(("sql", "psql", "pgsql", "postgresql"), "psql -f"),
    **dict.fromkeys(("js", "javascript"), "node"),
    "ps1": "pwsh",
    "py": "python3",
    "rb": "ruby",
}
_RUNS = frozenset({StepKind.COMMAND, StepKind.CHECK})


def unhonoured(item: Parsed) -> Iterator[Fault]:
    """A warning for each annotation of a runbook that has no effect."""
    runbook = item.runbook
    yield from _without_a_system(item)
    for step in runbook.steps:
        running = [one for one in step.commands if one.runs and step.kind in _RUNS]
        for command in step.commands if runbook.execute else ():
            if not command.name and _NAMED.match(item.source.lines[command.line - 1]):
                what = "the fence's info names a command and nothing reads it: the command is only shown."
                helps = 'Write it as in ```sh {"name":"restore","timeout":"20m"}.'
                yield Fault(runbook.file, command.line, what, helps, "warning")
        for what, helps in (*_of_step(runbook, step, running), *_beside(step, running)):
            yield Fault(runbook.file, step.line, what, helps, "warning")
        for command in running:
            for what, helps in _of_command(command):
                yield Fault(runbook.file, command.line, what, helps, "warning")


def _without_a_system(item: Parsed) -> Iterator[Fault]:
    """A warning for each key of a system in a runbook that declares none."""
    keys = item.front.recovery
    if keys is None or keys.system:
        return
    helps = "Its systems say it themselves: take it out." if keys.plan else "Add system: NAME, or take it out."
    known = _OF_A_SYSTEM - {"rto"} if keys.plan else _OF_A_SYSTEM
    for key in filter(known.__contains__, item.front.marked.value["recovery"]):
        what = f"{key}: it belongs to a system, and this runbook declares none."
        yield Fault(item.runbook.file, item.front.marked.line(("recovery", key)), what, helps, "warning")


def _of_step(runbook: Runbook, step: Step, running: list[Command]) -> Iterator[tuple[str, str]]:
    title = f"the step “{step.title}”"
    if step.kind in _RUNS and not step.commands:
        what = f"kind: {title} is a {step.kind} and has no command: a person is asked"
        what += ", and nothing is compared." if step.kind is StepKind.CHECK else "."
        yield what, "Give it a command, or call it manual."
    if step.host:
        yield f"host: {title} goes on where the worker of its site is.", "Call ssh in the command, or set site:."
    if step.when is Moment.AFTER and not runbook.plan:
        yield f"when: {title} stands in no plan: it is walked in its place.", "Move it, or take when: out."
    if step.in_drill and step.kind is not StepKind.MANUAL:
        yield f"in_drill: {title} is no manual step: it is done in drills too.", "Take it out."
    if not running:
        for key, given in (("timeout", step.timeout), ("retry", step.retry), ("idempotent", step.idempotent)):
            if given:
                yield f"{key}: {title} is done by people: {_PEOPLE}.", "time: says how long it should take."
    elif step.danger:
        what = f"danger: a person is warned of {title}, and its command runs without asking."
        yield what, "Put a step of the kind approval before it."


def _beside(step: Step, running: list[Command]) -> Iterator[tuple[str, str]]:
    """What runs beside what is only shown, and what goes on beside nothing."""
    if running and step.parallel:
        what = f"parallel: “{step.title}” runs a command: only steps that people do are asked at once."
        yield what, "Systems restore side by side by their dependencies."
    shown = [one for one in step.commands if not one.runs and one.language in SHELLS]
    if running and shown and len(pieces_of(step)) > 1:
        what = f"“{step.title}” runs some of its commands, and nobody is asked for the one on line {shown[0].line}."
        yield what, "Give it a name, or a step of its own."


def _of_command(command: Command) -> Iterator[tuple[str, str]]:
    if command.language in NO_PROGRAMS and not command.interpreter:
        what = f"the command “{command.name}” is marked {command.language}: no program of that name runs such a file."
        how = _PROGRAMS.get(command.language, "sh")
        yield what, f'Say what runs it, such as "interpreter":"{how}", or only show it: "run":"never".'
    if command.host:
        what = f"host: “{command.name}” runs where the worker of its site is, not on {command.host}."
        yield what, "Call ssh in the command, or set site: in the front matter."
    if command.interactive:
        yield (
            f"interactive: “{command.name}” gets no input.",
            "Hand it what it needs as an input, or let a person run it.",
        )
    if command.background:
        yield (
            f"background: the walk waits for the end of “{command.name}”.",
            "Let the command itself detach what goes on.",
        )
