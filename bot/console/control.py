"""The page and the HTTP calls that turn faults on and off, and tell what happened so far."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiohttp import web
from jinja2 import Environment

from .errors import PageError
from .faults import FaultKind, Faults, fault_from, kind_from
from .page import Pages, wants_json
from .rates import Rates
from .sessions import Sessions
from .sockets import SocketHub
from .tokens import Tokens
from .web_api.dispatch import CallLog, arguments
from .workspace import Workspace

if TYPE_CHECKING:
    from .records import Json


@dataclass(slots=True)
class Control:
    """Faults and figures. Programs show the app token as a bearer; people come with their session."""

    faults: Faults
    sockets: SocketHub
    log: CallLog
    rates: Rates
    tokens: Tokens
    sessions: Sessions
    pages: Pages
    workspace: Workspace
    environment: Environment

    def routes(self) -> list[web.RouteDef]:
        """Where it is."""
        return [
            web.get("/as/{person}/faults", self.page),
            web.post("/as/{person}/faults", self.change),
            web.get("/control", self.figures),
            web.post("/control", self.change),
        ]

    async def page(self, request: web.Request) -> web.Response:
        """The faults as a page."""
        person = self.pages.person(request)
        page = self.pages.page(request, person, self.workspace.config.channels[0].id)
        template = self.environment.get_template("faults.jinja2")
        text = template.render(page=page, kinds=list(FaultKind), on=self.faults.on, figures=self._figures())
        return web.Response(text=text, content_type="text/html")

    async def figures(self, request: web.Request) -> web.Response:
        """The faults and figures as JSON."""
        if not self._is_program(request):
            self.sessions.of(request)
        return web.json_response(self._figures())

    async def change(self, request: web.Request) -> web.Response:
        """``do``: add (a fault), clear (all, or a ``kind``), drop (all sockets), or refresh (ask for new ones)."""
        if self.workspace.config.personal:
            raise PageError(403, "No faults are rehearsed here: people work with this workspace.")
        form: dict[str, Any] = await arguments(request)
        if not self._is_program(request):
            self.sessions.check_form(self.sessions.of(request), form)
        await self._apply(form)
        self.workspace.touched()
        if self._is_program(request) or wants_json(request):
            return web.json_response(self._figures())
        raise web.HTTPSeeOther(request.path)

    async def _apply(self, form: dict[str, Any]) -> None:
        match form.get("do"):
            case "add":
                fault = fault_from(form, self.workspace.clock.now())
                self.faults.add(fault)
                if fault.kind is FaultKind.DOWN:
                    self.sockets.drop()
            case "clear":
                self.faults.clear(kind_from(form.get("kind")))
            case "drop":
                self.sockets.drop()
            case "refresh":
                await self.sockets.ask_to_reconnect()
            case other:
                raise PageError(400, f"do is add, clear, drop or refresh, not {other!r}.")

    def _figures(self) -> Json:
        return {
            "faults": [fault.to_json() for fault in self.faults.on],
            "struck": dict(self.faults.struck),
            "calls": dict(self.log.calls),
            "refusals": dict(self.log.refusals),
            "last_refusals": list(self.log.last_refusals),
            "without_text": self.log.without_text,
            "most_posts_in_a_second": self.rates.most_in_a_second,
            "sockets": self.sockets.connected,
            "acks": self.sockets.acks_received,
        }

    def _is_program(self, request: web.Request) -> bool:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode(errors="replace"), self.tokens.app.encode())
