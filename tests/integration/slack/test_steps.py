"""Steps that fail, are skipped, noted and aborted, by buttons and modals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.console.blocks_seen import all_text
from tests.fakes.quick_engine import QuickEngine
from tests.fakes.waiting import eventually
from tests.integration.slack.test_recovery import INCIDENTS, ask_for_restore

if TYPE_CHECKING:
    from bot.console.client import Person
    from bot.console.records import Json
    from tests.integration.slack.conftest import World


async def begun(world: World) -> tuple[Person, Json]:
    """A real restore that waits at its first human step."""
    responder, approver = world.page.person("responder"), world.page.person("approver")
    await ask_for_restore(responder)
    await approver.click(await approver.wait_message(INCIDENTS, "APPROVE REAL"), "Approve exactly this")
    return responder, await responder.wait_message(INCIDENTS, "1 of 2 verified")


def make_fail(world: World, step: str, words: str) -> None:
    assert isinstance(world.desk.engine, QuickEngine)
    world.desk.engine.failing[step] = words


async def test_a_step_that_a_person_failed_is_tried_again(world: World) -> None:
    person, progress = await begun(world)
    await person.click(await person.wait_message(INCIDENTS, "Scale the API", thread=progress["ts"]), "Failed…")
    await person.wait_view("What happened?")
    await person.submit({"why": "no login <!channel>"})
    failed = await person.wait_message(INCIDENTS, "Try again", thread=progress["ts"])
    assert "no login <!channel>" in all_text(failed)
    await person.wait_message(INCIDENTS, "FAILED")
    await person.click(failed, "Try again")
    await person.wait_message(INCIDENTS, "Scale the API", thread=progress["ts"])
    await person.wait_message(INCIDENTS, "to be tried again by Riley", thread=progress["ts"])


async def test_a_skipped_step_needs_a_reason_and_shows_it(world: World) -> None:
    person, progress = await begun(world)
    await person.click(await person.wait_message(INCIDENTS, "Scale the API", thread=progress["ts"]), "Skip…")
    await person.submit({"why": "they are down anyway"})
    await person.wait_message(INCIDENTS, "skipped by Riley", thread=progress["ts"])


async def test_a_check_is_skipped_with_its_release_and_the_review_says_so(world: World) -> None:
    make_fail(world, "orders-db/canary", "3 rows are missing: 17..19")
    person, progress = await begun(world)
    await person.click(await person.wait_message(INCIDENTS, "Scale the API", thread=progress["ts"]), "Done")
    failed = await person.wait_message(INCIDENTS, "3 rows are missing: 17..19", thread=progress["ts"])
    await person.click(failed, "Skip…")
    await person.wait_view("Start what depends on it all the same")
    await person.submit({"why": "known gap", "release": ["release"]})
    await person.click(await person.wait_message(INCIDENTS, "Say that it is back", thread=progress["ts"]), "Done")
    assert "known gap" in all_text(await person.wait_message(INCIDENTS, "Ledger"))


async def test_a_note_is_shown_in_the_progress(world: World) -> None:
    person, progress = await begun(world)
    await person.click(progress, "Note…")
    await person.submit({"why": "the rack is hot"})
    await person.wait_message(INCIDENTS, "the rack is hot")


async def test_pause_resume_and_lead_show_in_the_progress(world: World) -> None:
    person, progress = await begun(world)
    await person.click(progress, "Pause")
    await person.click(await person.wait_message(INCIDENTS, "PAUSED"), "Resume")
    progress = await person.wait_message(INCIDENTS, "Pause")
    await world.page.person("approver").click(progress, "Take lead")

    async def led() -> bool:
        return (await world.desk.store.recoveries.state("R-1")).lead == "U2APPROVER"

    await eventually(led)


async def test_an_abort_needs_a_reason_and_ends_it(world: World) -> None:
    person, progress = await begun(world)
    await person.click(progress, "Abort…")
    await person.submit({"why": "wrong datacentre"})
    ended = await person.wait_message(INCIDENTS, "Ledger")
    assert "ABORTED" in all_text(ended)
    await person.wait_message(INCIDENTS, "no longer asked", thread=progress["ts"])


async def test_the_start_of_the_outage_is_corrected_with_a_reason(world: World) -> None:
    person, progress = await begun(world)
    await person.click(progress, "Correct the start…")
    await person.submit({"since_at": "2026-01-01T00:00", "why": "the monitoring's first alert"})

    async def corrected() -> bool:
        return (await world.desk.store.recoveries.state("R-1")).evidence == "the monitoring's first alert"

    await eventually(corrected)


async def test_all_steps_of_every_system_can_be_looked_at_from_the_progress(world: World) -> None:
    person, progress = await begun(world)
    await person.click(progress, "Look at all steps…")
    await person.wait_view("Restore the newest base backup")
    await person.choose_in_view("look_unit", "dns")
    await person.wait_view("Restore the zone")
    assert world.console.log.refusals == {}
