"""What can be asked of a running estate, and the small HTTP server on loopback that takes such requests."""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.demo.backups import litestream
from bot.demo.breakage import Breaker
from bot.demo.errors import DemoError, Refused
from bot.demo.processes import identify

if TYPE_CHECKING:
    from bot.demo.backups.jobs import Jobs
    from bot.demo.book import Book
    from bot.demo.canaries import Writers
    from bot.demo.layout import Layout
    from bot.demo.serving import Serving

_log = logging.getLogger(__name__)
Request = Mapping[str, str]


class Control:
    """The verbs. Each answers with a sentence, or raises DemoError with one. One at a time for each system."""

    def __init__(self, layout: Layout, book: Book, serving: Serving, writers: Writers, jobs: Jobs) -> None:
        self._layout = layout
        self._book = book
        self._serving = serving
        self._writers = writers
        self._breaker = Breaker(layout, book, serving, jobs, self.open_live)
        self._turns: dict[str, asyncio.Lock] = {}
        self.down = asyncio.Event()
        self._verbs: dict[str, Callable[[Request], Awaitable[str]]] = {
            "start": self._start,
            "stop": self._stop,
            "set-aside": self._set_aside,
            "discard": self._discard,
            "open": self._open,
            "break": self._break,
            "mend": self._mend,
            "adopt": self._adopt,
            "down": self._down,
        }

    async def do(self, verb: str, request: Request) -> str:
        """Does what is asked. Raises DemoError."""
        if verb not in self._verbs:
            raise Refused(f"There is no {verb!r}. There are: {', '.join(self._verbs)}.")
        async with self._turns.setdefault(request.get("system", ""), asyncio.Lock()):
            return await self._verbs[verb](request)

    async def open_live(self, system: str) -> None:
        """Lets writers and backups into a live system; its first new canary is in before any copy is made."""
        instance = self._book.live(system)
        if instance is None or not self._serving.running(Path(instance.target)):
            raise Refused(f"{system} does not run.")
        await self._writers.write(instance)
        self._serving.open(Path(instance.target))
        self._book.change(lambda record: record.without_gone(system))
        if system == "reporting":
            await self._serving.finish(litestream.PROCESS)
            await self._serving.launch(litestream.PROCESS, litestream.command(self._layout))

    async def _start(self, request: Request) -> str:
        system, target = self._named(request)
        instance = await self._serving.start(system, target)
        return f"{self._name(system, target)} runs, port {instance.port}."

    async def _stop(self, request: Request) -> str:
        system, target = self._named(request)
        if system == "reporting" and self._serving.is_live(system, target):
            await self._serving.finish(litestream.PROCESS)
        async with self._book.lock(system):
            stopped = await self._serving.stop(target)
        name = self._name(system, target)
        return f"{name} was stopped." if stopped else f"{name} did not run."

    async def _set_aside(self, request: Request) -> str:
        system, target = self._named(request)
        aside = await self._serving.set_aside(system, target)
        name = self._name(system, target)
        return f"The data of {name} was moved to aside/{aside.name}." if aside else f"Nothing of {name} is in the way."

    async def _discard(self, request: Request) -> str:
        system, target = self._named(request)
        await self._serving.discard(system, target)
        return f"{self._name(system, target)} was stopped and removed."

    async def _open(self, request: Request) -> str:
        system, target = self._named(request)
        if not self._serving.is_live(system, target):
            raise Refused(f"{self._name(system, target)} is for a drill: nobody writes into it.")
        await self.open_live(system)
        return f"{system} takes writes again, and is backed up."

    async def _break(self, request: Request) -> str:
        mode, system = request.get("mode", ""), request.get("system", "")
        said = await self._breaker.break_system(mode, system)
        if (mode, system) == ("gone", "reporting"):
            await self._serving.finish(litestream.PROCESS)
        return said

    async def _mend(self, request: Request) -> str:
        del request
        done = await self._breaker.mend()
        return "\n".join(done) if done else "Nothing is broken that could be mended."

    async def _adopt(self, request: Request) -> str:
        process = identify(request["name"], int(request["pid"]))
        self._book.change(lambda record: record.with_process(process))
        return f"{process.name} is in the book."

    async def _down(self, request: Request) -> str:
        del request
        self.down.set()
        return "Going down."

    def _name(self, system: str, target: Path) -> str:
        return self._serving.name(system, target)

    def _named(self, request: Request) -> tuple[str, Path]:
        system = request.get("system", "")
        return system, self._serving.target(system, request.get("target", ""))


def application(control: Control, key: str) -> web.Application:
    """POST /VERB with a JSON object of texts; the key of estate.json opens it."""

    async def answer(request: web.Request) -> web.Response:
        if not hmac.compare_digest(request.headers.get("Authorization", ""), f"Bearer {key}"):
            raise web.HTTPForbidden(text="This is the supervisor of a demo estate; its key is in estate.json.")
        body: dict[str, Any] = await request.json()
        try:
            said = await control.do(request.match_info["verb"], {name: str(value) for name, value in body.items()})
        except (DemoError, OSError) as failure:
            _log.warning("%s: %s", request.match_info["verb"], failure)
            return web.json_response({"error": str(failure)}, status=409)
        return web.json_response({"said": said})

    app = web.Application()
    app.router.add_post("/{verb}", answer)
    return app
