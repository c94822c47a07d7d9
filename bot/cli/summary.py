"""`bringback summary`: what a stretch of time showed about recovery."""

from datetime import timedelta
from typing import Annotated

import typer

from bot.cli.options import Html, Json
from bot.cli.page_file import write_page
from bot.cli.safe_text import safe
from bot.cli.times import read_past
from bot.cli.world import session_of
from bot.domain.summary import Summary, as_json
from bot.domain.summary_text import summary_lines, summary_title
from bot.operations.summarize_recovery import summarize
from bot.reports.render import render_summary_html, render_summary_markdown
from bot.web.control_verbs import Verbs

_USUALLY = timedelta(days=30)


def summary(
    context: typer.Context,
    *,
    since: Annotated[str, typer.Option(metavar="TIME", help="From then on: 30d, or ISO 8601 [default: 30d].")] = "",
    until: Annotated[str, typer.Option(metavar="TIME", help="Until then [default: now].")] = "",
    tier: Annotated[
        list[int] | None, typer.Option(metavar="N", help="Only systems of this tier; may be repeated.")
    ] = None,
    json: Json = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="With every recovery, as markdown.")] = False,
    html: Html = None,
) -> None:
    """Recoveries, drills, losses and what is not covered, for a manager."""
    session = session_of(context)
    now = session.world.clock.now()
    begins = read_past(since, now, session.world.zone) if since else now - _USUALLY
    ends = read_past(until, now, session.world.zone) if until else now

    async def ask(verbs: Verbs) -> Summary:
        return await verbs(summarize, begins, ends, tuple(tier) if tier else None)

    found = session.ask(ask)
    if html:
        write_page(session.screen, html, render_summary_html(found))
    if json:
        session.screen.json(as_json(found))
    elif markdown:
        typer.echo(safe(render_summary_markdown(found)))
    elif not html:
        session.screen.say(summary_title(found))
        for line in summary_lines(found):
            session.screen.say(line)
