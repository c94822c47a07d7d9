"""Who may use the page: loopback hosts only, a login token that works once, a session cookie, a token on each form."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Final

from .errors import PageError
from .tokens import person_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp import web

    from .clock import Clock
    from .journal import Journal
    from .tokens import Tokens

LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "[::1]"})
CONTENT_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SECURITY_HEADERS: Final = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def has_loopback_host(request: web.Request) -> bool:
    """Whether the Host header names this machine: another name means DNS rebinding."""
    host = request.headers.get("Host", "")
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    return name.lower() in LOOPBACK


class Sessions:
    """Sign-in and the check of every request of the page."""

    def __init__(self, tokens: Tokens, journal: Journal, clock: Clock, *, personal: bool = False) -> None:
        self._tokens = tokens
        self._personal = personal
        self._journal = journal
        self._clock = clock
        self._used = {key for key, _ in journal.values("used_login")}
        for token in [each for each in self._used if not tokens.reads_login(each, clock.now())]:
            self._used.discard(token)  # too old to be used again anyway
            journal.drop("used_login", token)
        self._cookie = f"console_{tokens.instance}"

    def login_token(self, person: str = "") -> str:
        """A fresh login token, for whoever opens the link or for one person."""
        return self._tokens.mint_login(self._clock.now(), person)

    def sign_in(self, token: str) -> str:
        """Exchanges a login token for the value of the session cookie. Raises PageError when it is not good."""
        if not self._tokens.reads_login(token, self._clock.now()):
            raise PageError(403, "This login link is not valid, or it is too old. Ask the console for a new one.")
        if token in self._used:
            raise PageError(403, "This login link was used already. Ask the console for a new one.")
        person = person_of(token)
        if self._personal and not person:
            raise PageError(403, "Here each link is for one person, and this one is for nobody.")
        self._used.add(token)
        self._journal.put("used_login", token, True)
        return self._tokens.mint_session(self._clock.now(), person)

    def keep(self, response: web.StreamResponse, session: str) -> None:
        """Sets the cookie."""
        response.set_cookie(self._cookie, session, httponly=True, samesite="Lax", path="/", max_age=30 * 24 * 3600)

    def of(self, request: web.Request) -> str:
        """The session of a request. Raises PageError when there is none."""
        session = request.cookies.get(self._cookie, "")
        if not self._tokens.reads_session(session, self._clock.now()):
            raise PageError(401, "You are not signed in. Open the login link that the console printed.")
        if self._personal:
            self._hold(request, person_of(session))
        return session

    def person(self, request: web.Request) -> str:
        """Who is signed in, by id; empty where whoever is may act as anybody. Raises PageError when nobody is."""
        session = self.of(request)
        return person_of(session) if self._personal else ""

    def _hold(self, request: web.Request, person: str) -> None:
        """Nobody acts as another, nor sees what is another's."""
        if not person:
            raise PageError(401, "You are not signed in as yourself. Ask for a link of your own.")
        if request.match_info.get("person", person) != person:
            raise PageError(403, "You are signed in as somebody else, and act for nobody but yourself.")

    def csrf(self, session: str) -> str:
        """The token for the forms of a session."""
        return self._tokens.csrf_for(session)

    def check_form(self, session: str, form: Mapping[str, object]) -> None:
        """Refuses a form that this page did not make for this session. Raises PageError."""
        given = str(form.get("csrf", ""))
        if not hmac.compare_digest(given.encode(), self.csrf(session).encode()):
            raise PageError(403, "This form was not made by this page, or it is old. Reload the page and try again.")
