"""Socket Mode on Slack's bad days: the bot hears everything once, and never goes deaf."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bot.console.blocks_seen import all_text
from bot.console.config import ConsoleConfig
from bot.console.faults import Fault, FaultKind
from bot.console.server import serve
from tests.fakes.waiting import eventually
from tests.integration.slack.conftest import make_surface, running

if TYPE_CHECKING:
    from pathlib import Path

    from bot.console.server import Console
    from bot.operations.desk import Desk
    from tests.integration.slack.conftest import World

INCIDENTS = "incidents"


async def test_refused_sockets_do_not_leave_it_deaf(world: World) -> None:
    world.console.faults.add(Fault(FaultKind.REFUSE_SOCKET, times=2))
    world.console.sockets.drop()
    await eventually(lambda: world.console.sockets.connected)
    responder = world.page.person("responder")
    await responder.command(INCIDENTS, "/recovery help")
    await responder.wait_message(INCIDENTS, "Bringing systems back")


async def test_nothing_is_lost_when_slack_refreshes_the_connection(world: World) -> None:
    responder = world.page.person("responder")
    for number in range(6):
        if number % 2:
            await world.console.sockets.ask_to_reconnect("warning" if number > 2 else "refresh_requested")
            await eventually(lambda: world.console.sockets.connected)
        await responder.command(INCIDENTS, f"/recovery nothing{number}")
        await responder.wait_message(INCIDENTS, f"nothing{number}")
    messages = await responder.messages(INCIDENTS)
    assert not [one for one in messages if "did not respond" in all_text(one)]


async def test_it_starts_while_slack_is_down_and_connects_when_it_is_back(tmp_path: Path, desk: Desk) -> None:
    config = ConsoleConfig()
    first = await serve(config, tmp_path / "console")
    port = int(first.url.rpartition(":")[2])
    surface = make_surface(first, desk)
    await first.close()
    async with running(surface):
        assert not await surface.healthy()
        assert "cannot be reached" in surface.fault or "not" in surface.fault
        second = await serve(config, tmp_path / "console", port)
        await eventually(surface.healthy)
    await second.close()


async def test_it_says_when_its_app_token_is_refused(console: Console, desk: Desk) -> None:
    surface = make_surface(console, desk)
    surface._app_token = "xapp-wrong"
    async with running(surface):

        async def refused() -> bool:
            return not await surface.healthy() and "invalid_auth" in surface.fault

        await eventually(refused)


async def test_an_answer_that_slack_does_not_take_reaches_the_person_later(world: World) -> None:
    world.console.faults.add(Fault(FaultKind.SERVER_ERROR, times=3, method="chat.postEphemeral"))
    world.console.faults.add(Fault(FaultKind.SERVER_ERROR, times=3, method="conversations.open"))
    person = world.page.person("manager")
    await person.say(INCIDENTS, "@bringback hello")
    await eventually(partial(told_directly, world), 30)


async def told_directly(world: World) -> bool:
    direct = [one for one in world.console.workspace.conversations.values() if one.im_with == "U3MANAGER"]
    return any("Ask me with" in str(world.console.workspace.messages(one.id)) for one in direct)
