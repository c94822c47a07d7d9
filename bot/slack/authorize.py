"""Who we are in a workspace: asked at the start until Slack answers, kept, and looked at again now and then.

Bolt's own way asks at the first request; one failure there tells people to install the app again.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import aiohttp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_sdk.errors import SlackApiError

from bot.slack.client import error_of
from bot.slack.connection import WAITS

if TYPE_CHECKING:
    from slack_bolt.context.async_context import AsyncBoltContext
    from slack_sdk.web.async_client import AsyncWebClient

LOG = logging.getLogger(__name__)

WAIT_SECONDS = 2.0
AGAIN_SECONDS = 300.0


class Authorization(AsyncAuthorize):
    """What auth.test answered. Bolt calls it for each request."""

    def __init__(self, client: AsyncWebClient, bot_token: str, again_seconds: float = AGAIN_SECONDS) -> None:
        self._again_seconds = again_seconds
        self._client = client
        self._bot_token = bot_token
        self._result: AuthorizeResult | None = None
        self.known = asyncio.Event()
        self.fault = "auth.test has not been answered yet"

    def url(self, _channel: str = "") -> str:
        """The workspace's address, whichever the channel; empty before it is known."""
        return (self._result.url or "") if self._result else ""

    async def learn(self) -> None:
        """Ask until there is an answer, and now and then after that: a token may be revoked at any time."""
        failures = 0
        while True:
            if await self._ask():
                failures = 0
                await asyncio.sleep(self._again_seconds)
            else:
                await asyncio.sleep(WAITS[min(failures, len(WAITS) - 1)])
                failures += 1

    async def _ask(self) -> bool:
        try:
            answer = await self._client.auth_test()
        except SlackApiError as refused:
            self._failed(f"Slack refuses SLACK_BOT_TOKEN: {error_of(refused)}")
            return False
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as lost:
            if not self.known.is_set():  # later the connection itself says how it stands
                self._failed(f"{self._client.base_url} cannot be reached: {type(lost).__name__} {lost}")
            return self.known.is_set()
        self._result = AuthorizeResult.from_auth_test_response(auth_test_response=answer, bot_token=self._bot_token)
        self.fault = ""
        self.known.set()
        return True

    def _failed(self, fault: str) -> None:
        if fault != self.fault:
            LOG.warning("%s; trying on", fault)
        self.fault = fault

    async def __call__(
        self,
        *,
        context: AsyncBoltContext,  # noqa: ARG002 - the interface names it
        enterprise_id: str | None,  # noqa: ARG002 - the interface names it
        team_id: str | None,  # noqa: ARG002 - the interface names it
        user_id: str | None,  # noqa: ARG002 - the interface names it
        actor_enterprise_id: str | None = None,  # noqa: ARG002 - the interface names it
        actor_team_id: str | None = None,  # noqa: ARG002 - the interface names it
        actor_user_id: str | None = None,  # noqa: ARG002 - the interface names it
    ) -> AuthorizeResult | None:
        """The kept answer. Raises TimeoutError while there is none: what is not acknowledged comes again."""
        async with asyncio.timeout(WAIT_SECONDS):
            _ = await self.known.wait()
        return self._result
