"""One workspace as a surface: its connection, its inbox, its outbox, its projector. The builder makes one for each."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.slack.authorize import Authorization
from bot.slack.client import make_client, make_session
from bot.slack.connection import SocketConnection
from bot.slack.dispatch import Dispatcher, middleware
from bot.slack.http_mode import HttpMode
from bot.slack.outbox import Outbox
from bot.slack.pace import Pace, Rates, Sleep
from bot.slack.poster import SlackPoster
from bot.slack.projector import Projector
from bot.slack.redacted import make_redact
from bot.slack.refused import report_to_lead
from bot.slack.reply import SlackReply
from bot.slack.tasks import Tasks
from bot.slack.wanted import content_digest
from bot.store.messages import WantedMessage

if TYPE_CHECKING:
    from collections.abc import Sequence

    import aiohttp
    from slack_bolt.response import BoltResponse
    from slack_sdk.socket_mode.request import SocketModeRequest
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.blocks.elements import Block
    from bot.domain.events import Source
    from bot.operations.desk import Desk
    from bot.slack.call import Routes
    from bot.slack.payload import Payload

LOG = logging.getLogger(__name__)

REFRESH_SECONDS = 15.0
REPLAY_SECONDS = 30.0
GRACE_SECONDS = 5.0
KEYS_LAST = timedelta(days=7)  # Slack sends nothing again after an hour


class SlackSurface:
    """A Slack workspace, or a server that speaks as one.

    `name` keeps its messages apart from those of another surface ("slack", "console"). `via` is how its people's acts
    are entered in the ledger. `alone`: no other process works on this inbox. No text that goes out holds one of the
    `secrets`. An empty `app_token` means HTTP mode: then `http.routes()` are to be served, and `signing_secret` proves
    what comes there.
    """

    def __init__(
        self,
        *,
        name: str,
        api_url: str,
        bot_token: str,
        app_token: str,
        via: Source,
        desk: Desk,
        routes: Routes,
        signing_secret: str = "",
        alone: bool = True,
        rates: Rates | None = None,
        ping_seconds: float = 10.0,
        refresh_seconds: float = REFRESH_SECONDS,
        secrets: Sequence[str] = (),
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self.name = name
        self._api_url = api_url
        self._bot_token = bot_token
        self._app_token = app_token
        self._via = via
        self._clean = make_redact([*secrets, bot_token, app_token, signing_secret])
        self._desk = desk
        self._routes = routes
        self._alone = alone
        self._rates = rates or Rates()
        self._ping_seconds = ping_seconds
        self._refresh_seconds = refresh_seconds
        self._sleep = sleep
        self.http = HttpMode(self._answer_http, signing_secret, desk.clock, self._sent) if signing_secret else None
        self._tasks = Tasks()
        self._work = Tasks()
        self._connection: SocketConnection | None = None
        self.fault = "not started"

    async def start(self) -> None:
        """Start every loop. Returns at once, also while Slack is down."""
        self._session: aiohttp.ClientSession = make_session()
        self._client: AsyncWebClient = make_client(self._api_url, self._session, self._bot_token)
        once = make_client(self._api_url, self._session, self._bot_token, retrying=False)
        self.authorization = Authorization(self._client, self._bot_token)
        self.outbox = Outbox(
            surface=self.name,
            messages=self._desk.store.messages,
            poster=SlackPoster(once, self._clean),
            pace=Pace(self._rates, self._desk.clock, self._sleep),
            sleep=self._sleep,
            clock=self._desk.clock,
            report=report_to_lead(self._client, self._desk),
        )
        self.projector = Projector(
            surface=self.name,
            desk=self._desk,
            messages=self._desk.store.messages,
            nudge=self.outbox.nudge,
            via=self._via,
            workspace_url=lambda: self.authorization.url,
        )
        self.dispatcher = Dispatcher(
            surface=self.name,
            routes=self._routes,
            desk=self._desk,
            inbox=self._desk.store.inbox,
            via=self._via,
            tasks=self._work,
            make_reply=self._reply,
            alone=self._alone,
        )
        self.app = self._make_app()
        self._tasks.start(self.authorization.learn(), f"{self.name} auth.test")
        self._tasks.keep(self.outbox.run, f"{self.name} outbox")
        self._tasks.keep(self._refresh, f"{self.name} refresh")
        self._tasks.keep(self._replay, f"{self.name} replay")
        if self._app_token:
            socket = make_client(self._api_url, self._session, self._bot_token, retrying=False)
            self._connection = SocketConnection(
                app_token=self._app_token,
                web_client=socket,
                answer=self._answer,
                sent=lambda request: self._sent(request.payload or {}),
                ping_seconds=self._ping_seconds,
            )
            self._tasks.keep(self._connection.run, f"{self.name} connection")

    async def stop(self) -> None:
        """Hear nothing more, let what was begun come to its end, and close."""
        if self._connection:
            await self._connection.close()
        await self._work.stop(GRACE_SECONDS)
        await self._tasks.stop()
        await self._session.close()

    async def healthy(self) -> bool:
        """Whether this surface hears and may speak; `fault` says why not."""
        connected = self._connection is None or await self._connection.is_connected()
        self.fault = self.authorization.fault
        if self._connection and not connected:
            self.fault = self._connection.fault or "the socket has closed"
        return not self.fault

    def _reply(self, payload: Payload) -> SlackReply:
        return SlackReply(self._client, self._session, payload, self._clean, self._tell_later)

    async def _tell_later(self, person: str, made: Block) -> None:
        """Put a direct message into the outbox, once for each thing that there is to say."""
        if person:
            now = self._desk.clock.now()
            key = f"tell/{person}/{content_digest(made)[:16]}/{now:%Y%m%dT%H%M}"
            _ = await self._desk.store.messages.want(self.name, WantedMessage(key, person, made, key), now)
            self.outbox.nudge()

    def _make_app(self) -> AsyncApp:
        app = AsyncApp(
            name="bringback",
            client=make_client(self._api_url, self._session),
            authorize=self.authorization,  # type: ignore[arg-type] # Bolt takes an AsyncAuthorize, and is typed otherwise
            signing_secret="",  # signatures are held against the clock and each other in HttpMode, before Bolt
            request_verification_enabled=False,
            process_before_response=True,
            logger=logging.getLogger("bot.slack.bolt"),
        )
        _ = app.use(middleware(self.dispatcher))
        return app

    async def _answer(self, request: SocketModeRequest) -> BoltResponse:
        bolt = AsyncBoltRequest(mode="socket_mode", body=request.payload or {})
        return await self.app.async_dispatch(bolt)

    def _sent(self, body: Payload) -> None:
        self.dispatcher.acknowledged(body)

    async def _answer_http(self, request: AsyncBoltRequest) -> BoltResponse:
        return await self.app.async_dispatch(request)

    async def _refresh(self) -> None:
        while True:
            await self.projector.refresh()
            await asyncio.sleep(self._refresh_seconds)

    async def _replay(self) -> None:
        _ = await self.authorization.known.wait()
        _ = await self.dispatcher.replay(at_start=True)
        while True:
            await asyncio.sleep(REPLAY_SECONDS)
            _ = await self.dispatcher.replay()
            _ = await self._desk.store.inbox.forget(self._desk.clock.now() - KEYS_LAST)
