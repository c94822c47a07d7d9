"""Socket Mode that never goes deaf.

Three things differ from the SDK's client. It keeps a URL that failed once and tries it for ever, although Slack makes
each for one use: here every attempt asks for its own. It closes the old socket before it opens the new one, and what
arrives between is lost: here the old one is read until it closes. Its first connect never returns while Slack is
down: here a task of our own keeps connecting, and `is_connected` says how it stands.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING

import aiohttp
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from bot.slack.client import error_of
from bot.slack.proxies import Proxies
from bot.slack.tasks import Tasks

if TYPE_CHECKING:
    from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
    from slack_sdk.web.async_client import AsyncWebClient

LOG = logging.getLogger(__name__)

Answer = Callable[[SocketModeRequest], Awaitable[BoltResponse]]
Sent = Callable[[SocketModeRequest], None]

CONNECT_SECONDS = 10.0
WAITS = (0.2, 0.5, 1.0, 2.0, 5.0)  # between attempts; the last one stays
DRAIN_SECONDS = 15.0
SHORT_SECONDS = 0.2  # a socket that lives no longer was as good as none
RESEND_SECONDS = 3.0


class SocketConnection(SocketModeClient):
    """One app's Socket Mode connection. Construct it inside the running loop; `run` keeps it connected."""

    def __init__(
        self,
        *,
        app_token: str,
        web_client: AsyncWebClient,
        answer: Answer,
        sent: Sent,
        ping_seconds: float = 10.0,
        proxies: Proxies | None = None,
    ) -> None:
        super().__init__(
            app_token=app_token,
            web_client=web_client,
            logger=logging.getLogger("bot.slack.socket"),
            auto_reconnect_enabled=False,
            ping_interval=ping_seconds,
        )
        self._proxies = proxies or Proxies()
        self._answer = answer
        self._sent = sent
        self._renew = asyncio.Event()
        self._ended = asyncio.Event()
        self._sockets = Tasks()
        self._envelopes = Tasks()
        self.fault = "not connected yet"
        self.socket_mode_request_listeners.append(self._handle)

    async def run(self) -> None:
        """Connect, and connect again whenever the socket ends or Slack announces that it will. Ends with `close`."""
        loop, failures = asyncio.get_running_loop(), 0
        while not self.closed:
            session = await self._open()
            if session is None:
                await asyncio.sleep(WAITS[min(failures, len(WAITS) - 1)])
                failures += 1
                continue
            failures, opened_at = 0, loop.time()
            self._adopt(session)
            _ = await self._renew.wait()
            if loop.time() - opened_at < SHORT_SECONDS:
                await asyncio.sleep(SHORT_SECONDS)  # Slack is not asked in a tight loop when sockets close at once

    async def connect(self) -> None:
        """Ask for a new connection; `run` makes it."""
        self._renew.set()

    async def connect_to_new_endpoint(self, force: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 - the SDK's own
        """Ask for a new connection; `run` makes it."""
        await self.connect()

    async def is_connected(self) -> bool:
        """Whether a socket is open. A half-open one is found and closed by the heartbeat."""
        return not self.closed and self.current_session is not None and not self.current_session.closed

    async def _open(self) -> aiohttp.ClientWebSocketResponse | None:
        """One attempt under a URL of its own; None when it failed."""
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                answer = await self.web_client.apps_connections_open(app_token=self.app_token)
                session = await self.aiohttp_client_session.ws_connect(
                    str(answer["url"]),
                    heartbeat=self.ping_interval,
                    proxy=self._proxies.of(str(answer["url"])),
                    max_msg_size=0,
                )
        except SlackApiError as refused:
            self._failed(f"Slack refuses a connection: {error_of(refused)}")
        except (TimeoutError, OSError, aiohttp.ClientError, KeyError) as lost:
            self._failed(f"Slack cannot be reached: {type(lost).__name__} {lost}".strip())
        else:
            if self.fault:
                LOG.info("connected to Slack")
            self.fault = ""
            return session
        return None

    def _failed(self, fault: str) -> None:
        if fault != self.fault:
            LOG.warning("%s; trying on", fault)
        self.fault = fault

    def _adopt(self, session: aiohttp.ClientWebSocketResponse) -> None:
        old, self.current_session = self.current_session, session
        self._renew.clear()
        ended, self._ended = self._ended, asyncio.Event()
        self._sockets.start(self._read(session, self._ended), "slack socket")
        if old is not None and not old.closed:
            self._sockets.start(_drain(old, ended), "slack socket drain")

    async def _read(self, session: aiohttp.ClientWebSocketResponse, ended: asyncio.Event) -> None:
        """Take in what a socket brings until it closes."""
        async for message in session:
            if message.type is not aiohttp.WSMsgType.TEXT:
                continue
            if '"disconnect"' in message.data and json.loads(message.data).get("type") == "disconnect":
                self._ask_for_another(session)
            else:
                await self.enqueue_message(message.data)
        ended.set()
        self._ask_for_another(session)

    def _ask_for_another(self, session: aiohttp.ClientWebSocketResponse) -> None:
        if session is self.current_session:
            self._renew.set()

    async def process_message(self) -> None:
        """Hand one frame on, in a task that is kept."""
        raw = await self.message_queue.get()
        frame = json.loads(raw) if raw and raw.startswith("{") else {}
        self._envelopes.start(self.run_message_listeners(frame, raw), "slack envelope")

    async def _handle(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        response = await self._answer(request)
        if response.status == HTTPStatus.OK:
            payload = json.loads(response.body) if response.body else None
            await client.send_socket_mode_response(SocketModeResponse(request.envelope_id, payload))
            self._sent(request)
        else:
            LOG.warning("a delivery was not acknowledged (%s)", response.status)

    async def send_message(self, message: str) -> None:
        """Send a frame, over the next socket when this one is gone: any socket of the app may acknowledge."""
        try:
            async with asyncio.timeout(RESEND_SECONDS):
                while True:
                    session = self.current_session
                    if session is not None and not session.closed:
                        try:
                            await session.send_str(message)
                        except ConnectionError:
                            LOG.debug("the socket closed while a frame was sent")
                        else:
                            return
                    await asyncio.sleep(0.05)
        except TimeoutError:
            LOG.warning("no socket to acknowledge over; Slack will say so to whoever waits")

    async def disconnect(self) -> None:
        """Close the current socket."""
        if self.current_session is not None:
            _ = await self.current_session.close()

    async def close(self) -> None:
        """Close for good."""
        self.closed = True
        self._renew.set()
        await self._envelopes.stop(grace_seconds=1.0)
        await self.disconnect()
        await self._sockets.stop()
        _ = self.message_processor.cancel()
        _ = await asyncio.gather(self.message_processor, return_exceptions=True)
        await self.aiohttp_client_session.close()


async def _drain(session: aiohttp.ClientWebSocketResponse, ended: asyncio.Event) -> None:
    """Leave a socket open for what is still on its way; Slack closes it, or we do."""
    with suppress(TimeoutError):
        async with asyncio.timeout(DRAIN_SECONDS):
            _ = await ended.wait()
    _ = await session.close()
