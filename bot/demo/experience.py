"""`./run demo` without more: the whole thing in the foreground, until Ctrl-C."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING

from bot.demo.lifecycle import bring_up, take_down
from bot.demo.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.demo.layout import Layout

_POLL_SECONDS = 0.5
_TEXT = """
The estate is up, the bot is listening. Open this page (the link works once; Ctrl-C here ends everything):

    {url}

You are Riley, who responds; Alex, who approves, is one click away. Then try, in #incidents:

    /recovery freshness              how old and how proven every backup is
    ./run demo break gone storage    (here and below: in another terminal)
    ./run demo break gone orders-db
    ./run demo break gone api
    /recovery restore                plan full-site, real; Alex approves it; answer its human steps by buttons
    kill -9 {bot}                    the bot, in the middle: it is started again, and goes on
    ./run demo verify                every system against its recorded truth

Other ways to break things: ./run demo break --help. To mend them: ./run demo mend.
For `./run bot ...` in another terminal: eval "$(./run demo env)"
"""


async def live_through(layout: Layout, say: Callable[[str], None]) -> None:
    """Brings everything up, keeps the bot alive, and takes everything down at the end."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    stage = Stage(layout)
    try:
        say("Bringing six systems up, and their first backups (about 10 s) ...")
        await bring_up(layout)
        await stage.start_console()
        bot = await stage.start_bot()
        say(_TEXT.format(url=await stage.login_url(), bot=bot))
        await _keep_alive(stage, stop, say)
    finally:
        say("Going down ...")
        await stage.finish()
        await take_down(layout)
        say(f"Down. The data stays in {layout.state}.")


async def _keep_alive(stage: Stage, stop: asyncio.Event, say: Callable[[str], None]) -> None:
    while not stop.is_set():
        if stage.bot_ended():
            say(f"The bot is gone. Starting it again: process {await stage.start_bot()}.")
        try:
            await asyncio.wait_for(stop.wait(), _POLL_SECONDS)
        except TimeoutError:
            continue
