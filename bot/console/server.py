"""The console's server: builds everything, listens on loopback, and closes what it opened."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from .clock import Clock, SystemClock
from .errors import ApiError, PageError
from .events import Events
from .interactions import Interactions
from .journal import Journal
from .page import Desk, Pages, json_refusal, wants_json
from .page_forms import PageForms
from .passes import ResponseUrls, Triggers
from .posting import answer_interaction
from .render import HERE, templates
from .sessions import SECURITY_HEADERS, Sessions, has_loopback_host
from .sockets import SocketHub
from .tokens import Tokens, load_tokens
from .views import Views
from .web_api.call import Services
from .web_api.dispatch import CallLog, WebApi, all_scopes
from .web_api.files import LARGEST, content_path
from .workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from .config import ConsoleConfig

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

ADDRESS: Final = "127.0.0.1"
URL_FILE: Final = "url"
PAGE_PREFIXES: Final = ("/as/", "/login", "/archives/", "/files/", "/static/")


class Console:
    """A workspace and the server around it. Made by ``serve``."""

    def __init__(self, config: ConsoleConfig, folder: Path, clock: Clock) -> None:
        self.tokens: Tokens = load_tokens(folder)
        self.config = config
        self.url = ""
        self.log = CallLog()
        self.sockets = SocketHub(config.app_id)
        self._folder = folder
        self._journal = Journal(folder / "workspace.jsonl")
        self._journal.open()
        self.workspace = Workspace(config, self._journal, clock)
        self.views = Views(self.workspace)
        self.triggers = Triggers(clock)
        self.response_urls = ResponseUrls(self._journal, clock)
        self._sessions = Sessions(self.tokens, self._journal, clock)
        self.events = Events(self.workspace, self.sockets)
        self._runner: web.AppRunner | None = None

    def login_url(self) -> str:
        """A fresh address that signs one browser in, once, within 15 minutes."""
        return f"{self.url}/login?token={self._sessions.login_token()}"

    async def start(self, port: int) -> None:
        """Listens on loopback; port 0 picks a free one."""
        (self._folder / "files").mkdir(exist_ok=True)
        self._runner = web.AppRunner(self._application(), access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, ADDRESS, port)
        await site.start()
        host, bound = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{bound}"
        (self._folder / URL_FILE).write_text(self.url, encoding="utf-8")

    async def close(self) -> None:
        """Stops listening, closes all sockets and the journal."""
        await self.events.close()
        await self.sockets.close()
        if self._runner:
            await self._runner.cleanup()
        self._journal.close()

    def _application(self) -> web.Application:
        application = web.Application(middlewares=[self._guard], client_max_size=LARGEST + 1024 * 1024)
        desk = Desk()
        pages = Pages(
            workspace=self.workspace,
            views=self.views,
            sessions=self._sessions,
            events=self.events,
            sockets=self.sockets,
            environment=templates(),
            desk=desk,
        )
        interactions = Interactions(
            workspace=self.workspace,
            views=self.views,
            triggers=self.triggers,
            response_urls=self.response_urls,
            carrier=self.sockets,
            base_url=lambda: self.url,
            refused=self.log.refused,
        )
        forms = PageForms(
            workspace=self.workspace,
            views=self.views,
            interactions=interactions,
            pages=pages,
            sessions=self._sessions,
            desk=desk,
        )
        api = WebApi(self._services, self.tokens, self.log)
        application.add_routes([*pages.routes(), *forms.routes()])
        application.add_routes(
            [
                web.route("*", "/api/{method}", api.answer),
                web.get("/link", self.sockets.accept),
                web.post("/response/{key}", self._response),
                web.post("/upload/{file}", self._upload),
                web.get("/files/{file}", self._download),
                web.static("/static", HERE / "static"),
            ],
        )
        self._pages = pages
        return application

    def _services(self) -> Services:
        scopes = self.config.scopes if self.config.scopes is not None else all_scopes()
        return Services(self.workspace, self.views, self.triggers, self.sockets, self._folder, self.url, scopes)

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Refuses foreign Host headers, words refusals of the page, and sets its security headers."""
        if not has_loopback_host(request):
            return web.Response(status=403, text="This workspace answers on loopback names only.")
        try:
            response = await handler(request)
        except PageError as refusal:
            response = json_refusal(refusal) if wants_json(request) else self._pages.refusal(refusal, _back_to(request))
        if request.path == "/" or request.path.startswith(PAGE_PREFIXES):
            response.headers.update(SECURITY_HEADERS)
        return response

    async def _response(self, request: web.Request) -> web.Response:
        """A post to a response URL."""
        try:
            payload = json.loads(await request.text())
            url = self.response_urls.take(request.match_info["key"])
            answer_interaction(self.workspace, url, payload)
        except ValueError:
            return web.json_response({"ok": False, "error": "invalid_json"}, status=400)
        except ApiError as refusal:
            self.log.refused("response_url", refusal)
            status = 404 if refusal.name in {"expired_url", "used_url"} else 400
            return web.json_response(refusal.answer(), status=status)
        return web.json_response({"ok": True})

    async def _upload(self, request: web.Request) -> web.Response:
        """The content of a file whose upload was announced: raw, or as the first file of a form."""
        file = self.workspace.files.get(request.match_info["file"])
        if file is None or file.complete:
            return web.Response(status=404, text="There is no such upload.")
        content = await _content(request)
        if len(content) != file.size:
            return web.Response(status=400, text=f"{file.size} bytes were announced, {len(content)} came.")
        await asyncio.to_thread(content_path(self._folder, file.id).write_bytes, content)
        return web.Response(text=f"OK - {len(content)}")

    async def _download(self, request: web.Request) -> web.StreamResponse:
        """A file's content, for people who are signed in and for the app with its token. Never shown as a page."""
        if request.headers.get("Authorization") != f"Bearer {self.tokens.bot}":
            self._sessions.of(request)
        file = self.workspace.files.get(request.match_info["file"])
        if file is None or not file.complete:
            raise PageError(404, "There is no such file.")
        name = "".join(letter if letter.isalnum() or letter in "._- " else "_" for letter in file.name)
        headers = {
            "Content-Disposition": f'attachment; filename="{name}"',
            "Content-Type": "application/octet-stream",
        }
        return web.FileResponse(content_path(self._folder, file.id), headers=headers)


async def _content(request: web.Request) -> bytes:
    if request.content_type != "multipart/form-data":
        return await request.read()
    form: dict[str, Any] = dict(await request.post())
    uploaded = next((each for each in form.values() if isinstance(each, web.FileField)), None)
    return uploaded.file.read() if uploaded else b""


def _back_to(request: web.Request) -> str | None:
    person = request.match_info.get("person")
    return "/" if person else None


async def serve(config: ConsoleConfig, state_dir: Path, port: int = 0, clock: Clock | None = None) -> Console:
    """Starts a console on loopback with its state in ``state_dir``. The caller closes it."""
    console = Console(config, state_dir, clock or SystemClock())
    await console.start(port)
    return console
