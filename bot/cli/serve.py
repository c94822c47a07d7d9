"""`bringback serve`: the bot itself."""

import asyncio
import gc
import signal
from dataclasses import replace
from typing import Annotated

import typer

from bot.cli.logs import LogSecrets
from bot.cli.world import session_of
from bot.settings import Settings


def serve(
    context: typer.Context,
    *,
    console: Annotated[
        bool, typer.Option("--console", help="Serve the local workspace too, as CONSOLE_FALLBACK=true does.")
    ] = False,
) -> None:
    """Run the bot: Slack, sweeps, recoveries, reviews. Ctrl-C or SIGTERM ends it; the next start goes on."""
    session = session_of(context)
    settings = replace(session.settings, console_fallback=True) if console else session.settings
    hidden = LogSecrets(settings.secrets)
    session.world.configure_logs(settings.log_level, hidden)
    if settings.slack or not settings.console_fallback:
        settings.require_slack()
    asyncio.run(run_bot(settings, hidden))


async def run_bot(settings: Settings, hidden: LogSecrets, *, surfaces: bool = True) -> None:
    """The bot, with Slack and its web pages or without, until the process is told to end.

    `hidden` learns which secrets the runbooks name.
    """
    from bot.app import open_bot  # noqa: PLC0415 - the engine takes half a second to import

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with open_bot(settings, surfaces=surfaces) as bot:
        hidden.tell = lambda: bot.secrets.known
        gc.freeze()  # what was loaded stays: to look through it again and again stops every thread for 0.1 s
        await bot.run_until(stop)
