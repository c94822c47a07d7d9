"""HTTP mode: Slack's requests on our own server, each proven by its signature, none accepted twice."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.signature import Clock as SignatureClock
from slack_sdk.signature import SignatureVerifier

if TYPE_CHECKING:
    from bot.domain.clock import Clock

LOG = logging.getLogger(__name__)

PATH = "/slack/events"
SIGNATURES_LAST = timedelta(minutes=5)


Answer = Callable[[AsyncBoltRequest], Awaitable[BoltResponse]]


class HttpMode:
    """Takes events, commands and interactions at `PATH`. `answer` gets what is proven to come from Slack."""

    def __init__(
        self,
        answer: Answer,
        signing_secret: str,
        clock: Clock,
        sent: Callable[[Mapping[str, Any]], None] = lambda _body: None,
    ) -> None:
        self._answer = answer
        self._sent = sent
        self._clock = clock
        self._verifier = SignatureVerifier(signing_secret, _Seconds(clock))
        self._seen: dict[str, datetime] = {}

    def routes(self) -> list[web.RouteDef]:
        """What the web server serves."""
        return [web.post(PATH, self.receive)]

    async def receive(self, request: web.Request) -> web.Response:
        """One request of Slack's: 401 when it is forged, too old, or was sent before."""
        body = await request.read()
        timestamp = request.headers.get("X-Slack-Request-Timestamp", "")
        signature = request.headers.get("X-Slack-Signature", "")
        if not self._valid(body, timestamp, signature):
            LOG.warning("a request without a valid signature was refused")
            return web.json_response({"error": "invalid signature"}, status=401)
        if self._is_repeated(signature):
            LOG.warning("a request that was sent before was refused")
            return web.json_response({"error": "repeated request"}, status=401)
        challenge = _challenge(body)
        if challenge is not None:
            return web.json_response({"challenge": challenge})
        asked = AsyncBoltRequest(body=body.decode(), query=request.query_string, headers=dict(request.headers))
        response = await to_aiohttp_response(await self._answer(asked))
        _ = await response.prepare(request)
        await response.write_eof()
        self._sent(asked.body)
        return response

    def _valid(self, body: bytes, timestamp: str, signature: str) -> bool:
        if not (timestamp.isascii() and timestamp.isdigit() and signature and signature.isascii()):
            return False
        try:
            return self._verifier.is_valid(body=body, timestamp=timestamp, signature=signature)
        except UnicodeDecodeError:
            return False

    def _is_repeated(self, signature: str) -> bool:
        """Slack signs each retry anew: the same signature twice is somebody else's doing."""
        now = self._clock.now()
        self._seen = {known: at for known, at in self._seen.items() if now - at < 2 * SIGNATURES_LAST}
        repeated = signature in self._seen
        self._seen[signature] = now
        return repeated


class _Seconds(SignatureClock):
    """Our clock, as the SDK's verifier reads it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def now(self) -> float:
        """Seconds since 1970."""
        return self._clock.now().timestamp()


def _challenge(body: bytes) -> str | None:
    """What Slack sends to see that this address is ours; None for anything else."""
    if not body.startswith(b"{"):
        return None
    try:
        asked = json.loads(body)
    except ValueError:
        return None
    return str(asked.get("challenge", "")) if asked.get("type") == "url_verification" else None
