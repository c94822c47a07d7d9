"""What stands around the estate in the demo: the console, which stands in for Slack, and the bot."""

from __future__ import annotations

import asyncio
import json
import sys
from enum import Enum
from typing import TYPE_CHECKING, Any

import aiohttp

from bot.demo.bot_settings import bot_environment
from bot.demo.client import request
from bot.demo.environment import for_programs, inherited, project_folder
from bot.demo.errors import DemoError, NotRunning
from bot.demo.ports import is_free
from bot.demo.processes import end, is_alive, run, spawn
from bot.demo.record import read_record
from bot.demo.serving import tail

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.demo.layout import Layout

CONSOLE, BOT = "console", "bot"
_START_SECONDS = 60.0
_FIGURES_SECONDS = 10.0
_POLL_SECONDS = 0.1


class Wire(Enum):
    """How the console and the bot speak with each other."""

    SOCKETS = "sockets"  # Socket Mode: the bot connects
    HTTP = "http"  # HTTP mode: the console posts to the bot, signed


class Stage:
    """Starts and ends console and bot on a running estate. Both are entered in the estate's book."""

    def __init__(self, layout: Layout, wire: Wire = Wire.SOCKETS) -> None:
        self._layout = layout
        self._wire = wire
        self._children: dict[str, asyncio.subprocess.Process] = {}

    async def start_console(self) -> str:
        """Starts the console and returns its address."""
        folder = self._layout.console
        (folder / "url").unlink(missing_ok=True)
        recorded = read_record(self._layout.record).ports[CONSOLE]
        port = recorded if is_free(recorded) else 0  # another estate came first
        command = [sys.executable, "-m", "bot.console", "--state", str(folder), "--port", str(port)]
        if self._wire is Wire.HTTP:
            command += ["--request-url", self.request_url]
        await self._start(CONSOLE, tuple(command), for_programs(self._layout), (folder / "url").exists)
        return (folder / "url").read_text(encoding="utf-8")

    @property
    def request_url(self) -> str:
        """Where the bot takes what Slack posts, in HTTP mode."""
        return f"http://127.0.0.1:{read_record(self._layout.record).ports[BOT]}/slack/events"

    async def login_url(self) -> str:
        """A fresh link that signs in to the console, once. Raises NotRunning."""
        process = read_record(self._layout.record).process(CONSOLE) if self._layout.record.exists() else None
        if process is None or not is_alive(process):
            raise NotRunning(f"The page of the estate in {self._layout.state} is not there. `./run demo` starts it.")
        command = (sys.executable, "-m", "bot.console", "--state", str(self._layout.console), "--login")
        environment = for_programs(self._layout)
        code, said = await run(command, environment=environment, folder=project_folder(), seconds=20)
        if code:
            raise DemoError(f"The console gave no login link: {said.strip()}")
        return said.strip()

    async def figures(self) -> dict[str, Any]:
        """What the console counted: calls, refusals, faults that struck, sockets."""
        url = (self._layout.console / "url").read_text(encoding="utf-8")
        headers = {"Authorization": f"Bearer {self._console_tokens()['app']}"}
        timeout = aiohttp.ClientTimeout(total=_FIGURES_SECONDS)
        async with (
            aiohttp.ClientSession(timeout=timeout, trust_env=False) as http,
            http.get(f"{url}/control", headers=headers) as answer,
        ):
            figures: dict[str, Any] = await answer.json()
        return figures

    async def start_bot(self) -> int:
        """Starts the bot and returns its process id when it listens."""
        bot_settings = bot_environment(self._layout)
        socket = self._layout.bot / "bot.sock"
        socket.unlink(missing_ok=True)
        command = (sys.executable, "-m", "bot", "serve")
        await self._start(BOT, command, inherited() | self._tokens() | bot_settings, socket.exists)
        return self._children[BOT].pid

    async def kill_bot(self) -> int:
        """Kills the bot with SIGKILL, waits until it is gone, and returns the process id that it had."""
        child = self._children[BOT]
        child.kill()
        await child.wait()
        return child.pid

    def bot_ended(self) -> bool:
        """Whether the bot that was started here is gone, by itself or killed."""
        child = self._children.get(BOT)
        return child is not None and child.returncode is not None

    async def finish(self) -> None:
        """Ends bot and console, gently."""
        record = read_record(self._layout.record)
        for name in (BOT, CONSOLE):
            process = record.process(name)
            if process is not None:
                await end(process, grace_seconds=10)

    async def _start(
        self, name: str, command: tuple[str, ...], environment: Mapping[str, str], started: Callable[[], bool]
    ) -> None:
        process = read_record(self._layout.record).process(name)
        if process is not None and is_alive(process):
            raise DemoError(
                f"The {name} of this estate runs already (process {process.pid}). `./run demo down` ends it."
            )
        log = self._layout.log(name)
        child = await spawn(command, environment=environment, log=log, folder=project_folder())
        self._children[name] = child
        await asyncio.to_thread(request, self._layout, "adopt", name=name, pid=str(child.pid))
        for _ in range(int(_START_SECONDS / _POLL_SECONDS)):
            if child.returncode is not None:
                raise DemoError(f"The {name} ended right after its start. {tail(log)}")
            if await asyncio.to_thread(started):
                return
            await asyncio.sleep(_POLL_SECONDS)
        raise DemoError(f"The {name} was not ready after {_START_SECONDS:g} s. {tail(log)}")

    def _tokens(self) -> dict[str, str]:
        tokens = self._console_tokens()
        url = (self._layout.console / "url").read_text(encoding="utf-8")
        mine = {"SLACK_BOT_TOKEN": tokens["bot"], "SLACK_API_URL": f"{url}/api/"}
        if self._wire is Wire.HTTP:
            return mine | {"SLACK_SIGNING_SECRET": tokens["signing_secret"]}
        return mine | {"SLACK_APP_TOKEN": tokens["app"]}

    def _console_tokens(self) -> dict[str, str]:
        tokens: dict[str, str] = json.loads((self._layout.console / "tokens.json").read_text(encoding="utf-8"))
        return tokens
