"""App Home and the shortcuts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.console.blocks_seen import all_text
from tests.integration.slack.test_recovery import INCIDENTS
from tests.integration.slack.test_steps import begun

if TYPE_CHECKING:
    from tests.integration.slack.conftest import World


async def test_home_shows_what_waits_for_me_what_runs_and_the_gaps(world: World) -> None:
    person, _ = await begun(world)
    await person.home()
    home = all_text(
        await person.wait_for(
            lambda state: state["home"] and "Stop the writers" in all_text(state["home"]) and state["home"]
        )
    )
    assert "Waits for you" in home
    assert "R-1 REAL full-site" in home
    assert "Tier 1" in home
    assert "GUESS" in home
    assert world.console.log.refusals == {}


async def test_home_tells_a_stranger_what_they_may_do(world: World) -> None:
    manager = world.page.person("manager")
    await manager.home()
    await manager.wait_for(lambda state: state["home"] and "The policy does not name you" in all_text(state["home"]))


async def test_a_restore_starts_from_home_and_from_the_shortcut(world: World) -> None:
    person = world.page.person("responder")
    await person.home()
    await person.wait_for(lambda state: state["home"])
    await person.click_at_home("Restore…")
    await person.wait_view("Drill or real?")
    await person.close_view()
    await person.shortcut("start_recovery")
    await person.wait_view("Drill or real?")


async def test_a_message_becomes_evidence_of_a_recovery(world: World) -> None:
    person, _ = await begun(world)
    await person.say(INCIDENTS, "monitoring: orders-db down since 03:02")
    message = await person.wait_message(INCIDENTS, "monitoring: orders-db down")
    await person.message_shortcut(message, "use_as_evidence")
    await person.wait_view("Keep it")
    assert await person.submit() == {}
    await person.wait_message(INCIDENTS, "“monitoring: orders-db down since 03:02” (U1RESPONDER")


async def test_a_mention_is_answered_with_the_command(world: World) -> None:
    person = world.page.person("responder")
    await person.say(INCIDENTS, "@bringback help")
    await person.wait_message(INCIDENTS, "Ask me with /recovery")
