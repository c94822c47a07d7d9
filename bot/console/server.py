"""The console's server: builds everything, listens on loopback, and closes what it opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aiohttp import web

from .channel_forms import ChannelForms
from .clock import Clock, SystemClock
from .control import Control
from .endpoints import Endpoints
from .errors import PageError
from .events import Events
from .faults import Faults
from .faulty_carrier import FaultyCarrier
from .http_carrier import HttpCarrier
from .interactions import Interactions
from .journal import Journal
from .message_menu import MessageMenu
from .page import Desk, Pages, json_refusal, wants_json
from .page_forms import PageForms
from .passes import ResponseUrls, Triggers
from .rates import Rates
from .render import HERE, templates
from .sessions import SECURITY_HEADERS, Sessions, has_loopback_host
from .sockets import SocketHub
from .suggestions import Suggestions
from .tokens import Tokens, load_tokens
from .unread import Unread
from .uploads import Uploads
from .views import Views
from .web_api.call import Services
from .web_api.dispatch import CallLog, WebApi, all_scopes
from .web_api.files import LARGEST
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
        self.faults = Faults(clock, config.fault_seed)
        self.rates = Rates(clock)
        self._folder = folder
        self._journal = Journal(folder / "workspace.jsonl")
        self._journal.open()
        self.workspace = Workspace(config, self._journal, clock)
        self.sockets = SocketHub(config.app_id, self.faults, self.workspace.touched)
        self.views = Views(self.workspace)
        self.triggers = Triggers(clock)
        self.response_urls = ResponseUrls(self._journal, clock)
        self._sessions = Sessions(self.tokens, self._journal, clock, personal=config.personal)
        self._http = HttpCarrier(config.request_url, self.tokens.signing_secret, clock) if config.request_url else None
        self.carrier = FaultyCarrier(self._http or self.sockets, self.sockets, self.faults)
        self.events = Events(self.workspace, self.carrier, lambda: self.url)
        self._runner: web.AppRunner | None = None

    def login_url(self, person: str = "") -> str:
        """A fresh address that signs one browser in, once, within 15 minutes; as one person where that is given."""
        return f"{self.url}/login?token={self._sessions.login_token(person)}"

    async def start(self, port: int) -> None:
        """Listens on loopback; port 0 picks a free one."""
        (self._folder / "files").mkdir(exist_ok=True)
        self._runner = web.AppRunner(self._application(), access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, ADDRESS, port)
        await site.start()
        host, bound = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{bound}"
        self.workspace.address = self.url
        (self._folder / URL_FILE).write_text(self.url, encoding="utf-8")

    async def close(self) -> None:
        """Stops listening, closes all sockets and the journal."""
        await self.events.close()
        await self.carrier.close()
        await self.sockets.close()
        if self._http:
            await self._http.close()
        if self._runner:
            await self._runner.cleanup()
        self._journal.close()

    def _application(self) -> web.Application:
        application = web.Application(middlewares=[self._guard], client_max_size=LARGEST + 1024 * 1024)
        environment, desk = templates(), Desk()
        suggestions = Suggestions(self.carrier, self.config.ack_seconds, self.log.refused)
        unread = Unread(self.workspace)
        pages = Pages(
            workspace=self.workspace,
            views=self.views,
            sessions=self._sessions,
            events=self.events,
            sockets=self.sockets,
            faults=self.faults,
            environment=environment,
            desk=desk,
            unread=unread,
            suggestions=suggestions,
        )
        interactions = Interactions(
            workspace=self.workspace,
            views=self.views,
            triggers=self.triggers,
            response_urls=self.response_urls,
            carrier=self.carrier,
            base_url=lambda: self.url,
            refused=self.log.refused,
            suggestions=suggestions,
        )
        forms = PageForms(
            workspace=self.workspace,
            views=self.views,
            interactions=interactions,
            pages=pages,
            sessions=self._sessions,
            desk=desk,
            menu=MessageMenu(self.workspace, self.events),
            uploads=Uploads(self.workspace, self._folder),
            suggestions=suggestions,
        )
        endpoints = Endpoints(
            workspace=self.workspace,
            api=WebApi(self._services, self.tokens, self.log),
            sockets=self.sockets,
            response_urls=self.response_urls,
            sessions=self._sessions,
            tokens=self.tokens,
            faults=self.faults,
            log=self.log,
            folder=self._folder,
        )
        control = Control(
            faults=self.faults,
            sockets=self.sockets,
            log=self.log,
            rates=self.rates,
            tokens=self.tokens,
            sessions=self._sessions,
            pages=pages,
            workspace=self.workspace,
            environment=environment,
        )
        channels = ChannelForms(self.workspace, pages, self._sessions, self.events)
        for part in (control, pages, forms, channels, endpoints):
            application.add_routes(part.routes())
        application.add_routes([web.static("/static", HERE / "static")])
        self._pages = pages
        return application

    def _services(self) -> Services:
        scopes = self.config.scopes if self.config.scopes is not None else all_scopes()
        return Services(
            workspace=self.workspace,
            views=self.views,
            triggers=self.triggers,
            sockets=self.sockets,
            folder=self._folder,
            base_url=self.url,
            scopes=scopes,
            rates=self.rates,
        )

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


def _back_to(request: web.Request) -> str | None:
    person = request.match_info.get("person")
    return "/" if person else None


async def serve(config: ConsoleConfig, state_dir: Path, port: int = 0, clock: Clock | None = None) -> Console:
    """Starts a console on loopback with its state in ``state_dir``. The caller closes it."""
    console = Console(config, state_dir, clock or SystemClock())
    await console.start(port)
    return console
