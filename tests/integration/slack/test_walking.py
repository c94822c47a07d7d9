"""A runbook without annotations walked by two people: parts, values, looking, assigning, jumping, files."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bot.console.blocks_seen import all_text
from bot.console.client import Upload
from bot.domain.recovery_state import Outcome
from bot.operations.attach_file import attachment
from tests.fakes.waiting import eventually
from tests.fakes.walked_runbooks import write_walked
from tests.integration.slack.test_recovery import INCIDENTS

if TYPE_CHECKING:
    from pathlib import Path

    from bot.console.client import Person
    from bot.console.records import Json
    from tests.integration.slack.conftest import World

LOG = b"oom\x00\n"


@pytest.fixture
def walked(world: World, tmp_path: Path) -> World:
    write_walked(tmp_path / "runbooks")
    return world


async def begun(world: World) -> tuple[Person, Person, str]:
    """R-1 walks the first part of gateway, for real: two people and its thread."""
    riley, alex = world.page.person("responder"), world.page.person("approver")
    await riley.command(INCIDENTS, "/recovery runbook")
    await riley.wait_view("Runbook")
    await riley.choose_in_view("runbook", "gateway")
    await riley.wait_view("Which part?")
    assert await riley.submit({"Which part?": "Restart the gateway (4 steps)", "mode": "Real", "why": "502s"}) == {}
    await riley.wait_view("gateway host?")
    assert await riley.submit({"input:GATEWAY_HOST": "gw 1"}) == {}
    await riley.wait_view("has started")
    await riley.close_view()
    progress = await riley.wait_message(INCIDENTS, "R-1 REAL gateway")
    return riley, alex, progress["ts"]


async def asked(person: Person, words: str, thread: str, *, open_still: bool = False) -> Json:
    """The newest reply with these words; `open_still`: that has buttons."""

    def newest(state: Json) -> Json | None:
        rows = [each for each in reversed(state["thread"]) if each["ts"] != thread and words in all_text(each)]
        return next((each for each in rows if not open_still or each["blocks"][-1]["type"] == "actions"), None)

    found: Json = await person.wait_for(newest, INCIDENTS, thread=thread)
    return found


async def test_each_step_names_its_place_and_shows_one_command_with_its_values(walked: World) -> None:
    riley, _, thread = await begun(walked)
    first = all_text(await asked(riley, "command 1 of 2", thread))
    assert "Step 1 of 6 - Restart the gateway > 1, command 1 of 2" in first
    assert "ssh 'gw 1' journalctl -u gateway -n 50" in first
    assert "df -h" not in first
    await riley.click(await asked(riley, "command 1 of 2", thread), "Done")
    assert "ssh 'gw 1' df -h" in all_text(await asked(riley, "command 2 of 2", thread))
    done = all_text(await asked(riley, "done by Riley", thread))
    assert "Step 1 of 6 - Restart the gateway > 1, command 1 of 2: Look at the last errors: done by Riley" in done


async def test_two_people_walk_an_opened_runbook_look_assign_jump_attach_hand_over_and_finish(walked: World) -> None:
    riley, alex, thread = await begun(walked)
    await riley.click(await asked(riley, "command 1 of 2", thread), "Done")
    await alex.click(await asked(alex, "command 2 of 2", thread), "Done")
    hostile = await asked(alex, "Tell <!channel>", thread, open_still=True)
    await alex.click(hostile, "I'm on it")
    assert "Tell <!channel>" in all_text(hostile)
    question = await asked(riley, "Alex is on it", thread)
    await riley.click(question, "Take over")
    await asked(alex, "taken over from Alex by Riley", thread)

    await riley.click(await asked(riley, "Riley is on it", thread), "Assign or hand over…")
    await riley.wait_view("To whom?")
    assert await riley.submit({"person": "Alex", "why": "you know the vendor"}) == {}
    await asked(alex, "assigned to Alex by Riley", thread)
    question = await asked(alex, "Assigned to Alex", thread)
    await alex.click(question, "Note or file…")
    await alex.wait_view("Files")
    assert await alex.submit({}) == {"why": "Write something, or choose a file below."}
    assert await alex.submit({"why": "vendor called", "files": Upload("gw.log", LOG)}) == {}
    await riley.wait_message(INCIDENTS, "File ")
    await alex.click(await asked(alex, "Assigned to Alex", thread), "Done")

    nested = all_text(await asked(riley, "Log in to the vault", thread))
    assert "Vault unseal" in nested
    await riley.click(await asked(riley, "Log in to the vault", thread), "Done")
    await riley.click(await asked(riley, "Enter the first key", thread), "Look or jump…")
    view = await riley.wait_view("Restart it")
    assert "Look at the last errors" in all_text(view)
    await riley.choose_in_view("look_step", "3. Log in to the vault's host")
    await riley.wait_view("Go to this step…")
    await riley.click_in_view("Go to this step…")
    await riley.wait_view("Back: it is done again")
    assert await riley.submit({"why": "wrong host"}) == {}
    assert "wrong host" in all_text(await asked(riley, "left for Step 3 of 6 - Vault unseal", thread))

    progress = await riley.wait_message(INCIDENTS, "R-1 REAL gateway")
    await riley.click(progress, "Hand over…")
    await riley.wait_view("To whom?")
    assert await riley.submit({"person": "Alex", "why": "my shift ends"}) == {}
    assert "my shift ends" in all_text(await asked(alex, "handed over to Alex by Riley", thread))
    for words in ("Log in to the vault", "Enter the first key", "Enter the second key", "systemctl restart"):
        await alex.click(await asked(alex, words, thread, open_still=True), "Done")
    await alex.wait_message(INCIDENTS, "Ledger")

    state = await walked.desk.store.recoveries.state("R-1")
    assert (state.outcome, state.lead) == (Outcome.FINISHED, alex.id)
    (kept,) = state.attachments
    assert await attachment(walked.desk, "R-1", kept.digest) == ("gw.log", LOG)
    assert set(walked.console.log.refusals) <= {"ratelimited"}  # more than a post a second


async def test_of_two_clicks_on_done_the_second_reads_who_was_first(walked: World) -> None:
    riley, alex, thread = await begun(walked)
    question = await asked(riley, "command 1 of 2", thread)
    await asyncio.gather(riley.click(question, "Done"), alex.click(question, "Done"))
    done = all_text(await asked(riley, "done by", thread))
    second, first = (alex, "Riley") if "done by Riley" in done else (riley, "Alex")
    await second.wait_message(INCIDENTS, f"already done by {first} at", thread=thread)


async def test_what_a_runbook_explains_is_read_in_a_walk_as_it_stood_when_that_began(
    walked: World, tmp_path: Path
) -> None:
    riley, _, thread = await begun(walked)
    book = tmp_path / "runbooks" / "gateway.md"
    book.write_text(book.read_text(encoding="utf-8").replace("answers with errors", "is gone"), encoding="utf-8")
    await riley.click(await asked(riley, "command 1 of 2", thread), "Look or jump…")
    assert "answers with errors" not in all_text(await riley.wait_view("Background"))
    await riley.choose_in_view("look_background", "Gateway outage")
    await riley.wait_view("What to do when the gateway answers with errors.")
    await riley.choose_in_view("look_step", "6. Restart it")
    assert "answers with errors" not in all_text(await riley.wait_view("Go to this step…"))


async def test_a_part_is_named_behind_the_command_and_a_mistyped_one_is_told_its_nearest(walked: World) -> None:
    riley = walked.page.person("responder")
    await riley.command(INCIDENTS, "/recovery runbook gateway move to the standby")
    view = await riley.wait_view("Which part?")
    chosen = [block["element"]["initial_option"] for block in view["blocks"] if block["block_id"] == "part:gateway"]
    assert [one["text"]["text"] for one in chosen] == ["Move to the standby (2 steps)"]
    await riley.close_view()
    await riley.command(INCIDENTS, "/recovery runbook gateway move to standby")
    assert "Did you mean Move to the standby?" in all_text(await riley.wait_view("Did you mean"))


def standing(view: Json, name: str) -> str:
    """What stands chosen in a form before anybody chooses; empty: nothing."""
    elements = [block["element"] for block in view["blocks"] if block.get("element", {}).get("action_id") == name]
    initial = [element["initial_option"]["value"] for element in elements if "initial_option" in element]
    return "".join(initial)


async def test_nobody_starts_the_wrong_runbook_or_overwrites_for_not_having_chosen(walked: World) -> None:
    riley = walked.page.person("responder")
    await riley.command(INCIDENTS, "/recovery runbook")
    view = await riley.wait_view("Why?")
    assert (standing(view, "runbook"), standing(view, "mode")) == ("", "")
    assert "runbook" in await riley.submit({"mode": "Real"})
    await riley.close_view()

    await riley.command(INCIDENTS, "/recovery runbook gateway")
    view = await riley.wait_view("Say what you would do")
    assert (standing(view, "runbook"), standing(view, "mode")) == ("gateway", "real")  # as at a terminal
    await riley.choose_in_view("runbook", "orders-db")
    view = await riley.wait_view("Overwrites the real targets")
    assert standing(view, "mode") == ""
    assert list(await riley.submit({})) == ["mode:system"]
    await riley.choose_in_view("runbook", "gateway")
    assert standing(await riley.wait_view("Say what you would do"), "mode") == "real"


async def test_a_walk_is_finished_early_with_a_reason(walked: World) -> None:
    riley, _, thread = await begun(walked)
    await riley.click(await asked(riley, "command 1 of 2", thread), "Look or jump…")
    await riley.wait_view("Restart it")
    await riley.click_in_view("Finish here…")
    await riley.wait_view("Ahead: what lies between is skipped")
    assert await riley.submit({"why": "the vendor mended it"}) == {}
    said = all_text(await riley.wait_message(INCIDENTS, "Ledger"))
    assert "FINISHED, 6 steps skipped" in said
    assert "Start: " not in said  # nothing was down that anybody spoke of


async def test_done_earlier_takes_a_time_since_the_question_and_no_other(walked: World) -> None:
    riley, _, thread = await begun(walked)
    question = await asked(riley, "command 1 of 2", thread)
    await riley.click(question, "Done earlier…")
    await riley.wait_view("When was it done?")
    assert await riley.submit({"since_at": "2026-01-01T00:00"}) == {}
    await riley.wait_message(INCIDENTS, "it cannot have been done before", thread=thread)
    await riley.click(question, "Done earlier…")
    await riley.wait_view("When was it done?")
    assert await riley.submit() == {}

    async def ended() -> bool:
        state = await walked.desk.store.recoveries.state("R-1")
        return any(step.ended_at for step in state.units["gateway"].steps.values())

    await eventually(ended)


async def test_a_second_person_reads_which_commands_a_walk_runs_before_approving_it(
    walked: World, tmp_path: Path
) -> None:
    first, second = (f'   ```sh {{"name": "{name}"}}\n   true\n   ```\n\n' for name in ("purge-the-cache", "ask-cache"))
    steps = f"1. Tell the shop\n2. Purge the cache\n\n{first}3. Look\n\n{second}"
    (tmp_path / "runbooks" / "purge.md").write_text(
        f"---\nrecovery: {{execute: true}}\n---\n# Purge\n\n{steps}", encoding="utf-8"
    )
    riley, alex = walked.page.person("responder"), walked.page.person("approver")
    await riley.command(INCIDENTS, "/recovery runbook purge")
    await riley.wait_view("Runbook")
    assert await riley.submit({"mode": "Real", "why": "stale pages"}) == {}
    request = await alex.wait_message(INCIDENTS, "APPROVE REAL WALK R-1: purge?")
    assert "2 commands: 2. Purge the cache, 3. Look (ask-cache). People do 1 of 3 steps" in all_text(request)
    await alex.click(request, "Approve exactly this")
    await riley.wait_message(INCIDENTS, "approved by Alex")
