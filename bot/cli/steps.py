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
from bot.runbook.source import can_be_read


def steps(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Markdown files.")],
    *,
    json: Json = False,
    html: Html = None,
) -> None:
    """Print the steps that a person would walk; --json prints one object a line, a line a file.

    Exit 1 when a file cannot be read, after the walks of all others. `bringback check` judges annotations.
    """
    session = session_of(context)
    alone = Alone(session.settings.runbooks_dir)
    runbooks = []
    unread = not all(map(can_be_read, files))
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
    raise typer.Exit(1 if unread else 0)
