"""Writing messages: the port that the outbox needs, and Slack behind it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

import aiohttp
from slack_sdk.errors import SlackApiError, SlackRequestError

from bot.slack.client import pause_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slack_sdk.web.async_client import AsyncWebClient
    from slack_sdk.web.async_slack_response import AsyncSlackResponse

    from bot.slack.redacted import Redact

EVENT_TYPE = "bringback_message"
LOOK_BACK = timedelta(minutes=5)  # the clocks of two machines
PEOPLE = ("U", "W")  # how ids of people begin
TOO_MANY = 429
SERVER_FAULT = 500
UNSAID_SECONDS = 30.0  # a pause whose length Slack does not say
_PASSING = frozenset(
    {"internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org", "accesslimited"}
)


class SlackRefused(Exception):
    """Slack answered, and did nothing. `error` is its word for why."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


class SlackBusy(Exception):
    """Slack asks for a pause of so many seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"retry after {seconds} s")
        self.seconds = seconds


class SlackSilent(Exception):
    """No answer, or none that tells whether it was done."""


class Poster(Protocol):
    """Writes messages. Every method raises SlackRefused, SlackBusy or SlackSilent."""

    async def post(self, channel: str, payload: Mapping[str, Any], thread_ts: str, key: str) -> str:
        """Post a message that carries our key; returns its timestamp."""
        ...

    async def update(self, channel: str, ts: str, payload: Mapping[str, Any], key: str) -> None:
        """Change a message."""
        ...

    async def pin(self, channel: str, ts: str) -> None:
        """Pin a message."""
        ...

    async def find(self, channel: str, thread_ts: str, key: str, since: datetime) -> str:
        """The timestamp of the message that carries our key; empty when there is none."""
        ...


class SlackPoster:
    """Slack, over a client that makes one request a call. `clean` takes secrets out."""

    def __init__(self, client: AsyncWebClient, clean: Redact) -> None:
        self._client = client
        self._clean = clean
        self._direct: dict[str, str] = {}

    async def post(self, channel: str, payload: Mapping[str, Any], thread_ts: str, key: str) -> str:
        """Post a message."""
        body: dict[str, Any] = {
            "channel": channel,
            "unfurl_links": False,
            "unfurl_media": False,
            "metadata": _metadata(key),
        }
        body |= self._clean(payload)
        if thread_ts:
            body["thread_ts"] = thread_ts
        answer = await self._call("chat.postMessage", json=body)
        if not answer.get("ts"):
            raise SlackSilent("an answer that does not say where the message is")
        return str(answer["ts"])

    async def update(self, channel: str, ts: str, payload: Mapping[str, Any], key: str) -> None:
        """Change a message; without blocks, those it had go."""
        conversation = await self._conversation(channel)
        body = {"channel": conversation, "ts": ts, "metadata": _metadata(key), **self._clean(payload)}
        _ = await self._call("chat.update", json=body)

    async def pin(self, channel: str, ts: str) -> None:
        """Pin a message; one that is pinned stays so."""
        try:
            _ = await self._call("pins.add", params={"channel": channel, "timestamp": ts})
        except SlackRefused as refused:
            if refused.error != "already_pinned":
                raise

    async def find(self, channel: str, thread_ts: str, key: str, since: datetime) -> str:
        """Look through what was said since shortly before then."""
        method = "conversations.replies" if thread_ts else "conversations.history"
        params: dict[str, Any] = {
            "channel": await self._conversation(channel),
            "oldest": f"{(since - LOOK_BACK).timestamp():.6f}",
            "include_all_metadata": "true",
            "limit": 200,
            **({"ts": thread_ts} if thread_ts else {}),
        }
        while True:
            answer = await self._call(method, params=params)
            messages: list[dict[str, Any]] = answer.get("messages", [])
            for said in messages:
                if (said.get("metadata") or {}).get("event_payload", {}).get("key") == key:
                    return str(said["ts"])
            params["cursor"] = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if not params["cursor"]:
                return ""

    async def _conversation(self, channel: str) -> str:
        """The conversation of a channel's id, or of a person's: only posting takes a person's id as it is."""
        if not channel.startswith(PEOPLE):
            return channel
        if channel not in self._direct:
            answer = await self._call("conversations.open", params={"users": channel})
            self._direct[channel] = str(answer["channel"]["id"])
        return self._direct[channel]

    async def _call(self, method: str, **arguments: Any) -> AsyncSlackResponse:
        try:
            return await self._client.api_call(method, **arguments)
        except SlackApiError as refused:
            raise meaning(refused) from refused
        except (aiohttp.ClientError, SlackRequestError, TimeoutError, OSError, ValueError) as lost:
            raise SlackSilent(f"{type(lost).__name__} {lost}".strip()) from lost


def _metadata(key: str) -> dict[str, Any]:
    return {"event_type": EVENT_TYPE, "event_payload": {"key": key}}


def meaning(refused: SlackApiError) -> Exception:
    """What a refusal comes to: SlackBusy, SlackSilent, or SlackRefused when Slack will say the same again."""
    response = refused.response
    status = getattr(response, "status_code", 0) or 0
    data = getattr(response, "data", None)
    error = str(data.get("error", "")) if isinstance(data, dict) else ""
    if status == TOO_MANY or error in {"ratelimited", "rate_limited", "message_limit_exceeded"}:
        return SlackBusy(pause_of(refused) or UNSAID_SECONDS)
    if status >= SERVER_FAULT or not error or error in _PASSING:
        return SlackSilent(error or f"status {status}")
    return SlackRefused(error)
