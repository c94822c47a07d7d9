"""`bringback steps FILE...`: the walk that a markdown file makes."""

import json as json_module
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from bot.cli.options import Json
from bot.cli.safe_text import one_line, safe
from bot.cli.screen import Screen
from bot.cli.world import session_of
from bot.domain.runbook import Runbook, Step
from bot.runbook.library import file_digest_in
from bot.runbook.parse import parse
from bot.runbook.source import read_source


def steps(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Markdown files.")],
    *,
    json: Json = False,
) -> None:
    """Print the steps that a person would walk; --json prints one object a line, a line a file."""
    session = session_of(context)
    for file in files:
        source = read_source(file, str(file))
        runbook = parse(source, file.stem, file_digest_in(file.parent, file.parent)).runbook
        if json:
            typer.echo(json_module.dumps(walk_json(runbook), ensure_ascii=False))
        else:
            _show(session.screen, runbook)


def walk_json(runbook: Runbook) -> dict[str, Any]:
    """The walk for programs."""
    return {
        "file": runbook.file,
        "title": runbook.title,
        "parts": [{"title": part.title, "steps": list(part.steps)} for part in runbook.parts],
        "before_you_start": runbook.before_you_start,
        "background": [title for title, _ in runbook.background],
        "steps": [_step_json(step) for step in runbook.steps],
        "faults": [{"line": fault.line, "message": fault.message} for fault in runbook.faults],
    }


def _step_json(step: Step) -> dict[str, Any]:
    return {
        "index": step.index,
        "number": step.number,
        "title": step.title,
        "part": step.part,
        "kind": step.kind.value,
        "line": step.line,
        "end_line": step.end_line,
        "commands": [
            {"name": command.name, "language": command.language, "text": command.text, "runs": command.runs}
            for command in step.commands
        ],
        "digest": step.digest,
    }


def _show(screen: Screen, runbook: Runbook) -> None:
    screen.say(Text(one_line(f"{runbook.file}: {runbook.title}"), style="bold"))
    for fault in runbook.faults:
        screen.say(f"  line {fault.line}: {one_line(f'{fault.message} {fault.helps}')}")
    part: int | None = None
    for step in runbook.steps:
        if step.part is not None and step.part != part:
            screen.say(Text(f"  {one_line(runbook.parts[step.part].title)}", style="underline"))
        part = step.part
        number = f"{step.number} " if step.number else ""
        screen.say(f"  {step.index + 1:>3}. {one_line(number + step.title)}  [{step.kind}, line {step.line}]")
        for command in step.commands:
            what = one_line(f"{'runs' if command.runs else 'shown'} {command.name}")
            screen.say(f"       {what}: {one_line(command.script)[:100]}")
    if runbook.background:
        titles = ", ".join(one_line(title) for title, _ in runbook.background)
        screen.say(f"  Background: {safe(titles)}")
