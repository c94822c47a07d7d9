"""`./run demo` without more: the whole thing in the foreground, until Ctrl-C."""

from __future__ import annotations

import asyncio
import shlex
import signal
from typing import TYPE_CHECKING

from bot.demo.environment import default_state
from bot.demo.lifecycle import bring_up, take_down
from bot.demo.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.demo.layout import Layout

_POLL_SECONDS = 0.5
_TEXT = """
The estate is up, the bot is listening. Open this page; the link works once, and below it is the command for another.
Ctrl-C here ends everything.

    {url}
    ./run demo link{state}

There you are Riley, the responder; Alex, the approver, and Morgan, the manager, are one click away. In its #incidents,
ask how old and how proven every backup is:

    /recovery freshness

Then lose three systems, in another terminal:

    ./run demo break gone storage{state}
    ./run demo break gone orders-db{state}
    ./run demo break gone api{state}

And bring everything back, in #incidents: plan full-site, real. Alex approves it: a number beside a name says that
somebody is called. The human steps wait for you in the thread.

    /recovery restore

In the other terminal, at any time: the same recovery without the page (./run bot --help lists the other verbs), the
bot killed, which is started again and goes on where it was, and every system asked for what its recorded truth says:

    {bot_command}
    kill -9 {bot}
    ./run demo verify{state}

Slack itself can go away, too: “Rehearse faults” on the page takes it down. What waits meanwhile is answered in the
other terminal; when Slack is back, its messages tell of it.

Other ways to break things: ./run demo break --help. To mend them: ./run demo mend{state}
"""


async def live_through(layout: Layout, say: Callable[[str], None]) -> None:
    """Brings everything up, keeps the bot alive, and takes everything down at the end."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    stage = Stage(layout)
    try:
        say("Bringing eight systems up, and their first backups (about 10 s) ...")
        await bring_up(layout)
        await stage.start_console()
        bot = await stage.start_bot()
        say(what_to_try(layout, await stage.login_url(), bot))
        await _keep_alive(stage, stop, say)
    finally:
        say("Going down ...")
        await stage.finish()
        await take_down(layout)
        say(f"Down. The data stays in {layout.state}.")


def what_to_try(layout: Layout, url: str, bot: int) -> str:
    """What is printed when everything is up. Commands name the estate's folder when it is not the usual one."""
    usual = layout.state == default_state()
    state = "" if usual else f" --state {shlex.quote(str(layout.state))}"
    bot_command = "./run bot status" if usual else f'eval "$(./run demo env{state})"; ./run bot status'
    return _TEXT.format(url=url, bot=bot, state=state, bot_command=bot_command)


async def _keep_alive(stage: Stage, stop: asyncio.Event, say: Callable[[str], None]) -> None:
    while not stop.is_set():
        if stage.bot_ended():
            say(f"The bot is gone. Starting it again: process {await stage.start_bot()}.")
        try:
            await asyncio.wait_for(stop.wait(), _POLL_SECONDS)
        except TimeoutError:
            continue
