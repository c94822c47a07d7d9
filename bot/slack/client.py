"""The Web API client: one session, deadlines, retries where a repeat does no harm, the right proxy, the right token."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.proxies import Proxies

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slack_sdk.errors import SlackApiError
    from slack_sdk.http_retry.request import HttpRequest
    from slack_sdk.http_retry.response import HttpResponse
    from slack_sdk.http_retry.state import RetryState
    from slack_sdk.web.async_slack_response import AsyncSlackResponse

SLACK = "https://slack.com/api/"
CALL_SECONDS = 10.0
TRIES = 2  # after the first
SERVER_FAULT = 500
NO_PROXIES = Proxies()


def api_base(url: str) -> str:
    """The address under which methods stand, from what a person set: with `/api/` where they left it out."""
    base = url.strip() or SLACK
    if not urlsplit(base).path.strip("/"):
        base = base.rstrip("/") + "/api/"
    return base if base.endswith("/") else f"{base}/"


class Routing(Protocol):
    """Whose token a call takes, where the app is in several workspaces."""

    async def token_for(self, arguments: Mapping[str, Any]) -> str:
        """The token for a call with these arguments. Raises SlackApiError when no workspace has what it is about."""
        ...

    def opened(self, channel: str, token: str) -> None:
        """A direct message was opened with this token."""
        ...


class ServerFaultRetry(AsyncRetryHandler):
    """Tries again after any answer from 500 up."""

    async def _can_retry_async(
        self,
        *,
        state: RetryState,  # noqa: ARG002 - the interface names it
        request: HttpRequest,  # noqa: ARG002 - the interface names it
        response: HttpResponse | None = None,
        error: Exception | None = None,  # noqa: ARG002 - the interface names it
    ) -> bool:
        return response is not None and response.status_code >= SERVER_FAULT


def make_session() -> aiohttp.ClientSession:
    """One pool of connections for all calls."""
    return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=CALL_SECONDS))


class RoutedClient(AsyncWebClient):
    """A client whose calls each take the token of the workspace that they are about."""

    routing: Routing

    async def api_call(self, api_method: str, **given: Any) -> AsyncSlackResponse:
        """Call a method. Raises what the SDK's own raises."""
        arguments: dict[str, Any] = given.get("json") or given.get("params") or {}
        token = arguments.get("token") or await self.routing.token_for(arguments)
        where = "json" if given.get("json") is not None else "params"
        answer = await super().api_call(api_method, **{**given, where: {**arguments, "token": token}})
        if api_method == "conversations.open":
            self.routing.opened(str(answer["channel"]["id"]), token)
        return answer


def make_client(
    api_url: str,
    session: aiohttp.ClientSession,
    token: str = "",
    *,
    retrying: bool = True,
    proxies: Proxies = NO_PROXIES,
    routing: Routing | None = None,
) -> AsyncWebClient:
    """A client of the Web API. Without `retrying`, one call is one request: for posts, which must not appear twice."""
    base = api_base(api_url)
    lost = [aiohttp.ClientConnectionError, asyncio.TimeoutError]
    handlers: list[AsyncRetryHandler] = [
        AsyncRateLimitErrorRetryHandler(max_retry_count=TRIES),
        ServerFaultRetry(max_retry_count=TRIES),
        AsyncConnectionErrorRetryHandler(max_retry_count=TRIES, error_types=lost),
    ]
    client = (RoutedClient if routing else AsyncWebClient)(
        token=token or None,
        base_url=base,
        timeout=int(CALL_SECONDS),
        session=session,
        retry_handlers=handlers if retrying else [],
        logger=logging.getLogger("bot.slack.web"),
    )
    client.proxy = proxies.of(base)  # the SDK takes HTTP_PROXY even for loopback, and does not read NO_PROXY
    if isinstance(client, RoutedClient) and routing:
        client.routing = routing
    return client


def pause_of(refused: SlackApiError) -> float:
    """The seconds for which Slack asks to be left alone (Retry-After); 0 where it does not."""
    headers = {str(name).lower(): value for name, value in (getattr(refused.response, "headers", None) or {}).items()}
    try:
        return max(0.0, float(headers.get("retry-after", 0)))
    except (TypeError, ValueError):
        return 0.0


def error_of(refused: SlackApiError) -> str:
    """Slack's word for why it refused; what came instead where its answer is no JSON (a server's fault)."""
    data = getattr(refused.response, "data", None)
    if isinstance(data, dict) and data.get("error"):
        return str(data["error"])
    return f"status {getattr(refused.response, 'status_code', 'unknown')}"
