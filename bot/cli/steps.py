"""`bringback steps FILE...`: the walk that a markdown file makes."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.options import Html, Json
from bot.cli.page_file import write_page
from bot.cli.world import session_of
from bot.reports.render import render_walk_html
from bot.runbook.alone import Alone
from bot.runbook.output import to_line, to_text


def steps(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Markdown files.")],
    *,
    json: Json = False,
    html: Html = None,
) -> None:
    """Print the steps that a person would walk; --json prints one object a line, a line a file."""
    session = session_of(context)
    alone = Alone(session.settings.runbooks_dir)
    runbooks = []
    missing = any(not file.is_file() for file in files)
    for file in files:
        runbook = alone.read(file)
        if html:
            runbooks.append(runbook)
        if json:
            typer.echo(to_line(runbook))
        elif not html:
            for line in to_text(runbook):
                session.screen.say(line)
    if html:
        write_page(session.screen, html, render_walk_html(runbooks))
    raise typer.Exit(1 if missing else 0)
