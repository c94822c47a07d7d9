"""One workspace as a surface: its connection, its inbox, its outbox, its projector. The builder makes one for each."""

from __future__ import annotations

import asyncio
import json
import logging
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.request.internals import extract_enterprise_id, extract_team_id

from bot.domain.errors import BringbackError
from bot.slack.authorize import Authorization
from bot.slack.client import make_client, make_session
from bot.slack.connection import SocketConnection
from bot.slack.dispatch import Dispatcher, middleware
from bot.slack.ear import Ear
from bot.slack.http_mode import HttpMode
from bot.slack.installations import SealedInstallations, StoredStates
from bot.slack.oauth import Installer, OAuthApp
from bot.slack.outbox import Outbox
from bot.slack.pace import Pace, Rates, Sleep
from bot.slack.poster import SlackPoster
from bot.slack.projector import Projector
from bot.slack.proxies import Proxies
from bot.slack.redacted import Secrets, make_redact
from bot.slack.refused import report_to_lead
from bot.slack.reply import SlackReply
from bot.slack.seal import Seal
from bot.slack.tasks import Tasks
from bot.slack.wanted import content_digest
from bot.slack.workspaces import OneOf, Workspaces
from bot.store.messages import WantedMessage

if TYPE_CHECKING:
    from collections.abc import Mapping

    import aiohttp
    from slack_bolt.response import BoltResponse
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.blocks.elements import Block
    from bot.domain.events import Source
    from bot.operations.desk import Desk
    from bot.slack.call import Routes
    from bot.slack.client import Routing
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
    what comes there. With `oauth` the app may be in several workspaces, each with a token that OAuth brought;
    `public_url` is where browsers reach the pages for that.
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
        oauth: OAuthApp | None = None,
        public_url: str = "",
        proxies: Proxies | None = None,
        alone: bool = True,
        rates: Rates | None = None,
        ping_seconds: float = 10.0,
        refresh_seconds: float = REFRESH_SECONDS,
        secrets: Secrets = (),
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self.name = name
        self._api_url = api_url
        self._bot_token = bot_token
        self._app_token = app_token
        self._via = via
        self._clean = make_redact(secrets, bot_token, app_token, signing_secret)
        self._oauth = oauth
        self._public_url = public_url
        self._proxies = proxies or Proxies()
        self._installer: Installer | None = None
        self._workspaces: Workspaces | None = None
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
        self._ear: Ear | None = None
        self.fault = "not started"

    async def start(self) -> None:
        """Start every loop. Returns at once, also while Slack is down."""
        self._loop = asyncio.get_running_loop()
        self._session: aiohttp.ClientSession = make_session()
        self._bare = make_client(self._api_url, self._session, proxies=self._proxies)
        if self._oauth:
            self._workspaces = self._install(self._oauth)
        self.authorization = self._workspaces or Authorization(self._make_client(), self._bot_token)
        self._client = self._make_client()
        once = self._make_client(retrying=False)
        self.outbox = Outbox(
            surface=self.name,
            messages=self._desk.store.messages,
            poster=SlackPoster(once, self._clean),
            pace=Pace(self._rates, self._desk.clock, self._sleep),
            sleep=self._sleep,
            clock=self._desk.clock,
            report=report_to_lead(self._tell_once, self._desk),
        )
        self.projector = Projector(
            surface=self.name,
            desk=self._desk,
            messages=self._desk.store.messages,
            nudge=self.outbox.nudge,
            via=self._via,
            workspace_url=self.authorization.url,
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
        self._tasks.keep(self.authorization.learn, f"{self.name} authorization")
        self._tasks.keep(self.outbox.run, f"{self.name} outbox")
        self._tasks.keep(self._refresh, f"{self.name} refresh")
        self._tasks.keep(self._replay, f"{self.name} replay")
        if self._app_token:
            self._ear = Ear(self._connection, f"{self.name} ear")
            self._ear.start()

    async def stop(self) -> None:
        """Hear nothing more, let what was begun come to its end, and close."""
        if self._ear:
            await self._ear.stop()
        await self._work.stop(GRACE_SECONDS)
        await self._tasks.stop()
        await self._session.close()

    async def healthy(self) -> bool:
        """Whether this surface hears and may speak; `fault` says why not."""
        self.fault = (self._ear.fault if self._ear else "") or self.authorization.fault
        return not self.fault

    @property
    def installs(self) -> bool:
        """Whether workspaces install the app by OAuth."""
        return self._oauth is not None

    async def begin(self) -> tuple[str, str]:
        """Begin an installation: where to send the browser, and the state that it has to bring back."""
        return await self._ready().begin()

    async def finish(self, state: str, code: str) -> str:
        """End an installation; returns the name of the workspace. Raises BringbackError."""
        return await self._ready().finish(state, code)

    def _ready(self) -> Installer:
        if self._installer is None:
            raise BringbackError("The bot is starting.", "Try again in a moment.")
        return self._installer

    def _install(self, oauth: OAuthApp) -> Workspaces:
        """The workspaces in which the app is, and what installs it into more."""
        store = self._desk.store
        kept = SealedInstallations(store.installations, Seal(oauth.client_secret))
        workspaces = Workspaces(oauth, kept, self._bare, f"{self._public_url}/slack/install")
        self._installer = Installer(
            app=oauth,
            client=self._bare,
            installations=kept,
            states=StoredStates(store.oauth_states, self._desk.clock),
            clock=self._desk.clock,
            public_url=self._public_url,
            installed=workspaces.forget,
        )
        return workspaces

    def _make_client(self, *, retrying: bool = True, routing: Routing | None = None) -> AsyncWebClient:
        return make_client(
            self._api_url,
            self._session,
            self._bot_token,
            retrying=retrying,
            proxies=self._proxies,
            routing=routing or self._workspaces,
        )

    def _reply(self, payload: Payload) -> SlackReply:
        client = self._client
        if self._workspaces:
            body = dict(payload)
            whose = OneOf(self._workspaces, extract_team_id(body), extract_enterprise_id(body), self._bare)
            client = self._make_client(routing=whose)
        return SlackReply(client, self._session, payload, self._clean, self._tell_later)

    async def _tell_later(self, person: str, made: Block) -> None:
        """Put a direct message into the outbox, once for each thing that there is to say."""
        now = self._desk.clock.now()
        await self._tell_once(f"tell/{person}/{content_digest(made)[:16]}/{now:%Y%m%dT%H%M}", person, made)

    async def _tell_once(self, key: str, person: str, made: Block) -> None:
        if person:
            now = self._desk.clock.now()
            _ = await self._desk.store.messages.want(self.name, WantedMessage(key, person, made, key), now)
            self.outbox.nudge()

    def _make_app(self) -> AsyncApp:
        app = AsyncApp(
            name="bringback",
            client=self._bare,
            authorize=self.authorization,  # type: ignore[arg-type] # Bolt takes an AsyncAuthorize, and is typed otherwise
            signing_secret="",  # signatures are held against the clock and each other in HttpMode, before Bolt
            request_verification_enabled=False,
            process_before_response=True,
            logger=logging.getLogger("bot.slack.bolt"),
        )
        _ = app.use(middleware(self.dispatcher))
        return app

    def _connection(self, session: aiohttp.ClientSession) -> SocketConnection:
        return SocketConnection(
            app_token=self._app_token,
            web_client=make_client(self._api_url, session, retrying=False, proxies=self._proxies),
            session=session,
            answer=self._answer_from_anywhere if self._workspaces else self.dispatcher.hear,
            sent=self._sent,
            ping_seconds=self._ping_seconds,
            proxies=self._proxies,
        )

    def _sent(self, body: Payload) -> None:
        self.dispatcher.acknowledged(body)

    async def _answer_from_anywhere(self, payload: Payload) -> Mapping[str, Any] | None:
        """In the ear, where the app may be in several workspaces: Bolt sees to it that only those are heard."""
        answering = asyncio.run_coroutine_threadsafe(self._answer_http(payload), self._loop)
        response = await asyncio.wrap_future(answering)
        if response.status != HTTPStatus.OK:
            raise ConnectionError(f"a delivery is not acknowledged ({response.status})")
        return dict(json.loads(response.body)) if response.body else None

    async def _answer_http(self, payload: Payload) -> BoltResponse:
        return await self.app.async_dispatch(AsyncBoltRequest(mode="socket_mode", body=dict(payload)))

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
