"""All workspaces in which the app is installed: whose token a call takes, and who the bot is in each."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.slack.poster import PEOPLE, SlackRefused, meaning

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slack_bolt.context.async_context import AsyncBoltContext
    from slack_sdk.oauth.installation_store import Bot
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.slack.installations import SealedInstallations
    from bot.slack.oauth import OAuthApp

LOG = logging.getLogger(__name__)

KNOWN_SECONDS = 5.0
"""For so long what was read of the installations is believed: another process may have removed one."""

NOWHERE = "The app is installed in no workspace yet: open {install}."


class Workspaces(AsyncAuthorize):
    """Bolt asks it who the bot is in a workspace; a client asks it for the token of a channel or a person.

    `client` has no token of its own: it looks which workspace has a channel. `install` is the address of the page from
    which the app is installed.
    """

    def __init__(
        self, app: OAuthApp, installations: SealedInstallations, client: AsyncWebClient, install: str = "/slack/install"
    ) -> None:
        self._app = app
        self._installations = installations
        self._client = client
        self._bots: list[Bot] = []
        self._read_at: float | None = None
        self._homes: dict[str, str] = {}
        self._lock = asyncio.Lock()
        self._nowhere = NOWHERE.format(install=install)
        self.known = asyncio.Event()
        self.fault = self._nowhere

    async def learn(self) -> None:
        """Keep looking where the app is installed: what is found stands in `known` and `fault`."""
        while True:
            _ = await self.bots()
            await asyncio.sleep(KNOWN_SECONDS)

    def forget(self) -> None:
        """Installations have changed: read them anew at the next call."""
        self._read_at = None

    async def bots(self) -> list[Bot]:
        """The bots of all workspaces that may have the app."""
        now = asyncio.get_running_loop().time()
        async with self._lock:
            if self._read_at is None or now - self._read_at > KNOWN_SECONDS:
                found = await self._installations.all_bots()
                self._bots = [bot for bot in found if self._app.allows(bot.team_id, bot.enterprise_id)]
                self._read_at = now
                tokens = {bot.bot_token for bot in self._bots}
                self._homes = {about: token for about, token in self._homes.items() if token in tokens}
                self.fault = "" if self._bots else self._nowhere
                if self._bots:
                    self.known.set()
                else:
                    self.known.clear()
        return self._bots

    async def __call__(
        self,
        *,
        context: AsyncBoltContext,  # noqa: ARG002 - the interface names it
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None,  # noqa: ARG002 - the interface names it
        actor_enterprise_id: str | None = None,  # noqa: ARG002 - the interface names it
        actor_team_id: str | None = None,  # noqa: ARG002 - the interface names it
        actor_user_id: str | None = None,  # noqa: ARG002 - the interface names it
    ) -> AuthorizeResult | None:
        """Who the bot is there; None where the app is not installed."""
        bot = await self.bot_of(team_id, enterprise_id)
        if bot is None:
            return None
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            url=_url(bot),
            bot_token=bot.bot_token,
            bot_id=bot.bot_id,
            bot_user_id=bot.bot_user_id,
        )

    async def bot_of(self, team: str | None, enterprise: str | None) -> Bot | None:
        """The bot of a workspace, else that of its whole organisation; None where the app is not installed."""
        bots = await self.bots()
        of_team = (bot for bot in bots if team and bot.team_id == team)
        of_organisation = (bot for bot in bots if enterprise and bot.enterprise_id == enterprise)
        return next(of_team, None) or next(of_organisation, None)

    def url(self, channel: str) -> str:
        """The address of the workspace that has this channel; empty before that is known."""
        token = self._homes.get(channel) or (self._bots[0].bot_token if len(self._bots) == 1 else "")
        return next((_url(bot) for bot in self._bots if bot.bot_token == token), "")

    async def token_for(self, arguments: Mapping[str, Any]) -> str:
        """The token of the workspace that has what a call is about: its channel, or its person.

        Raises SlackApiError where none has it, ConnectionError while the app is in none.
        """
        about = str(arguments.get("channel") or arguments.get("users") or arguments.get("user") or "")
        bots = await self.bots()
        if not bots:
            raise ConnectionError(self._nowhere)
        if len(bots) == 1:
            return bots[0].bot_token
        if about not in self._homes:
            for bot in bots if about else ():
                if await self._has(bot.bot_token, about):
                    self._homes[about] = bot.bot_token
                    break
        if about not in self._homes:
            raise refusal("channel_not_found", self._client)
        return self._homes[about]

    def opened(self, channel: str, token: str) -> None:
        """A direct message belongs to the workspace in which it was opened."""
        self._homes[channel] = token

    async def _has(self, token: str, about: str) -> bool:
        try:
            if about.startswith(PEOPLE):
                _ = await self._client.users_info(token=token, user=about)
            else:
                _ = await self._client.conversations_info(token=token, channel=about)
        except SlackApiError as refused:
            if not isinstance(meaning(refused), SlackRefused):  # it did not say: not to be taken for a no
                raise
            LOG.debug("%s is not in this workspace: %s", about, refused)
            return False
        return True


class OneOf:
    """The routing of what answers one delivery: all of it goes to the workspace from which that came."""

    def __init__(
        self, workspaces: Workspaces, team: str | None, enterprise: str | None, client: AsyncWebClient
    ) -> None:
        self._workspaces = workspaces
        self._team = team
        self._enterprise = enterprise
        self._client = client

    async def token_for(self, _arguments: Mapping[str, Any]) -> str:
        """The token of that workspace. Raises SlackApiError where the app is no longer installed there."""
        bot = await self._workspaces.bot_of(self._team, self._enterprise)
        if bot is None:
            raise refusal("account_inactive", self._client)
        return bot.bot_token

    def opened(self, channel: str, token: str) -> None:
        """A direct message belongs to the workspace in which it was opened."""
        self._workspaces.opened(channel, token)


def refusal(error: str, client: AsyncWebClient) -> SlackApiError:
    """Slack's own word for what would come of a call that is not made."""
    data = {"ok": False, "error": error}
    response = AsyncSlackResponse(
        client=client, http_verb="POST", api_url=client.base_url, req_args={}, data=data, headers={}, status_code=200
    )
    return SlackApiError(error, response)  # type: ignore[no-untyped-call] # the SDK left its types out


def _url(bot: Bot) -> str:
    return str(bot.custom_values.get("url") or "")
