"""From an HTTP request to a method of the Web API and back."""

from __future__ import annotations

import hmac
import inspect
import json
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from bot.console.errors import ApiError, RateLimited

from . import apps, chat, conversations, files, marks, people, views
from .call import Call, Method, Services

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.console.tokens import Tokens

METHODS: Final[Mapping[str, Method]] = {
    **apps.METHODS,
    **chat.METHODS,
    **conversations.METHODS,
    **people.METHODS,
    **marks.METHODS,
    **views.METHODS,
    **files.METHODS,
}
# Granted to every app, and asked of none by a method above: what rules inside methods and manifests name.
FURTHER_SCOPES: Final = (
    "app_mentions:read",
    "commands",
    "groups:read",
    "groups:history",
    "im:history",
    "im:read",
)


def all_scopes() -> tuple[str, ...]:
    """Every scope that a served method asks for, and those of events and commands."""
    return tuple(sorted({*FURTHER_SCOPES, *(each.scope for each in METHODS.values() if each.scope)}))


@dataclass(slots=True)
class CallLog:
    """How often each method was called, and what was refused: the proof that an app sends only what Slack takes."""

    calls: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    last_refusals: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=200))
    without_text: int = 0

    def refused(self, what: str, refusal: ApiError) -> None:
        """Notes a refusal of a call, of an acknowledgement, or of a post to a response URL."""
        self.refusals[refusal.name] += 1
        self.last_refusals.append({"what": what, **refusal.answer()})


class WebApi:
    """Answers ``/api/<method>``."""

    def __init__(self, services: Callable[[], Services], tokens: Tokens, log: CallLog) -> None:
        self._services = services
        self._tokens = tokens
        self._log = log

    async def answer(self, request: web.Request) -> web.Response:
        """Serves one call. Refusals are answers, too: HTTP 200 with ``ok: false``."""
        name = request.match_info["method"]
        self._log.calls[name] += 1
        services = self._services()
        try:
            body = {"ok": True, **await self._called(name, request, services)}
        except RateLimited as refusal:
            self._log.refused(name, refusal)
            return rate_limited(refusal.retry_after)
        except ApiError as refusal:
            self._log.refused(name, refusal)
            body = refusal.answer()
        granted = ("connections:write",) if name == "apps.connections.open" else services.scopes
        return web.json_response(body, headers={"x-oauth-scopes": ",".join(granted)})

    async def _called(self, name: str, request: web.Request, services: Services) -> dict[str, Any]:
        method = METHODS.get(name)
        if method is None:
            raise ApiError("unknown_method", req_method=name)
        args = await arguments(request)
        self._authorise(method, _token_of(request, args), services)
        if name in {"chat.postMessage", "chat.update", "chat.postEphemeral"} and not args.get("text"):
            self._log.without_text += 1
        result = method.handler(Call(services, args))
        return await result if inspect.isawaitable(result) else result

    def _authorise(self, method: Method, token: str, services: Services) -> None:
        if method.token is None:
            return
        if not token:
            raise ApiError("not_authed")
        wanted, other = self._tokens.bot, self._tokens.app
        if method.token == "app":  # noqa: S105 - the kind of token, not a secret
            wanted, other = other, wanted
        if _same(token, other):
            raise ApiError("not_allowed_token_type")
        if not _same(token, wanted):
            raise ApiError("invalid_auth")
        if method.scope and method.scope not in services.scopes:
            raise ApiError("missing_scope", needed=method.scope, provided=",".join(services.scopes))


def rate_limited(seconds: int) -> web.Response:
    """Slack's answer to too many calls."""
    headers = {"Retry-After": str(seconds)}
    return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=headers)


def _same(given: str, known: str) -> bool:
    return hmac.compare_digest(given.encode(errors="replace"), known.encode())


def _token_of(request: web.Request, args: dict[str, Any]) -> str:
    header = request.headers.get("Authorization", "")
    return header.removeprefix("Bearer ").strip() if header.startswith("Bearer ") else str(args.pop("token", ""))


async def arguments(request: web.Request) -> dict[str, Any]:
    """The arguments of a call: a query string, and a body that is JSON or a form. The body wins."""
    args: dict[str, Any] = dict(request.query)
    if request.method != "POST":
        return args
    if request.content_type == "application/json":
        text = await request.text()
        try:
            body = json.loads(text or "{}")
        except ValueError:
            raise ApiError("invalid_json") from None
        if not isinstance(body, dict):
            raise ApiError("json_not_object")
        return args | body
    return args | {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
