"""`bringback work`: a worker beside the bot, on PostgreSQL."""

import asyncio

import typer

from bot.cli.logs import LogSecrets
from bot.cli.serve import run_bot
from bot.cli.world import session_of
from bot.domain.errors import BringbackError


def work(context: typer.Context) -> None:
    """Run the commands of SITE's systems. Needs PostgreSQL: SQLite is one process."""
    session = session_of(context)
    settings = session.settings
    hidden = LogSecrets(settings.secrets)
    session.world.configure_logs(settings.log_level, hidden)
    if settings.on_sqlite:
        raise BringbackError(
            "A worker needs PostgreSQL: with SQLite one process holds the state, and `bringback serve` does the work.",
            "Set DATABASE_URL=postgres://USER:PASSWORD@HOST/NAME and ENGINE_DATABASE_URL likewise, here and for serve.",
        )
    asyncio.run(run_bot(settings, hidden, surfaces=False))
