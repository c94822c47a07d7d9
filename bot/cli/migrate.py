"""`bringback migrate`: bring the database up to date."""

import asyncio

import typer

from bot.cli.world import session_of


def migrate(context: typer.Context) -> None:
    """Bring the database's schema up to date (SQLite: after copying the file beside itself)."""
    from bot.store.database import migrate as migrate_store  # noqa: PLC0415 - the database takes a while to import

    session = session_of(context)
    asyncio.run(migrate_store(session.settings.database_url))
    session.screen.say("The database is up to date.")
