"""`bringback review R-1`: what really happened, to the second."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.options import Json, Recovery
from bot.cli.review_lines import review_lines
from bot.cli.safe_text import safe
from bot.cli.world import session_of
from bot.domain.errors import BringbackError
from bot.domain.review import Review
from bot.domain.review_json import as_json
from bot.operations.review_recovery import review as review_recovery
from bot.reports.render import render_review_html, render_review_markdown
from bot.web.control_verbs import Verbs


def review(
    context: typer.Context,
    recovery: Recovery,
    *,
    json: Json = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="All of it, as markdown.")] = False,
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write it as one HTML page.")] = None,
) -> None:
    """What really happened: orders, times, data lost, skips, proofs."""
    session = session_of(context)

    async def ask(verbs: Verbs) -> Review:
        return await verbs(review_recovery, recovery)

    found = session.ask(ask)
    if html:
        _write(html, render_review_html(found))
        session.screen.err.print(f"Written: {html}", soft_wrap=True)
    if json:
        session.screen.json(as_json(found))
    elif markdown:
        typer.echo(safe(render_review_markdown(found)))
    elif not html:
        for line in review_lines(found, session.times):
            session.screen.say(line)


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BringbackError(f"{file} cannot be written: {error.strerror}.", "Name another file.") from None
