"""A recovery lived through by buttons and modals alone, over the wire."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.console.blocks_seen import all_text

if TYPE_CHECKING:
    from bot.console.client import Person
    from tests.integration.slack.conftest import World

INCIDENTS = "incidents"


async def ask_for_restore(person: Person, mode: str = "Real") -> None:
    await person.command(INCIDENTS, "/recovery restore full-site")
    await person.wait_view("Drill or real?")
    assert await person.submit({"mode": mode, "since": "15 minutes ago", "why": "the disk is gone"}) == {}
    await person.wait_view("ORDER")
    assert await person.submit() == {}


async def test_a_real_restore_is_approved_worked_and_reviewed_by_buttons(world: World) -> None:
    responder, approver = world.page.person("responder"), world.page.person("approver")
    await ask_for_restore(responder)
    await responder.wait_view("waits for a second person")
    request = await approver.wait_message(INCIDENTS, "APPROVE REAL RESTORE R-1")
    await approver.click(request, "Approve exactly this")
    progress = await responder.wait_message(INCIDENTS, "1 of 2 verified")
    question = await responder.wait_message(INCIDENTS, "Scale the API", thread=progress["ts"])
    await responder.click(question, "I'm on it")
    question = await responder.wait_message(INCIDENTS, "Riley is on it, since", thread=progress["ts"])
    await responder.click(question, "Done")
    question = await responder.wait_message(INCIDENTS, "Say that it is back", thread=progress["ts"])
    await responder.click(question, "Done")
    review = await responder.wait_message(INCIDENTS, "Ledger")
    assert "2 of 2 verified" in all_text(review)
    assert "approved by Alex" in all_text(await responder.wait_message(INCIDENTS, "R-1 REAL full-site: approved"))
    assert world.console.log.refusals == {}
    assert world.console.log.without_text == 0
