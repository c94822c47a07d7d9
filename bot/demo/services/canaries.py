"""The part that api, reporting and docs share: canaries over HTTP, and how two of them keep theirs in a folder."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any, Protocol

from aiohttp import web

from bot.demo.files import replace_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class CanariesUnavailable(Exception):
    """The canary cannot be kept or found; says why."""


class CanaryKeeper(Protocol):
    """Keeps canaries; both methods may block, and raise CanariesUnavailable."""

    def write(self, canary: Mapping[str, Any]) -> dict[str, Any]:
        """Keeps a canary durably, and returns it with counts."""
        ...

    def read(self) -> dict[str, Any]:
        """The newest canary, with counts made now."""
        ...


class FolderCanaries:
    """The newest canary in ``canary.json`` of the folder; counts the files of one subfolder."""

    def __init__(self, folder: Path, counted: str) -> None:
        self._path = folder / "canary.json"
        self._counted = folder / counted
        self._name = counted

    def write(self, canary: Mapping[str, Any]) -> dict[str, Any]:
        """Replaces canary.json."""
        kept = json.dumps({"token": canary["token"], "written_at": canary["written_at"]})
        try:
            replace_file(self._path, kept.encode())
        except OSError as failure:
            raise CanariesUnavailable(str(failure)) from failure
        return self.read()

    def read(self) -> dict[str, Any]:
        """Reads canary.json."""
        try:
            canary = json.loads(self._path.read_text(encoding="utf-8"))
            return {**canary, "counts": {self._name: sum(1 for _ in self._counted.iterdir())}}
        except (OSError, ValueError) as failure:
            raise CanariesUnavailable(str(failure)) from failure


def canary_routes(keeper: CanaryKeeper) -> list[web.RouteDef]:
    """GET /health, GET /canary, PUT /canary."""
    writing = asyncio.Lock()

    async def health(request: web.Request) -> web.Response:
        del request
        return web.Response(text="ok\n")

    async def read(request: web.Request) -> web.Response:
        del request
        try:
            return web.json_response(await asyncio.to_thread(keeper.read))
        except CanariesUnavailable as failure:
            raise web.HTTPNotFound(text=str(failure)) from failure

    async def write(request: web.Request) -> web.Response:
        canary = await request.json()
        async with writing:
            try:
                return web.json_response(await asyncio.to_thread(keeper.write, canary))
            except CanariesUnavailable as failure:
                raise web.HTTPInternalServerError(text=str(failure)) from failure

    return [web.get("/health", health), web.get("/canary", read), web.put("/canary", write)]


def serve(routes: list[web.RouteDef], port: int) -> None:
    """Serves the routes on loopback until the process is ended."""
    application = web.Application()
    application.router.add_routes(routes)
    web.run_app(application, host="127.0.0.1", port=port, print=None)
