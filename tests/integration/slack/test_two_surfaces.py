"""The same recovery in two workspaces at once, and through an outage of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.console.blocks_seen import all_text
from bot.console.client import sign_in
from bot.console.faults import Fault, FaultKind
from bot.console.server import serve
from bot.domain.events import Actor, Source
from bot.domain.frozen_plan import Mode
from bot.domain.recovery_state import Choice
from bot.operations.answer_step import answer_step
from bot.operations.preview_restore import RestoreRequest
from bot.operations.start_recovery import start_recovery
from bot.slack.surface import SlackSurface
from handlers.registry import registry
from tests.fakes.waiting import eventually
from tests.integration.slack.conftest import CONSOLE, RATES, running
from tests.integration.slack.test_recovery import INCIDENTS

if TYPE_CHECKING:
    from pathlib import Path

    from bot.console.server import Console
    from bot.operations.desk import Desk
    from tests.integration.slack.conftest import World

RILEY = Actor("U1RESPONDER", "Riley", Source.TERMINAL)


def second_surface(console: Console, desk: Desk) -> SlackSurface:
    return SlackSurface(
        name="slack",
        api_url=console.url,
        bot_token=console.tokens.bot,
        app_token=console.tokens.app,
        via=Source.SLACK,
        desk=desk,
        routes=registry(),
        rates=RATES,
        refresh_seconds=0.1,
    )


async def walk(desk: Desk) -> None:
    await start_recovery(desk, RestoreRequest(runbook="cache", mode=Mode.REAL), RILEY)


async def test_a_click_on_either_counts_once_and_the_other_says_where_it_was_made(world: World, tmp_path: Path) -> None:
    slack = await serve(CONSOLE, tmp_path / "slack")
    async with running(second_surface(slack, world.desk)), sign_in(slack.login_url()) as page:
        await walk(world.desk)
        here, there = world.page.person("responder"), page.person("responder")
        progress = await here.wait_message(INCIDENTS, "0 of 2 steps closed")
        question = await here.wait_message(INCIDENTS, "Open the console", thread=progress["ts"])
        other = await there.wait_message(INCIDENTS, "0 of 2 steps closed")
        await here.click(question, "Done")
        await there.wait_message(INCIDENTS, "done by Riley via console", thread=other["ts"])
        assert "via" not in all_text(await here.wait_message(INCIDENTS, "done by Riley", thread=progress["ts"]))
    await slack.close()


async def test_an_approval_in_one_is_told_in_the_other_with_where_it_was_given(world: World, tmp_path: Path) -> None:
    slack = await serve(CONSOLE, tmp_path / "slack")
    async with running(second_surface(slack, world.desk)), sign_in(slack.login_url()) as page:
        await start_recovery(
            world.desk, RestoreRequest(name="full-site", mode=Mode.REAL, unproven_reason="down"), RILEY
        )
        here, there = world.page.person("approver"), page.person("approver")
        request = await here.wait_message(INCIDENTS, "APPROVE REAL RESTORE R-1")
        await there.wait_message(INCIDENTS, "APPROVE REAL RESTORE R-1")
        await here.click(request, "Approve exactly this")
        await there.wait_message(INCIDENTS, "approved by Alex via console")
        assert "via" not in all_text(await here.wait_message(INCIDENTS, "approved by Alex"))
    await slack.close()


async def test_an_outage_of_slack_is_caught_up_with_what_was_done_in_the_terminal(world: World) -> None:
    person = world.page.person("responder")
    await walk(world.desk)
    progress = await person.wait_message(INCIDENTS, "0 of 2 steps closed")
    world.console.faults.add(Fault(FaultKind.DOWN))
    await answer_step(world.desk, "R-1", "cache", "log-in", 1, Choice.DONE, RILEY)
    await answer_step(world.desk, "R-1", "cache", "flush-it", 1, Choice.SKIP, RILEY, "nothing to flush")
    await eventually(lambda: world.console.faults.struck["down"])
    world.console.faults.clear()
    await person.wait_message(INCIDENTS, "done by Riley via terminal", thread=progress["ts"], seconds=30)
    await person.wait_message(INCIDENTS, "skipped by Riley via terminal", thread=progress["ts"])
    await person.wait_message(INCIDENTS, "Ledger")
