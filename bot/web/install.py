"""The page from which the app is installed into a workspace, and the address to which Slack sends the browser back."""

from __future__ import annotations

import hmac
from html import escape
from typing import TYPE_CHECKING, Final, Protocol

from aiohttp import web

from bot.domain.errors import BringbackError
from bot.web.pages import said

if TYPE_CHECKING:
    from bot.web.pages import Page

INSTALL: Final = "/slack/install"
REDIRECT: Final = "/slack/oauth_redirect"
COOKIE: Final = "bringback_installing"
COOKIE_SECONDS: Final = 600


class Installs(Protocol):
    """What knows how to install."""

    async def begin(self) -> tuple[str, str]:
        """Where to send the browser, and the state that it has to bring back."""
        ...

    async def finish(self, state: str, code: str) -> str:
        """Take the code that Slack gave; returns the name of the workspace. Raises BringbackError."""
        ...


class InstallPages:
    """Both pages. The state travels in a cookie too: only the browser that began may end an installation."""

    def __init__(self, installs: Installs) -> None:
        self._installs = installs

    def routes(self) -> list[web.RouteDef]:
        """Where they are."""
        return [web.get(INSTALL, self.install), web.get(REDIRECT, self.redirect)]

    async def install(self, _request: web.Request) -> web.Response:
        """The page that begins an installation."""
        address, state = await self._installs.begin()
        body = (
            "<p>It says how fresh and how proven every backup is, runs restores in the documented order, and walks "
            "responders through runbooks. Only people whom its policy names can start anything.</p>"
            f'<p><a class="button" href="{escape(address)}">Add to Slack</a></p>'
        )
        response = _answer(said("Install Bringback", body))
        response.set_cookie(COOKIE, state, max_age=COOKIE_SECONDS, path="/", secure=True, httponly=True, samesite="Lax")
        return response

    async def redirect(self, request: web.Request) -> web.Response:
        """Ends an installation, well or not. The cookie goes in any case."""
        response = await self._ended(request)
        response.del_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="Lax")
        return response

    async def _ended(self, request: web.Request) -> web.Response:
        state, code = request.query.get("state", ""), request.query.get("code", "")
        begun = request.cookies.get(COOKIE, "")
        if not state or not hmac.compare_digest(state.encode(errors="replace"), begun.encode(errors="replace")):
            return _refusal("This browser did not begin this installation.")
        if "error" in request.query:
            return _refusal(f"Slack says: {request.query['error'][:80]}.")
        if not code:
            return _refusal("Slack sent no code.")
        try:
            workspace = await self._installs.finish(state, code)
        except BringbackError as refused:
            return _refusal(refused.what, refused.helps)
        body = "<p>Invite it to the channels of your incidents: <code>/invite @bringback</code>.</p>"
        return _answer(said(f"Bringback is installed in {workspace}", body))


def _refusal(what: str, helps: str = "") -> web.Response:
    again = f'<p><a href="{INSTALL}">Begin again</a></p>'
    return _answer(said("It was not installed", f"<p>{escape(what)} {escape(helps)}</p>{again}"), status=400)


def _answer(page: Page, *, status: int = 200) -> web.Response:
    headers = {"Content-Security-Policy": page.policy}
    return web.Response(text=page.html, status=status, content_type="text/html", headers=headers)
