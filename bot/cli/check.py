"""`bringback check`: every fault of every runbook and of policy.yaml, with file and line."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from bot.cli.options import Json
from bot.cli.safe_text import one_line
from bot.cli.world import session_of
from bot.domain.runbook import Fault
from bot.runbook.library import load


class Format(StrEnum):
    """How faults are printed."""

    TEXT = "text"
    GITHUB = "github"  # annotations of a GitHub workflow


def check(
    context: typer.Context,
    folder: Annotated[Path | None, typer.Argument(metavar="[DIR]", help="A folder; RUNBOOKS_DIR without it.")] = None,
    *,
    json: Json = False,
    format: Annotated[Format, typer.Option("--format", help="text, or github for annotations.")] = Format.TEXT,  # noqa: A002 - the option's name
) -> None:
    """Check the runbooks and policy.yaml; exit 1 when there is a fault. Warnings are no faults."""
    session = session_of(context)
    library = load(folder or session.settings.runbooks_dir, session.settings.environment)
    faults = sum(fault.severity == "fault" for fault in library.faults)
    if json:
        session.screen.json([_plain(fault) for fault in library.faults])
    elif format is Format.GITHUB:
        for fault in library.faults:
            session.screen.say(_annotation(fault))
    else:
        for fault in library.faults:
            session.screen.say(_line(fault))
        warnings = len(library.faults) - faults
        session.screen.say(
            f"{len(library.runbooks)} runbooks: {_count(faults, 'fault')}, {_count(warnings, 'warning')}."
        )
    raise typer.Exit(1 if faults else 0)


def _plain(fault: Fault) -> dict[str, object]:
    return {
        "file": fault.file,
        "line": fault.line,
        "severity": fault.severity,
        "message": fault.message,
        "helps": fault.helps,
    }


def _line(fault: Fault) -> Text:
    style = "bold red" if fault.severity == "fault" else "yellow"
    what = one_line(f"{fault.message} {fault.helps}")
    return Text.assemble(f"{one_line(fault.file)}:{fault.line}: ", (fault.severity, style), f": {what}")


def _annotation(fault: Fault) -> str:
    level = "error" if fault.severity == "fault" else "warning"
    file = _escaped(fault.file).replace(":", "%3A").replace(",", "%2C")
    return f"::{level} file={file},line={fault.line}::{_escaped(f'{fault.message} {fault.helps}'.strip())}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _count(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"
