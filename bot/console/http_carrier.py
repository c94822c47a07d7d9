"""HTTP mode: envelopes as signed posts to the app's request URL."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

import aiohttp

from .delivery import Ack, Envelope, Outcome

if TYPE_CHECKING:
    from .clock import Clock

JSON: Final = "application/json"
FORM: Final = "application/x-www-form-urlencoded"


class HttpCarrier:
    """Posts to an address, signed with the app's signing secret."""

    def __init__(self, request_url: str, signing_secret: str, clock: Clock) -> None:
        self._url = request_url
        self._secret = signing_secret
        self._clock = clock
        self._http: aiohttp.ClientSession | None = None

    async def deliver(self, envelope: Envelope, seconds: float) -> Ack:
        """Posts an envelope; HTTP 200 in time acknowledges it, with its body as the payload."""
        kind, body = encoded(envelope)
        headers = {"Content-Type": kind, **self._signed(body)}
        if envelope.attempt:
            headers |= {"X-Slack-Retry-Num": str(envelope.attempt), "X-Slack-Retry-Reason": "http_timeout"}
        self._http = self._http or aiohttp.ClientSession(trust_env=False)
        timeout = aiohttp.ClientTimeout(total=seconds)
        try:
            async with self._http.post(self._url, data=body.encode(), headers=headers, timeout=timeout) as answer:
                text = await answer.text()
                return Ack(Outcome.ACKED if answer.ok else Outcome.NO_ACK, _payload(text) if answer.ok else None)
        except TimeoutError:
            return Ack(Outcome.NO_ACK)
        except aiohttp.ClientError:
            return Ack(Outcome.NOT_CONNECTED)

    async def close(self) -> None:
        """Closes the connections."""
        if self._http:
            await self._http.close()

    def _signed(self, body: str) -> dict[str, str]:
        timestamp = str(int(self._clock.now().timestamp()))
        base = f"v0:{timestamp}:{body}".encode()
        signature = hmac.new(self._secret.encode(), base, hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": f"v0={signature}"}


def encoded(envelope: Envelope) -> tuple[str, str]:
    """Content type and body of an envelope: events are JSON, commands a form, interactions JSON in a form."""
    if envelope.kind == "events_api":
        return JSON, json.dumps(envelope.payload)
    if envelope.kind == "slash_commands":
        return FORM, urlencode(envelope.payload)
    return FORM, urlencode({"payload": json.dumps(envelope.payload)})


def _payload(text: str) -> dict[str, object] | None:
    """A JSON object as it is; other words are a message, as for a slash command."""
    if not text.strip():
        return None
    try:
        payload = json.loads(text)
    except ValueError:
        return {"text": text}
    return payload if isinstance(payload, dict) and payload else None
