"""Installing the app into a workspace by OAuth: where a browser is sent, and what becomes of what it brings back."""

from __future__ import annotations

import base64
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth.installation_store import Installation

from bot.domain.errors import BringbackError, NotAllowed
from bot.slack.client import api_base, error_of
from bot.slack.manifest import REDIRECT_PATH, SCOPES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from slack_sdk.web.async_client import AsyncWebClient

    from bot.domain.clock import Clock
    from bot.slack.installations import SealedInstallations, StoredStates

LOG = logging.getLogger(__name__)

ANY = "*"


class InstallRefused(BringbackError):
    """An installation did not come about."""


@dataclass(frozen=True, slots=True)
class OAuthApp:
    """The app as Slack knows it. `teams`: ids of the workspaces that may install it, or `*`."""

    client_id: str
    client_secret: str
    teams: tuple[str, ...]

    def allows(self, *ids: str | None) -> bool:
        """Whether a workspace, or its organisation, may have the app."""
        return ANY in self.teams or any(one in self.teams for one in ids if one)


class Installer:
    """Begins installations and ends them. `client` has no token of its own."""

    def __init__(
        self,
        *,
        app: OAuthApp,
        client: AsyncWebClient,
        installations: SealedInstallations,
        states: StoredStates,
        clock: Clock,
        public_url: str = "",
        installed: Callable[[], None] = lambda: None,
    ) -> None:
        self._app = app
        self._client = client
        self._installations = installations
        self._states = states
        self._clock = clock
        self._redirect = f"{public_url.rstrip('/')}{REDIRECT_PATH}" if public_url else None
        self._installed = installed

    async def begin(self) -> tuple[str, str]:
        """Where to send the browser, and the state that it has to bring back."""
        state = await self._states.async_issue()
        asked = {"client_id": self._app.client_id, "scope": ",".join(sorted(SCOPES)), "state": state}
        asked |= {"redirect_uri": self._redirect} if self._redirect else {}
        return f"{_authorize_url(str(self._client.base_url))}?{urlencode(asked)}", state

    async def finish(self, state: str, code: str) -> str:
        """Take the code that Slack gave; returns the name of the workspace. Raises InstallRefused, NotAllowed."""
        if not await self._states.async_consume(state):
            raise InstallRefused("This installation was finished already, or was begun more than ten minutes ago.")
        try:
            granted = await self._grant(code)
            made = _installation(granted, self._clock)
            await self._admit(made)
            tested = await self._client.auth_test(token=made.bot_token)
        except SlackApiError as refused:
            raise InstallRefused(f"Slack refuses the installation: {error_of(refused)}.") from refused
        except (aiohttp.ClientError, OSError, TimeoutError) as lost:
            raise InstallRefused(f"Slack cannot be reached now ({type(lost).__name__}).") from lost
        made.bot_id = str(tested.get("bot_id") or "")
        made.set_custom_value("url", str(tested.get("url") or ""))
        await self._installations.async_save(made)
        LOG.warning("installed in %s (%s) by %s", made.team_name, made.team_id or made.enterprise_id, made.user_id)
        self._installed()
        return made.team_name or made.enterprise_name or str(made.team_id)

    async def _grant(self, code: str) -> Mapping[str, Any]:
        """What the code is exchanged for. By hand: the SDK's own way to say who asks is one that aiohttp gives up."""
        who = base64.b64encode(f"{self._app.client_id}:{self._app.client_secret}".encode()).decode("ascii")
        answer = await self._client.api_call(
            "oauth.v2.access",
            data={"code": code, **({"redirect_uri": self._redirect} if self._redirect else {})},
            headers={"Authorization": f"Basic {who}"},
        )
        return answer.data if isinstance(answer.data, dict) else {}

    async def _admit(self, made: Installation) -> None:
        """Give a token back that was granted by a workspace which may not have the app."""
        if self._app.allows(made.team_id, made.enterprise_id):
            return
        _ = await self._client.auth_revoke(token=made.bot_token)
        team = made.team_id or made.enterprise_id
        LOG.warning("%s (%s) may not install the app: its token was given back", made.team_name, team)
        raise NotAllowed(
            f"{made.team_name or 'This workspace'} ({team}) is none of those that may install this app.",
            f"Who runs the bot adds {team} to SLACK_TEAMS.",
        )


def _authorize_url(api_url: str) -> str:
    parts = urlsplit(api_base(api_url))
    return f"{parts.scheme}://{parts.netloc}/oauth/v2/authorize"


def _installation(granted: Mapping[str, Any], clock: Clock) -> Installation:
    """What Slack granted. Raises InstallRefused when it is no token of a bot."""
    team, enterprise, person = (granted.get(name) or {} for name in ("team", "enterprise", "authed_user"))
    if not granted.get("access_token") or not (team or enterprise):
        raise InstallRefused("Slack granted no token for the bot.")
    return Installation(
        app_id=granted.get("app_id"),
        enterprise_id=enterprise.get("id"),
        enterprise_name=enterprise.get("name"),
        team_id=team.get("id"),
        team_name=team.get("name"),
        bot_token=granted.get("access_token"),
        bot_user_id=granted.get("bot_user_id"),
        bot_scopes=str(granted.get("scope") or ""),
        user_id=str(person.get("id") or ""),
        is_enterprise_install=bool(granted.get("is_enterprise_install")),
        installed_at=clock.now().timestamp(),
    )
