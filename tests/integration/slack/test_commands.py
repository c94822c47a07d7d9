"""What each command answers, to people who may and who may not."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from bot.console.faults import Fault, FaultKind
from tests.fakes.waiting import eventually
from tests.integration.slack.test_inbox import nothing_undone
from tests.integration.slack.test_recovery import INCIDENTS, ask_for_restore

if TYPE_CHECKING:
    from tests.integration.slack.conftest import World


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("freshness", "dns declares no backup"),
        ("freshness orders-db", "orders-db declares no backup"),
        ("freshness ordersdb", "Did you mean orders-db?"),
        ("order full-site", "after dns"),
        ("order nowhere", "There is no plan or system called “nowhere”"),
        ("status", "No recovery runs."),
        ("status R-7", "There is no recovery called “R-7”"),
        ("summary 90d tier 1", "REAL 0: none"),
        ("summary yesterday", "“yesterday” is no time"),
        ("", "Bringing systems back"),
        ("stauts", "Did you mean /recovery status?"),
    ],
)
async def test_a_command_is_answered_in_words(world: World, text: str, answer: str) -> None:
    person = world.page.person("manager")
    await person.command(INCIDENTS, f"/recovery {text}")
    await person.wait_message(INCIDENTS, answer)
    assert world.console.log.refusals == {}


async def test_freshness_is_asked_again_in_place(world: World) -> None:
    person = world.page.person("responder")
    await person.command(INCIDENTS, "/recovery freshness dns")
    first = await person.wait_message(INCIDENTS, "dns declares no backup")
    await person.click(first, "Ask again")
    await eventually(partial(nothing_undone, world.desk))
    assert world.console.log.calls["chat.postEphemeral"] == 0
    assert len(await person.messages(INCIDENTS)) == 1


async def test_who_is_not_in_the_policy_may_not_start_a_restore(world: World) -> None:
    manager = world.page.person("manager")
    await ask_for_restore(manager, "Drill")
    await manager.wait_view("may not start a drill: the policy does not name them")
    assert await world.desk.store.recoveries.rows() == []


async def test_an_unknown_system_is_named_in_the_form(world: World) -> None:
    person = world.page.person("responder")
    await person.command(INCIDENTS, "/recovery restore ordrs")
    await person.wait_view("There is no system called “ordrs”")


async def test_the_form_asks_for_what_is_missing_beside_its_field(world: World) -> None:
    person = world.page.person("responder")
    await person.command(INCIDENTS, "/recovery restore")
    await person.wait_view("Drill or real?")
    assert "Choose a plan" in (await person.submit())["plan"]


async def test_a_runbook_without_a_system_is_walked_step_by_step(world: World) -> None:
    person = world.page.person("responder")
    await person.command(INCIDENTS, "/recovery runbook cache")
    await person.wait_view("Flush the cache")
    await person.submit({"mode": "Real"})
    await person.wait_view("has started")
    progress = await person.wait_message(INCIDENTS, "0 of 2 steps closed")
    for _ in range(2):
        question = await person.wait_message(INCIDENTS, "I'm on it", thread=progress["ts"])
        await person.click(question, "Done")
        await person.wait_message(INCIDENTS, "done by Riley", thread=progress["ts"])
    await person.wait_message(INCIDENTS, "Ledger")


@pytest.mark.parametrize(
    ("entry", "form"), [("Hand over…", "To whom?"), ("Look at all steps…", "Flush"), ("Abort…", "Why")]
)
async def test_the_menu_of_a_status_that_only_one_person_sees_works_too(world: World, entry: str, form: str) -> None:
    person = world.page.person("responder")
    await person.command(INCIDENTS, "/recovery runbook cache")
    await person.wait_view("Flush the cache")
    await person.submit({"mode": "Real"})
    await person.wait_view("has started")
    await person.close_view()
    await person.wait_message(INCIDENTS, "0 of 2 steps closed")
    await person.command(INCIDENTS, "/recovery status R-1")

    async def told() -> list[dict[str, Any]]:
        return [said for said in await person.messages(INCIDENTS) if said["ephemeral"]]

    await person.click((await eventually(told))[-1], entry)
    await person.wait_view(form)
    assert '"r":"R-1"' in (await person.wait_view())["private_metadata"].replace(" ", "")


async def test_the_second_person_is_another_person(world: World) -> None:
    responder, approver = world.page.person("responder"), world.page.person("approver")
    await ask_for_restore(responder)
    request = await responder.wait_message(INCIDENTS, "APPROVE REAL RESTORE R-1")
    await responder.click(request, "Approve exactly this")
    await responder.wait_message(INCIDENTS, "may not approve a real restore")
    await approver.click(request, "Details")
    await approver.wait_view("Stop the writers")
    await approver.click(request, "Reject…")
    await approver.wait_view("Why not?")
    await approver.submit({"why": "not now"})
    await approver.wait_message(INCIDENTS, "not now")


async def test_a_form_whose_opening_was_not_answered_is_filled_all_the_same(world: World) -> None:
    world.console.faults.add(Fault(FaultKind.LOST_ANSWER, times=1, method="views.open"))
    person = world.page.person("responder")
    await person.command(INCIDENTS, "/recovery restore")
    await person.wait_view("Drill or real?")
    assert world.console.faults.struck == {"lost_answer": 1}
    assert (await person.messages(INCIDENTS)) == []
