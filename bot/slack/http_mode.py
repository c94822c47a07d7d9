"""HTTP mode: Slack's requests on our own server, each proven by its signature, none accepted twice."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_sdk.signature import Clock as SignatureClock
from slack_sdk.signature import SignatureVerifier

if TYPE_CHECKING:
    from slack_bolt.response import BoltResponse

    from bot.domain.clock import Clock
    from bot.slack.payload import Payload

LOG = logging.getLogger(__name__)

PATH = "/slack/events"
SIGNATURES_LAST = timedelta(minutes=5)
LARGEST = 1024 * 1024  # bytes: the largest form is a modal, and Slack takes none above 250 kB
READ_SECONDS = 5.0
SECONDS = re.compile("[0-9]{1,12}")

Answer = Callable[["Payload"], Awaitable["BoltResponse"]]


class HttpMode:
    """Takes events, commands and interactions at `PATH`. `answer` gets what is proven to come from Slack."""

    def __init__(
        self,
        answer: Answer,
        signing_secret: str,
        clock: Clock,
        sent: Callable[[Payload], None] = lambda _payload: None,
    ) -> None:
        self._answer = answer
        self._sent = sent
        self._clock = clock
        self._verifier = SignatureVerifier(signing_secret, _Seconds(clock))
        self._seen: dict[str, datetime] = {}

    def routes(self) -> list[web.RouteDef]:
        """What the web server serves."""
        return [web.post(PATH, self.receive)]

    async def receive(self, request: web.Request) -> web.StreamResponse:
        """One request of Slack's: 401 when it is forged, too old, or was sent before."""
        body = await _read(request)
        if _is_certificate_check(body):
            return web.Response()
        timestamp = request.headers.get("X-Slack-Request-Timestamp", "")
        signature = request.headers.get("X-Slack-Signature", "")
        if not self._valid(body, timestamp, signature):
            LOG.warning("a request without a valid signature was refused")
            return web.json_response({"error": "invalid signature"}, status=401)
        if self._is_repeated(signature):
            LOG.warning("a request that was sent before was refused")
            return web.json_response({"error": "repeated request"}, status=401)
        try:
            response = await self._proven(request, body.decode())
        except BaseException:
            _ = self._seen.pop(signature, None)  # it was not taken: Slack may send it again within the same second
            raise
        if response.status != HTTPStatus.OK:
            _ = self._seen.pop(signature, None)
        return response

    async def _proven(self, request: web.Request, body: str) -> web.StreamResponse:
        payload = _payload(body)
        if payload.get("type") == "url_verification":  # Slack sees that this address is ours
            return web.json_response({"challenge": str(payload.get("challenge", ""))})
        response = await to_aiohttp_response(await self._answer(payload))
        _ = await response.prepare(request)
        await response.write_eof()
        self._sent(payload)
        return response

    def _valid(self, body: bytes, timestamp: str, signature: str) -> bool:
        if not (SECONDS.fullmatch(timestamp) and signature and signature.isascii()):
            return False
        try:
            return self._verifier.is_valid(body=body, timestamp=timestamp, signature=signature)
        except UnicodeDecodeError:
            return False

    def _is_repeated(self, signature: str) -> bool:
        """Slack signs each retry anew: the same signature twice is somebody else's doing."""
        now = self._clock.now()
        while self._seen and (oldest := next(iter(self._seen))) and now - self._seen[oldest] > 2 * SIGNATURES_LAST:
            del self._seen[oldest]
        repeated = signature in self._seen
        _ = self._seen.setdefault(signature, now)
        return repeated


class _Seconds(SignatureClock):
    """Our clock, as the SDK's verifier reads it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def now(self) -> float:
        """Seconds since 1970."""
        return self._clock.now().timestamp()


async def _read(request: web.Request) -> bytes:
    """The body. Slack compresses nothing, sends no megabytes, and does not dawdle: what does is not answered to."""
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise web.HTTPUnsupportedMediaType(text="Slack's requests are not compressed.")
    if (request.content_length or 0) > LARGEST:
        raise web.HTTPRequestEntityTooLarge(LARGEST, request.content_length or 0)
    try:
        async with asyncio.timeout(READ_SECONDS):
            return await request.read()
    except TimeoutError:
        raise web.HTTPRequestTimeout(text="The request did not arrive in time.") from None


def _is_certificate_check(body: bytes) -> bool:
    """Whether Slack only looks at our certificate (`ssl_check`). It signs nothing then, and nothing is done."""
    return body.startswith((b"ssl_check=1", b"token=")) and ("ssl_check", "1") in parse_qsl(body.decode("latin-1"))


def _payload(body: str) -> dict[str, Any]:
    """What Slack says: JSON, a form with JSON in it, or the form itself.

    Not by Bolt, which loses each command in whose text the word "payload" stands.
    """
    try:
        if body.startswith("{"):
            return dict(json.loads(body))
        form = dict(parse_qsl(body, keep_blank_values=True))
        return dict(json.loads(form["payload"])) if "payload" in form else form
    except (ValueError, TypeError):
        raise web.HTTPBadRequest(text="This is nothing that Slack sends.") from None
