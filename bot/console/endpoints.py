"""What the app talks to besides the page: Web API, sockets, response URLs and files, with the faults that are on."""

from __future__ import annotations

import asyncio
import json
import math
from typing import TYPE_CHECKING, Any

from aiohttp import web

from .errors import ApiError, PageError
from .faults import FaultKind
from .posting import answer_interaction
from .web_api.dispatch import rate_limited
from .web_api.files import content_path

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from .faults import Fault, Faults
    from .passes import ResponseUrls
    from .sessions import Sessions
    from .sockets import SocketHub
    from .tokens import Tokens
    from .web_api.dispatch import CallLog, WebApi
    from .workspace import Workspace

    Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Endpoints:
    """The app's side of the server."""

    def __init__(
        self,
        *,
        workspace: Workspace,
        api: WebApi,
        sockets: SocketHub,
        response_urls: ResponseUrls,
        sessions: Sessions,
        tokens: Tokens,
        faults: Faults,
        log: CallLog,
        folder: Path,
    ) -> None:
        self._workspace = workspace
        self._api = api
        self._sockets = sockets
        self._response_urls = response_urls
        self._sessions = sessions
        self._tokens = tokens
        self._faults = faults
        self._log = log
        self._folder = folder

    def routes(self) -> list[web.RouteDef]:
        """Where it is."""
        return [
            web.route("*", "/api/{method}", self.call),
            web.get("/link", self._sockets.accept),
            web.post("/response/{key}", self.respond),
            web.post("/upload/{file}", self.upload),
            web.get("/files/{file}", self.download),
        ]

    async def call(self, request: web.Request) -> web.StreamResponse:
        """A method of the Web API."""
        return await self._suffering(request, self._api.answer, request.match_info["method"])

    async def respond(self, request: web.Request) -> web.StreamResponse:
        """A post to a response URL."""
        return await self._suffering(request, self._respond, "response_url")

    async def upload(self, request: web.Request) -> web.StreamResponse:
        """The content of a file."""
        return await self._suffering(request, self._upload, "upload")

    async def _suffering(self, request: web.Request, answer: Answer, method: str) -> web.StreamResponse:
        """Answers a call, or lets a fault strike it."""
        kinds = (FaultKind.DOWN, FaultKind.RATE_LIMITED, FaultKind.SERVER_ERROR, FaultKind.TIMEOUT)
        fault = self._faults.strikes(*kinds, FaultKind.LOST_ANSWER, FaultKind.DELAY, method=method)
        if fault and (struck := await _struck(request, fault)):
            return struck
        response = await answer(request)
        if fault and fault.kind is FaultKind.LOST_ANSWER:
            _cut(request)
        return response

    async def _respond(self, request: web.Request) -> web.Response:
        """A post to a response URL."""
        try:
            payload = json.loads(await request.text())
            url = self._response_urls.take(request.match_info["key"])
            answer_interaction(self._workspace, url, payload)
        except ValueError:
            return web.json_response({"ok": False, "error": "invalid_json"}, status=400)
        except ApiError as refusal:
            self._log.refused("response_url", refusal)
            status = 404 if refusal.name in {"expired_url", "used_url"} else 400
            return web.json_response(refusal.answer(), status=status)
        return web.json_response({"ok": True})

    async def _upload(self, request: web.Request) -> web.Response:
        """The content of a file whose upload was announced: raw, or as the first file of a form."""
        file = self._workspace.files.get(request.match_info["file"])
        if file is None or file.complete:
            return web.Response(status=404, text="There is no such upload.")
        content = await _content(request)
        if len(content) != file.size:
            return web.Response(status=400, text=f"{file.size} bytes were announced, {len(content)} came.")
        await asyncio.to_thread(content_path(self._folder, file.id).write_bytes, content)
        return web.Response(text=f"OK - {len(content)}")

    async def download(self, request: web.Request) -> web.StreamResponse:
        """A file's content, for people who are signed in and for the app with its token. Never shown as a page."""
        if request.headers.get("Authorization") != f"Bearer {self._tokens.bot}":
            self._sessions.of(request)
        file = self._workspace.files.get(request.match_info["file"])
        if file is None or not file.complete:
            raise PageError(404, "There is no such file.")
        name = "".join(letter if letter.isalnum() or letter in "._- " else "_" for letter in file.name)
        headers = {
            "Content-Disposition": f'attachment; filename="{name}"',
            "Content-Type": "application/octet-stream",
        }
        return web.FileResponse(content_path(self._folder, file.id), headers=headers)


async def _struck(request: web.Request, fault: Fault) -> web.Response | None:
    """The answer of a call that a fault keeps from being done; None when it is to be done all the same."""
    if fault.kind is FaultKind.RATE_LIMITED:
        return rate_limited(max(1, math.ceil(fault.seconds)))
    if fault.kind is FaultKind.SERVER_ERROR:
        return web.Response(status=500, text="A fault that is on fails this call.")
    if fault.kind in {FaultKind.TIMEOUT, FaultKind.DELAY}:
        await asyncio.sleep(fault.seconds)
    if fault.kind in {FaultKind.TIMEOUT, FaultKind.DOWN}:
        _cut(request)
        return web.Response(status=503)
    return None


def _cut(request: web.Request) -> None:
    """Ends the connection, so that no answer arrives."""
    if request.transport is not None:
        request.transport.abort()


async def _content(request: web.Request) -> bytes:
    if request.content_type != "multipart/form-data":
        return await request.read()
    form: dict[str, Any] = dict(await request.post())
    uploaded = next((each for each in form.values() if isinstance(each, web.FileField)), None)
    return uploaded.file.read() if uploaded else b""
