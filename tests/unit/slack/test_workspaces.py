"""Whose token a call takes, where the app is in several workspaces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth.installation_store import Bot
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.client import error_of
from bot.slack.oauth import OAuthApp
from bot.slack.workspaces import Workspaces, refusal

ACME, BETA = ("xoxb-acme", "T1"), ("xoxb-beta", "T2")


@dataclass
class Installed:
    """Two installations."""

    async def all_bots(self) -> list[Bot]:
        return [
            Bot(bot_token=token, team_id=team, bot_id="B", bot_user_id="U", installed_at=0.0)
            for token, team in (ACME, BETA)
        ]


class Asked:
    """Slack, which says the same of every channel in the first workspace, and knows each in the second."""

    base_url = "https://slack.example/api/"

    def __init__(self, error: str) -> None:
        self._error = error

    async def conversations_info(self, *, token: str, channel: str) -> dict[str, Any]:
        if token == ACME[0]:
            raise refusal(self._error, AsyncWebClient(base_url=self.base_url))
        return {"channel": {"id": channel}}


def workspaces(error: str) -> Workspaces:
    installed: Any = Installed()
    asked: Any = Asked(error)
    return Workspaces(OAuthApp("1", "2", ("*",)), installed, asked)


async def test_a_channel_is_looked_for_in_one_workspace_after_the_other() -> None:
    assert await workspaces("channel_not_found").token_for({"channel": "C1"}) == BETA[0]


@pytest.mark.parametrize("error", ["ratelimited", "internal_error"])
async def test_a_workspace_that_does_not_say_is_asked_again_rather_than_passed_over(error: str) -> None:
    with pytest.raises(SlackApiError) as refused:
        await workspaces(error).token_for({"channel": "C1"})
    assert error_of(refused.value) == error
