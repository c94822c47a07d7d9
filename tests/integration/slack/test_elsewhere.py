"""Several workspaces over one socket; Slack behind a proxy; a token that is revoked while the bot runs."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from bot.domain.events import Source
from bot.slack.authorize import Authorization
from bot.slack.call import Call, Route, make_routes
from bot.slack.client import make_client, make_session
from bot.slack.installations import SealedInstallations
from bot.slack.oauth import OAuthApp
from bot.slack.payload import Kind
from bot.slack.proxies import Proxies, proxies_from
from bot.slack.seal import Seal
from bot.slack.surface import SlackSurface
from bot.store.installations import Installation
from tests.fakes.many_workspaces import ACME, BETA, CLIENT_ID, CLIENT_SECRET, Team, many_workspaces
from tests.fakes.waiting import eventually
from tests.integration.slack.conftest import RATES, running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.operations.desk import Desk

FAR = "http://slack.invalid"


@asynccontextmanager
async def listening(desk: Desk, api_url: str, heard: list[str], **more: Any) -> AsyncIterator[SlackSurface]:
    """A surface over a socket, whose one listener notes what it hears."""

    async def note(call: Call) -> None:
        heard.append(call.key)

    surface = SlackSurface(
        name="slack",
        api_url=api_url,
        app_token="xapp-1",
        via=Source.SLACK,
        desk=desk,
        routes=make_routes([Route(Kind.EVENT, "app_mention", note)]),
        rates=RATES,
        **more,
    )
    async with running(surface):
        yield surface


def mention(team: Team) -> dict[str, Any]:
    event = {"type": "app_mention", "user": team.person, "channel": team.channel}
    return {"type": "event_callback", "team_id": team.id, "event_id": f"Ev{team.id}", "event": event}


async def test_over_a_socket_only_workspaces_that_installed_the_app_are_heard(desk: Desk) -> None:
    heard: list[str] = []
    sealed = Seal(CLIENT_SECRET).close(ACME.token)
    await desk.store.installations.keep(Installation(ACME.id, sealed, "B1", "U0", desk.clock.now(), ACME.name))
    oauth = OAuthApp(CLIENT_ID, CLIENT_SECRET, ("*",))
    async with many_workspaces() as slack, listening(desk, slack.url, heard, bot_token="", oauth=oauth):
        await eventually(lambda: slack.sockets)
        sent = [await slack.deliver(mention(team)) for team in (BETA, ACME)]
        await eventually(lambda: heard and sent[1] in slack.acknowledged)
    assert heard == [f"event:Ev{ACME.id}"]


async def test_a_workspace_that_was_taken_from_the_list_is_heard_no_more(desk: Desk) -> None:
    sealed = Seal(CLIENT_SECRET).close(ACME.token)
    await desk.store.installations.keep(Installation(ACME.id, sealed, "B1", "U0", desk.clock.now(), ACME.name))
    oauth = OAuthApp(CLIENT_ID, CLIENT_SECRET, (BETA.id,))
    async with many_workspaces() as slack, listening(desk, slack.url, [], bot_token="", oauth=oauth) as surface:

        async def says_so() -> bool:
            return not await surface.healthy() and "installed in no workspace" in surface.fault

        await eventually(lambda: slack.sockets)
        assert await eventually(says_so)


async def test_calls_and_the_socket_go_through_the_proxy(desk: Desk) -> None:
    heard: list[str] = []
    async with many_workspaces() as proxy:
        through = proxies_from({"HTTP_PROXY": proxy.url})
        async with listening(desk, FAR, heard, bot_token=ACME.token, proxies=through):
            await eventually(lambda: proxy.sockets)
            await proxy.deliver(mention(ACME))
            await eventually(lambda: heard)
        assert set(proxy.hosts) == {"slack.invalid"}
        assert [call.method for call in proxy.calls][:1] == ["auth.test"]


async def test_a_revoked_token_is_noticed_while_the_bot_runs() -> None:
    async with many_workspaces() as slack, make_session() as session:
        client = make_client(slack.url, session, ACME.token, proxies=Proxies())
        authorization = Authorization(client, ACME.token, again_seconds=0.02)
        watching = asyncio.create_task(authorization.learn())
        await eventually(lambda: authorization.known.is_set() and not authorization.fault)
        slack.revoked.append(ACME.token)
        await eventually(lambda: authorization.fault)
        assert authorization.fault == "Slack refuses SLACK_BOT_TOKEN: invalid_auth"
        slack.revoked.clear()
        await eventually(lambda: not authorization.fault)
        watching.cancel()


async def test_a_token_that_cannot_be_opened_hides_no_other(desk: Desk) -> None:
    store = SealedInstallations(desk.store.installations, Seal(CLIENT_SECRET))
    for team, secret in ((ACME, "an older secret"), (BETA, CLIENT_SECRET)):
        kept = Installation(team.id, Seal(secret).close(team.token), "B1", "U0", desk.clock.now(), team.name)
        await desk.store.installations.keep(kept)
    assert [bot.bot_token for bot in await store.all_bots()] == [BETA.token]
