"""Every delivery counts once, over duplicates and restarts."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.console.faults import Fault, FaultKind
from bot.domain.clock import SystemClock
from tests.fakes.waiting import eventually
from tests.integration.slack.conftest import make_surface, running
from tests.integration.slack.test_recovery import INCIDENTS, ask_for_restore

if TYPE_CHECKING:
    from bot.console.server import Console
    from bot.operations.desk import Desk
    from tests.integration.slack.conftest import World

COMMAND = {
    "command": "/recovery",
    "text": "help",
    "trigger_id": "1.2",
    "user_id": "U1RESPONDER",
    "user_name": "responder",
    "channel_id": "C1INCIDENTS",
}


async def test_duplicates_start_one_recovery(world: World) -> None:
    world.console.faults.add(Fault(FaultKind.DUPLICATE))
    responder = world.page.person("responder")
    await ask_for_restore(responder, "Drill")
    await responder.wait_view("has started")
    assert [row.id for row in await world.desk.store.recoveries.rows()] == ["R-1"]


async def test_work_that_was_acknowledged_and_not_done_is_done_after_the_restart(console: Console, desk: Desk) -> None:
    await desk.store.inbox.accept("console", "command:1.2", "command", COMMAND, SystemClock().now())
    async with running(make_surface(console, desk)):
        await eventually(lambda: "Bringing systems back" in str(console.workspace.messages("C1INCIDENTS")))
        await eventually(lambda: nothing_undone(desk))


async def nothing_undone(desk: Desk) -> bool:
    return await desk.store.inbox.undone("console") == 0


async def test_the_deliveries_of_another_workspace_are_left_to_it(desk: Desk) -> None:
    inbox, now = desk.store.inbox, SystemClock().now()
    await inbox.accept("slack", "command:1.2", "command", COMMAND, now)
    assert await inbox.take_undone("console", now, alone=True) == []
    assert [one.key for one in await inbox.take_undone("slack", now, alone=True)] == ["command:1.2"]


async def test_a_second_process_leaves_leased_work_alone(desk: Desk) -> None:
    inbox, now = desk.store.inbox, SystemClock().now()
    assert await inbox.accept("slack", "command:1.2", "command", COMMAND, now)
    assert not await inbox.accept("slack", "command:1.2", "command", COMMAND, now)
    assert await inbox.take_undone("slack", now) == []


async def test_a_double_click_on_done_counts_once_and_the_second_is_told(world: World) -> None:
    responder = world.page.person("responder")
    await ask_for_restore(responder, "Drill")
    progress = await responder.wait_message(INCIDENTS, "R-1 DRILL")
    question = await responder.wait_message(INCIDENTS, "Scale the API", thread=progress["ts"])
    await asyncio.gather(responder.click(question, "Done"), responder.click(question, "Done"))
    await responder.wait_message(INCIDENTS, "already done by Riley", thread=progress["ts"])
