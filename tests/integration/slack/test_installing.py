"""Several workspaces install the app by OAuth; each is answered and told with the token that it brought."""

from __future__ import annotations

import json
import re
from contextlib import asynccontextmanager
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import aiohttp
import pytest

from bot.app_surfaces import routes_of
from bot.domain.events import Actor, Source
from bot.domain.frozen_plan import Mode
from bot.operations.desk import Desk
from bot.operations.preview_restore import RestoreRequest
from bot.operations.start_recovery import start_recovery
from bot.slack.http_mode import PATH
from bot.slack.manifest import REDIRECT_PATH
from bot.slack.oauth import OAuthApp
from bot.slack.seal import CannotOpen, Seal
from bot.slack.surface import SlackSurface
from bot.web.install import COOKIE, INSTALL, REDIRECT
from handlers.registry import registry
from tests.fakes.many_workspaces import ACME, BETA, CLIENT_ID, CLIENT_SECRET, ManyWorkspaces, Team, many_workspaces
from tests.fakes.waiting import eventually
from tests.integration.slack.conftest import RATES, running
from tests.integration.slack.test_http_mode import SECRET, headers, served

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

RILEY = Actor("U1RESPONDER", "Riley", Source.TERMINAL)


@dataclass
class World:
    """The bot in HTTP mode beside a Slack of two workspaces, and a browser. `base` is where the bot is reached."""

    slack: ManyWorkspaces
    desk: Desk
    surface: SlackSurface
    http: aiohttp.ClientSession
    base: str

    async def get(self, path: str, cookie: str = "", **query: str) -> tuple[int, str, str]:
        """Status and text of a page, and the state that its cookie brings."""
        cookies = {"Cookie": f"{COOKIE}={cookie}"} if cookie else {}
        async with self.http.get(f"{self.base}{path}", params=query, headers=cookies) as answer:
            given = answer.cookies.get(COOKIE)
            return answer.status, await answer.text(), given.value if given else ""

    async def begin(self, team: Team) -> tuple[str, str, str]:
        """Press the button and agree: the code, the state, and the cookie."""
        _, page, cookie = await self.get(INSTALL)
        found = re.search(r'href="([^"]+authorize[^"]+)"', page)
        assert found
        return *self.slack.agree(unescape(found[1]), team), cookie

    async def install(self, team: Team) -> tuple[int, str]:
        code, state, cookie = await self.begin(team)
        status, page, _ = await self.get(REDIRECT, cookie, code=code, state=state)
        return status, page

    async def send(self, payload: dict[str, Any]) -> int:
        """Slack calls the bot."""
        body = json.dumps(payload) if payload.get("type") == "event_callback" else urlencode(payload)
        async with self.http.post(f"{self.base}{PATH}", data=body, headers=headers(body)) as answer:
            return answer.status

    async def installed(self) -> list[str]:
        return [kept.team for kept in await self.desk.store.installations.all()]

    async def is_installed_in(self, *teams: Team) -> bool:
        return await self.installed() == [team.id for team in teams]


@pytest.fixture
async def world(desk: Desk) -> AsyncIterator[World]:
    async with bot_in(desk, (ACME.id, BETA.id)) as made:
        yield made


@asynccontextmanager
async def bot_in(desk: Desk, teams: tuple[str, ...]) -> AsyncIterator[World]:
    async with many_workspaces() as slack:
        surface = SlackSurface(
            name="slack",
            api_url=slack.url,
            bot_token="",
            app_token="",
            signing_secret=SECRET,
            oauth=OAuthApp(CLIENT_ID, CLIENT_SECRET, teams),
            via=Source.SLACK,
            desk=desk,
            routes=registry(),
            rates=RATES,
            refresh_seconds=0.1,
        )
        async with running(surface), served(routes_of(surface)) as url, aiohttp.ClientSession() as http:
            yield World(slack, desk, surface, http, url.removesuffix(PATH))


def event(team: Team, **what: Any) -> dict[str, Any]:
    return {"type": "event_callback", "team_id": team.id, "event_id": f"Ev{team.id}{what['type']}", "event": what}


def command(team: Team, text: str) -> dict[str, str]:
    who = {"team_id": team.id, "user_id": team.person, "user_name": "somebody", "channel_id": team.channel}
    return {"command": "/recovery", "text": text, "trigger_id": f"{team.id}{text}", **who}


async def test_a_recovery_is_told_with_the_token_of_the_workspace_that_has_the_channel(world: World) -> None:
    await world.install(BETA)
    await world.install(ACME)
    await start_recovery(world.desk, RestoreRequest(runbook="cache", mode=Mode.REAL), RILEY)
    await eventually(lambda: world.slack.of("chat.postMessage"))
    assert {(call.team, call.arguments["channel"]) for call in world.slack.of("chat.postMessage")} == {
        (ACME.id, ACME.channel)
    }
    assert world.surface.authorization.url(ACME.channel) == "https://Acme.example/"


async def test_who_asks_is_answered_with_the_token_of_their_workspace(world: World) -> None:
    await world.install(ACME)
    await world.install(BETA)
    for team in (BETA, ACME):
        assert await world.send(command(team, "help")) == 200
    await eventually(lambda: len(world.slack.of("chat.postEphemeral")) == 2)
    assert {call.team for call in world.slack.of("chat.postEphemeral")} == {ACME.id, BETA.id}
    assert all(call.team != ACME.id or call.arguments["channel"] == ACME.channel for call in world.slack.calls[-2:])


async def test_before_it_is_installed_anywhere_the_bot_says_where_to_install_it(world: World) -> None:
    assert not await world.surface.healthy()
    assert INSTALL in world.surface.fault
    assert (await world.install(ACME))[0] == 200
    await world.surface.authorization(context=None, enterprise_id=None, team_id=ACME.id, user_id=None)  # type: ignore[arg-type] # Bolt's context is not looked at
    assert await world.surface.healthy()


async def test_a_state_is_good_once_and_only_in_the_browser_that_began(world: World) -> None:
    code, state, cookie = await world.begin(ACME)
    assert (await world.get(REDIRECT, "another", code=code, state=state))[0] == 400
    assert (await world.get(REDIRECT, code=code, state=state))[0] == 400
    assert await world.installed() == []
    assert (await world.get(REDIRECT, cookie, code=code, state=state))[0] == 200
    status, page, _ = await world.get(REDIRECT, cookie, code=code, state=state)
    assert (status, "was finished already" in page) == (400, True)


async def test_a_code_that_slack_does_not_know_and_a_person_who_declines_install_nothing(world: World) -> None:
    _, state, cookie = await world.begin(ACME)
    assert "invalid_code" in (await world.get(REDIRECT, cookie, code="guessed", state=state))[1]
    _, state, cookie = await world.begin(ACME)
    _, page, _ = await world.get(REDIRECT, cookie, error="<script>access_denied", state=state)
    assert "&lt;script&gt;access_denied" in page
    assert await world.installed() == []


async def test_a_workspace_that_may_not_have_the_app_gives_its_token_back(desk: Desk) -> None:
    async with bot_in(desk, (ACME.id,)) as world:
        status, page = await world.install(BETA)
        assert (status, BETA.id in page) == (400, True)
        assert world.slack.revoked == [BETA.token]
        assert await world.installed() == []


@pytest.mark.parametrize(
    "what",
    [{"type": "app_uninstalled"}, {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": ["U0T2BETA"]}}],
)
async def test_an_uninstalled_app_and_a_revoked_token_are_forgotten(world: World, what: dict[str, Any]) -> None:
    await world.install(ACME)
    await world.install(BETA)
    assert await world.send(event(BETA, **what)) == 200
    await eventually(lambda: world.is_installed_in(ACME))


async def test_a_persons_revoked_token_is_none_of_the_bots(world: World) -> None:
    await world.install(ACME)
    assert await world.send(event(ACME, type="tokens_revoked", tokens={"oauth": ["U1"], "bot": []})) == 200
    assert await world.installed() == [ACME.id]


async def test_the_cookie_is_kept_from_scripts_and_from_open_lines(world: World) -> None:
    async with world.http.get(f"{world.base}{INSTALL}") as answer:
        sent = answer.headers["Set-Cookie"]
        assert all(word in sent for word in ("Secure", "HttpOnly", "SameSite=Lax"))
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


async def test_a_token_is_kept_sealed(world: World) -> None:
    await world.install(ACME)
    (kept,) = await world.desk.store.installations.all()
    assert ACME.token not in kept.token
    assert Seal(CLIENT_SECRET).open(kept.token) == ACME.token
    with pytest.raises(CannotOpen, match="SLACK_CLIENT_SECRET has changed"):
        Seal("another").open(kept.token)


def test_the_manifest_names_the_address_to_which_slack_sends_browsers_back() -> None:
    assert REDIRECT == REDIRECT_PATH
