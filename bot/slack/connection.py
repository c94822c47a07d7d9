"""Socket Mode that never goes deaf.

The SDK's client keeps a URL that failed once and tries it for ever, although Slack makes each for one use: here every
attempt asks for its own. It closes the old socket before it opens the new one, and what arrives between is lost: here
the old one is read until it closes. Its first connect never returns while Slack is down: here a task of our own keeps
connecting, and `fault` says how it stands. And it looks at every frame three times before anybody answers it.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.slack.client import error_of, pause_of
from bot.slack.proxies import Proxies
from bot.slack.tasks import Tasks

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.slack.payload import Payload

LOG = logging.getLogger(__name__)

Answer = Callable[["Payload"], Awaitable[Mapping[str, Any] | None]]
"""Commits a delivery; returns what its acknowledgement carries. What it raises leaves the delivery unacknowledged."""

Sent = Callable[["Payload"], None]
Socket = aiohttp.ClientWebSocketResponse

CONNECT_SECONDS = 10.0
WAITS = (0.2, 0.5, 1.0, 2.0, 5.0)  # between attempts; the last one stays
DRAIN_SECONDS = 15.0
SHORT_SECONDS = 0.2  # a socket that lives no longer was as good as none
UNWANTED = frozenset({"link_disabled", "too_many_websockets"})  # why Slack closes one that it would not have opened
RESEND_SECONDS = 3.0
CLOSE_SECONDS = 1.0


class SocketConnection:
    """One app's Socket Mode connection. Construct it inside the running loop; `run` keeps it connected.

    `web_client` and `session` are used in this loop alone. `sent` hears of each delivery once its acknowledgement has
    left, or cannot.
    """

    def __init__(
        self,
        *,
        app_token: str,
        web_client: AsyncWebClient,
        session: aiohttp.ClientSession,
        answer: Answer,
        sent: Sent,
        ping_seconds: float = 10.0,
        proxies: Proxies | None = None,
    ) -> None:
        self._app_token = app_token
        self._web_client = web_client
        self._session = session
        self._answer = answer
        self._sent = sent
        self._ping_seconds = ping_seconds
        self._proxies = proxies or Proxies()
        self._socket: Socket | None = None
        self._closed = False
        self._renew = asyncio.Event()
        self._ended = asyncio.Event()
        self._pause_seconds = 0.0
        self._unwanted = False
        self._sockets = Tasks()
        self._envelopes = Tasks()
        self.fault = "not connected yet"

    @property
    def connected(self) -> bool:
        """Whether a socket is open. A half-open one is found and closed by the heartbeat. Any thread may ask."""
        return not self._closed and self._socket is not None and not self._socket.closed

    async def run(self) -> None:
        """Connect, and connect again whenever the socket ends or Slack announces that it will. Ends with `close`."""
        loop, failures = asyncio.get_running_loop(), 0
        while not self._closed:
            socket = await self._open()
            opened_at = loop.time()
            if socket is not None:
                self._adopt(socket)
                _ = await self._renew.wait()
            # Slack is not asked in a tight loop when sockets close as soon as they are open.
            good = socket is not None and not self._unwanted and loop.time() - opened_at >= SHORT_SECONDS
            failures, self._unwanted = 0 if good else failures + 1, False
            if failures and not self._closed:
                await asyncio.sleep(max(self._pause_seconds, WAITS[min(failures, len(WAITS)) - 1]))

    async def _open(self) -> Socket | None:
        """One attempt under a URL of its own; None when it failed."""
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                answer = await self._web_client.apps_connections_open(app_token=self._app_token)
                url = str(answer["url"])
                socket = await self._session.ws_connect(
                    url, heartbeat=self._ping_seconds, proxy=self._proxies.of(url), max_msg_size=0
                )
        except SlackApiError as refused:
            self._pause_seconds = pause_of(refused)
            self._failed(f"Slack refuses a connection: {error_of(refused)}")
        except (TimeoutError, OSError, aiohttp.ClientError, KeyError, ValueError) as lost:
            self._failed(f"Slack cannot be reached: {type(lost).__name__} {lost}".strip())
        else:
            if self.fault:
                LOG.info("connected to Slack")
            self.fault, self._pause_seconds = "", 0.0
            return socket
        return None

    def _failed(self, fault: str) -> None:
        if fault != self.fault:
            LOG.warning("%s; trying on", fault)
        self.fault = fault

    def _adopt(self, socket: Socket) -> None:
        old, self._socket = self._socket, socket
        self._renew.clear()
        ended, self._ended = self._ended, asyncio.Event()
        self._sockets.start(self._read(socket, self._ended), "slack socket")
        if old is not None and not old.closed:
            self._sockets.start(_drain(old, ended), "slack socket drain")

    async def _read(self, socket: Socket, ended: asyncio.Event) -> None:
        """Take in what a socket brings until it closes."""
        try:
            async for message in socket:
                self._heed(socket, _frame(message))
        finally:  # an open socket that nobody reads would be taken for a healthy one
            ended.set()
            self._ask_for_another(socket)
            _ = await socket.close()

    def _heed(self, socket: Socket, frame: Mapping[str, Any]) -> None:
        if "envelope_id" in frame:
            self._envelopes.start(self._take(socket, frame), "slack envelope")
        elif frame.get("type") == "disconnect":
            LOG.info("Slack will close the socket: %s", frame.get("reason"))
            self._unwanted = frame.get("reason") in UNWANTED
            self._ask_for_another(socket)

    def _ask_for_another(self, socket: Socket) -> None:
        if socket is self._socket:
            self._renew.set()

    async def _take(self, socket: Socket, frame: Mapping[str, Any]) -> None:
        """Have a delivery committed, and acknowledge it."""
        payload = frame.get("payload")
        if not isinstance(payload, Mapping):
            payload = {}
        carried = await self._answer(payload)
        ack = {"envelope_id": frame["envelope_id"], **({"payload": carried} if carried else {})}
        try:
            await self._acknowledge(socket, json.dumps(ack))
        finally:
            self._sent(payload)

    async def _acknowledge(self, socket: Socket, frame: str) -> None:
        """Send over the socket it came by, or over the next one: any socket of the app may acknowledge."""
        try:
            async with asyncio.timeout(RESEND_SECONDS):
                while not await _send(socket, frame):
                    await asyncio.sleep(0.05)
                    socket = self._socket or socket
        except TimeoutError:
            LOG.warning("no socket to acknowledge over; Slack will say so to whoever waits")

    async def close(self) -> None:
        """Close for good, once what arrived is acknowledged."""
        self._closed = True
        self._renew.set()
        await self._envelopes.stop(CLOSE_SECONDS)
        if self._socket is not None:
            _ = await self._socket.close()
        await self._sockets.stop()


def _frame(message: aiohttp.WSMessage) -> Mapping[str, Any]:
    """What a socket brought; nothing where it is no JSON object."""
    if message.type is not aiohttp.WSMsgType.TEXT:
        return {}
    try:
        frame = json.loads(message.data)
    except (ValueError, RecursionError):
        return {}
    return frame if isinstance(frame, dict) else {}


async def _send(socket: Socket, frame: str) -> bool:
    """Whether the frame left."""
    if socket.closed:
        return False
    try:
        await socket.send_str(frame)
    except ConnectionError:
        LOG.debug("the socket closed while a frame was sent")
        return False
    return True


async def _drain(socket: Socket, ended: asyncio.Event) -> None:
    """Leave a socket open for what is still on its way; Slack closes it, or we do."""
    with suppress(TimeoutError):
        async with asyncio.timeout(DRAIN_SECONDS):
            _ = await ended.wait()
    _ = await socket.close()
