"""Answering a step: the first answer counts, each needs what it needs, and a late click hears why."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bot.domain.errors import AlreadyDone, BringbackError, Conflict, NotAllowed, UnknownName
from bot.domain.frozen_plan import Mode
from bot.domain.recovery_state import Choice, Outcome, StepStatus, Verdict
from bot.operations.answer_step import add_note, answer_step, take_step
from bot.operations.control_recovery import abort
from bot.operations.preview_restore import RestoreRequest
from bot.operations.start_recovery import start_recovery
from tests.fakes.histories import at
from tests.integration.operations.conftest import ALEX, EVE, RILEY

if TYPE_CHECKING:
    from pathlib import Path

    from bot.domain.recovery_state import RecoveryState
    from bot.operations.desk import Desk
    from tests.fakes.fixed_clock import FixedClock
    from tests.fakes.recording_engine import RecordingEngine

STOP = ("R-1", "orders-db", "stop-the-writers", 1)
DRILL = RestoreRequest(name="full-site", mode=Mode.DRILL)


@pytest.fixture
async def started(desk: Desk) -> RecoveryState:
    """R-1 waits at orders-db's manual step."""
    return await start_recovery(desk, DRILL, RILEY)


async def kinds(desk: Desk) -> list[str]:
    return [event.kind for event in await desk.store.ledger.events("R-1")]


@pytest.mark.usefixtures("started")
class TestWaiting:
    """R-1 waits for a person."""

    async def test_an_answer_is_stored_first_and_then_told_to_the_engine(
        self, desk: Desk, engine: RecordingEngine
    ) -> None:
        engine.idle = True
        state = await answer_step(desk, *STOP, Choice.DONE, RILEY)
        step = state.units["orders-db"].steps["stop-the-writers"]
        assert (step.status, step.answered_by, step.choice) == (StepStatus.ANSWERED, "Riley", Choice.DONE)
        assert engine.told[-1] == "deliver R-1/orders-db/stop-the-writers/1/do"
        assert [answer.step for answer in await desk.store.answers.pending()] == ["stop-the-writers"]

    async def test_the_recovery_goes_on_with_an_answer(self, desk: Desk) -> None:
        state = await answer_step(desk, *STOP, Choice.DONE, RILEY)
        assert state.units["orders-db"].ended_at
        assert "full-site:after" in {name for name, unit in state.units.items() if unit.started_at}

    async def test_a_click_on_a_finished_step_hears_who_did_it_and_when(self, desk: Desk, clock: FixedClock) -> None:
        await answer_step(desk, *STOP, Choice.DONE, RILEY)
        clock.at = at(75)
        for late in (answer_step(desk, *STOP, Choice.FAIL, RILEY, "no"), take_step(desk, *STOP, RILEY)):
            with pytest.raises(AlreadyDone, match="“Stop the writers”: already done by Riley at 04:00:00 UTC"):
                await late

    async def test_of_two_clicks_at_once_one_counts(self, desk: Desk, engine: RecordingEngine) -> None:
        engine.idle = True
        clicks = [answer_step(desk, *STOP, Choice.DONE, RILEY) for _ in range(3)]
        results = await asyncio.gather(*clicks, return_exceptions=True)
        assert sorted(type(result).__name__ for result in results) == ["AlreadyDone"] * 2 + ["RecoveryState"]
        assert (await kinds(desk)).count("answered") == 1

    @pytest.mark.parametrize("choice", [Choice.SKIP, Choice.FAIL])
    async def test_a_skip_and_a_failure_need_a_reason(self, desk: Desk, choice: Choice) -> None:
        with pytest.raises(BringbackError, match=f"“{choice.value}” needs a reason"):
            await answer_step(desk, *STOP, choice, RILEY, "  ")
        assert "answered" not in await kinds(desk)

    async def test_a_question_takes_only_its_own_answers(self, desk: Desk) -> None:
        with pytest.raises(Conflict, match=r"cannot be answered with retry\. It takes: done, fail, skip"):
            await answer_step(desk, *STOP, Choice.RETRY, RILEY)

    async def test_whom_the_policy_does_not_name_answers_nothing(self, desk: Desk) -> None:
        for asked in (answer_step(desk, *STOP, Choice.DONE, EVE), take_step(desk, *STOP, EVE)):
            with pytest.raises(NotAllowed, match="Eve may not answer a step"):
                await asked

    async def test_what_is_not_there_is_unknown(self, desk: Desk) -> None:
        asked = [
            ("R-7", "orders-db", "stop-the-writers", "recovery called “R-7”"),
            ("R-1", "orders", "stop-the-writers", "system in R-1 called “orders”. Did you mean orders-db"),
            ("R-1", "orders-db", "stop", "step of orders-db called “stop”"),
        ]
        for recovery, unit, step, named in asked:
            with pytest.raises(UnknownName, match=f"There is no {named}"):
                await answer_step(desk, recovery, unit, step, 1, Choice.DONE, RILEY)

    async def test_a_step_that_asks_nothing_says_how_it_stands(self, desk: Desk) -> None:
        with pytest.raises(Conflict, match=r"“Restore the newest base backup” asks for nothing now: it is pending"):
            await answer_step(desk, "R-1", "orders-db", "restore", 1, Choice.DONE, RILEY)
        with pytest.raises(Conflict, match="asks for nothing now: it is waiting"):
            await answer_step(desk, *STOP[:3], 2, Choice.DONE, RILEY)

    async def test_somebody_says_that_they_are_on_it_and_the_next_hears_of_it(self, desk: Desk) -> None:
        state = await take_step(desk, *STOP, RILEY)
        assert state.units["orders-db"].steps["stop-the-writers"].taken_by == "Riley"
        with pytest.raises(AlreadyDone, match="“Stop the writers” taken: already done by Riley"):
            await take_step(desk, *STOP, ALEX)

    async def test_of_two_who_take_it_at_once_one_has_it(self, desk: Desk) -> None:
        taken = await asyncio.gather(*(take_step(desk, *STOP, who) for who in (RILEY, ALEX)), return_exceptions=True)
        assert sorted(type(result).__name__ for result in taken) == ["AlreadyDone", "RecoveryState"]

    async def test_a_note_keeps_its_words_and_its_time(self, desk: Desk) -> None:
        state = await add_note(desk, "R-1", ALEX, " the vendor called ", "orders-db", "stop-the-writers")
        assert state.notes == ((at(60), "Alex", "the vendor called"),)
        with pytest.raises(BringbackError, match="An empty note says nothing"):
            await add_note(desk, "R-1", ALEX, " ")
        with pytest.raises(NotAllowed):
            await add_note(desk, "R-1", EVE, "hm")

    async def test_a_unit_that_was_aborted_takes_no_answer(self, desk: Desk, engine: RecordingEngine) -> None:
        engine.idle = True
        await abort(desk, "R-1", RILEY, "wrong site")
        engine.idle = False
        await engine.control("R-1", "abort")
        with pytest.raises(Conflict, match=r"R-1 ended at 04:00:00 UTC\. Its review says how"):
            await answer_step(desk, *STOP, Choice.DONE, RILEY)


async def test_a_new_question_about_the_same_step_is_in_nobodys_hands(desk: Desk) -> None:
    await start_recovery(desk, RestoreRequest(name="full-site", break_glass="alone"), RILEY)
    await take_step(desk, *STOP, RILEY)
    await answer_step(desk, *STOP, Choice.FAIL, RILEY, "no access")
    state = await take_step(desk, *STOP, ALEX)
    assert state.units["orders-db"].steps["stop-the-writers"].taken_by == "Alex"
    assert (await kinds(desk)).count("taken") == 2


async def test_a_failed_step_is_asked_about_under_its_own_question(desk: Desk, engine: RecordingEngine) -> None:
    engine.failing["dns/restore"] = "exit code 1"
    await start_recovery(desk, RestoreRequest(name="full-site", break_glass="alone"), RILEY)
    place = ("R-1", "dns", "restore", 1)
    await take_step(desk, *place, RILEY)
    with pytest.raises(BringbackError, match="“give up” needs a reason"):
        await answer_step(desk, *place, Choice.GIVE_UP, RILEY)
    state = await answer_step(desk, *place, Choice.RETRY, RILEY)
    assert (state.units["dns"].steps["restore"].attempt, state.units["dns"].verdict) == (2, Verdict.VERIFIED)
    with pytest.raises(AlreadyDone, match="“Restore the zone”: already done by Riley"):
        await answer_step(desk, *place, Choice.SKIP, RILEY, "no")


async def test_a_skipped_check_may_let_what_depends_on_it_start_which_is_recorded(
    desk: Desk, engine: RecordingEngine
) -> None:
    engine.failing["dns/canary"] = "exit code 1"
    await start_recovery(desk, RestoreRequest(name="full-site", break_glass="alone"), RILEY)
    place = ("R-1", "dns", "canary", 1)
    state = await answer_step(desk, *place, Choice.SKIP, RILEY, "the canary is broken", release=True)
    assert (state.units["dns"].verdict, state.units["dns"].released) == (Verdict.UNVERIFIED, True)
    assert "dns is not verified: the canary is broken (Riley)" in state.break_glass
    assert state.units["orders-db"].started_at


async def test_only_the_skip_of_a_check_releases(desk: Desk, engine: RecordingEngine) -> None:
    engine.failing["dns/restore"] = "exit code 1"
    await start_recovery(desk, RestoreRequest(name="full-site", break_glass="alone"), RILEY)
    state = await answer_step(desk, "R-1", "dns", "restore", 1, Choice.SKIP, RILEY, "done by hand", release=True)
    assert state.break_glass == ("second person: alone (Riley)",)


async def test_a_restore_that_ended_while_others_go_on_takes_no_answer(desk: Desk, engine: RecordingEngine) -> None:
    engine.failing["dns/restore"] = "exit code 1"
    await start_recovery(desk, RestoreRequest(systems=("dns", "orders-db"), break_glass="alone"), RILEY)
    state = await answer_step(desk, "R-1", "dns", "restore", 1, Choice.GIVE_UP, RILEY, "no copy")
    assert state.outcome is Outcome.FAILED
    with pytest.raises(Conflict, match="R-1 ended"):
        await answer_step(desk, "R-1", "dns", "canary", 1, Choice.DONE, RILEY)


async def test_an_approval_step_is_for_approvers_and_whom_it_names(desk: Desk, runbooks: Path) -> None:
    file = runbooks / "cache.md"
    text = file.read_text().replace(
        "## Flush it\n", "## Let it go\n<!-- step: {kind: approval} -->\nMay it?\n## Flush it\n"
    )
    file.write_text(text, encoding="utf-8")
    await start_recovery(desk, RestoreRequest(runbook="cache"), RILEY)
    await answer_step(desk, "R-1", "cache", "log-in", 1, Choice.DONE, RILEY)
    with pytest.raises(NotAllowed, match=r"Riley may not approve a step: that takes the role approver\. Ask Alex\."):
        await answer_step(desk, "R-1", "cache", "let-it-go", 1, Choice.DONE, RILEY)
    state = await answer_step(desk, "R-1", "cache", "let-it-go", 1, Choice.DONE, ALEX)
    assert state.units["cache"].steps["let-it-go"].status is StepStatus.DONE
