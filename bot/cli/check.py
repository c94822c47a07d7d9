"""`bringback check`: every fault and warning of every runbook and of policy.yaml, with file and line."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.options import Json
from bot.cli.world import session_of
from bot.runbook.lint import check as look_at
from bot.runbook.output import report_github, report_json, report_text


class Format(StrEnum):
    """How faults are printed."""

    TEXT = "text"
    GITHUB = "github"  # annotations of a GitHub workflow
    JSON = "json"


def check(
    context: typer.Context,
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="[PATH]...", help="Folders and files; RUNBOOKS_DIR without any.")
    ] = None,
    *,
    json: Json = False,
    format: Annotated[Format, typer.Option("--format", help="github for annotations; json is --json.")] = Format.TEXT,  # noqa: A002 - the option's name
) -> None:
    """Check the runbooks and policy.yaml; exit 1 when there is a fault. Warnings are no faults."""
    session = session_of(context)
    today = session.world.clock.now().date()
    settings = session.settings
    report = look_at(paths or settings.runbooks_dir, settings.environment, today, settings.runbooks_dir)
    if json or format is Format.JSON:
        typer.echo(report_json(report))
    else:
        for line in (report_github if format is Format.GITHUB else report_text)(report):
            session.screen.say(line)
    raise typer.Exit(1 if report.failed else 0)
