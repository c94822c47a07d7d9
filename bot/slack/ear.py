"""The ear: a thread of its own in which Slack is heard and acknowledged, whatever the rest of the bot is doing.

Slack waits three seconds for an acknowledgement, and a person as long for it as it takes. The loop in which everything
else runs may be busy meanwhile: reading a thousand runbooks, rendering a review, answering fifty people. The ear does
little, so it is never busy.
"""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

import aiohttp

from bot.slack.client import make_session
from bot.slack.tasks import Tasks

if TYPE_CHECKING:
    from bot.slack.connection import SocketConnection

Make = Callable[[aiohttp.ClientSession], "SocketConnection"]

SWITCH_SECONDS = 0.0005
"""After so long a thread at work lets another have the interpreter. Python's own 5 ms, several times in each delivery,
would be most of what a person waits."""

STOP_SECONDS = 5.0


class Ear:
    """Runs a connection in a thread. `make` builds it there, over the session that it is given."""

    def __init__(self, make: Make, name: str) -> None:
        self._make = make
        self._thread = threading.Thread(target=lambda: asyncio.run(self._listen()), name=name, daemon=True)
        self._begun = threading.Event()

    def start(self) -> None:
        """Begin to listen. Returns when the connection is made, not when it stands."""
        sys.setswitchinterval(SWITCH_SECONDS)
        self._thread.start()
        _ = self._begun.wait()

    async def _listen(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        tasks = Tasks()
        async with make_session() as session:
            self._connection = self._make(session)
            self._begun.set()
            tasks.keep(self._connection.run, self._thread.name)
            _ = await self._stop.wait()
            await self._connection.close()
            await tasks.stop()

    @property
    def fault(self) -> str:
        """Why nothing is heard; empty while the connection stands."""
        return "" if self._connection.connected else self._connection.fault or "the socket has closed"

    async def stop(self) -> None:
        """Acknowledge what was heard, and end."""
        _ = self._loop.call_soon_threadsafe(self._stop.set)
        await asyncio.to_thread(self._thread.join, STOP_SECONDS)
