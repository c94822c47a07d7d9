"""`bringback review R-1`: what really happened, to the second."""

from typing import Annotated

import typer

from bot.cli.options import Html, Json, Recovery
from bot.cli.page_file import write_page
from bot.cli.review_lines import review_lines
from bot.cli.safe_text import safe
from bot.cli.world import session_of
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
    html: Html = None,
) -> None:
    """What really happened: orders, times, data lost, skips, proofs."""
    session = session_of(context)

    async def ask(verbs: Verbs) -> Review:
        return await verbs(review_recovery, recovery)

    found = session.ask(ask)
    if html:
        write_page(session.screen, html, render_review_html(found))
    if json:
        session.screen.json(as_json(found))
    elif markdown:
        typer.echo(safe(render_review_markdown(found)))
    elif not html:
        for line in review_lines(found, session.times):
            session.screen.say(line)
