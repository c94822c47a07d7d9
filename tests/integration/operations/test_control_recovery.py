"""Steering a recovery: abort, pause, resume, lead, and the start of its outage."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bot.domain.errors import AlreadyDone, BringbackError, Conflict, NotAllowed, UnknownName
from bot.domain.frozen_plan import Mode
from bot.domain.recovery_state import Choice, Outcome
from bot.operations.answer_step import answer_step
from bot.operations.control_recovery import abort, correct_start, pause, resume, take_lead
from bot.operations.preview_restore import RestoreRequest
from bot.operations.show_recovery import open_recoveries, recent, recovery_state
from bot.operations.start_recovery import start_recovery
from tests.fakes.histories import at
from tests.integration.operations.conftest import ALEX, EVE, RILEY

if TYPE_CHECKING:
    from bot.operations.desk import Desk
    from tests.fakes.fixed_clock import FixedClock
    from tests.fakes.recording_engine import RecordingEngine

REAL = RestoreRequest(name="full-site", reason="the disk is gone", break_glass="alone", outage_started_at=at(20))


async def start(desk: Desk, engine: RecordingEngine, request: RestoreRequest = REAL) -> None:
    """R-1 runs, and the engine is idle from then on."""
    await start_recovery(desk, request, RILEY)
    engine.idle = True
    engine.told.clear()


async def verified(desk: Desk) -> None:
    """R-1 comes to its end at the clock's time."""
    await start_recovery(desk, REAL, RILEY)
    await answer_step(desk, "R-1", "orders-db", "stop-the-writers", 1, Choice.DONE, RILEY)


async def kinds(desk: Desk) -> list[str]:
    return [event.kind for event in await desk.store.ledger.events("R-1")]


async def test_an_abort_is_stored_with_its_reason_and_told(desk: Desk, engine: RecordingEngine) -> None:
    await start(desk, engine)
    state = await abort(desk, "R-1", ALEX, " wrong site ")
    assert state.abort_requested
    assert state.reason == "the disk is gone; aborted by Alex: wrong site"
    assert engine.told == ["abort R-1"]
    assert await desk.store.recoveries.control("R-1") == "abort"


async def test_an_abort_needs_a_reason(desk: Desk, engine: RecordingEngine) -> None:
    await start(desk, engine)
    with pytest.raises(BringbackError, match="Aborting needs a reason"):
        await abort(desk, "R-1", ALEX, " ")


async def test_the_second_abort_hears_of_the_first_and_nothing_undoes_it(desk: Desk, engine: RecordingEngine) -> None:
    await start(desk, engine)
    aborts = await asyncio.gather(*(abort(desk, "R-1", who, "no") for who in (ALEX, RILEY)), return_exceptions=True)
    assert sorted(type(result).__name__ for result in aborts) == ["AlreadyDone", "RecoveryState"]
    for late in (abort(desk, "R-1", RILEY, "no"), pause(desk, "R-1", RILEY), resume(desk, "R-1", RILEY)):
        with pytest.raises(AlreadyDone, match=r"R-1 aborted: already done by (Alex|Riley) at 04:00:00 UTC"):
            await late
    assert (await kinds(desk)).count("abort_requested") == 1


async def test_a_pause_holds_and_a_resume_wakes(desk: Desk, engine: RecordingEngine) -> None:
    await start(desk, engine)
    assert (await pause(desk, "R-1", RILEY)).paused
    assert (await desk.store.recoveries.control("R-1"), engine.told) == ("pause", [])
    assert not (await resume(desk, "R-1", RILEY)).paused
    assert (await desk.store.recoveries.control("R-1"), engine.told) == ("", ["resume R-1"])


async def test_the_lead_goes_over(desk: Desk, engine: RecordingEngine) -> None:
    await start(desk, engine)
    assert (await take_lead(desk, "R-1", ALEX)).lead == "U2APPROVER"


async def test_whom_the_policy_does_not_name_steers_nothing(desk: Desk, engine: RecordingEngine) -> None:
    await start(desk, engine)
    asked = [
        abort(desk, "R-1", EVE, "no"),
        pause(desk, "R-1", EVE),
        resume(desk, "R-1", EVE),
        take_lead(desk, "R-1", EVE),
        correct_start(desk, "R-1", EVE, at(10), "no"),
    ]
    for call in asked:
        with pytest.raises(NotAllowed, match="Eve may not control a recovery"):
            await call
    assert engine.told == []


async def test_what_does_not_run_cannot_be_steered(desk: Desk) -> None:
    await start_recovery(desk, RestoreRequest(name="full-site"), RILEY)
    with pytest.raises(Conflict, match=r"R-1 waits for approval, it does not run\. Reject it"):
        await abort(desk, "R-1", RILEY, "no")
    with pytest.raises(UnknownName):
        await pause(desk, "R-9", RILEY)


async def test_what_has_ended_cannot_be_steered(desk: Desk) -> None:
    await start_recovery(desk, RestoreRequest(systems=("dns",), mode=Mode.DRILL), RILEY)
    assert (await recovery_state(desk, "R-1")).outcome is Outcome.RECOVERED
    with pytest.raises(Conflict, match="R-1 is ended, it does not run"):
        await pause(desk, "R-1", RILEY)


async def test_the_start_of_an_outage_is_corrected_by_an_event_with_a_reason(
    desk: Desk, engine: RecordingEngine
) -> None:
    await start(desk, engine)
    state = await correct_start(desk, "R-1", RILEY, at(15), " the log says so ")
    assert (state.outage_started_at, state.evidence) == (at(15), "the log says so")
    event = (await desk.store.ledger.events("R-1"))[-1]
    assert (event.data["from"], event.data["to"]) == (at(20).isoformat(), at(15).isoformat())


async def test_a_correction_needs_a_reason_and_a_time_that_has_passed(desk: Desk, engine: RecordingEngine) -> None:
    await start(desk, engine)
    with pytest.raises(BringbackError, match="Correcting a time needs a reason"):
        await correct_start(desk, "R-1", RILEY, at(10), "")
    with pytest.raises(BringbackError, match="cannot start in the future"):
        await correct_start(desk, "R-1", RILEY, at(61), "so")


async def test_a_correction_that_makes_a_missed_rto_a_met_one_takes_a_second_person(desk: Desk) -> None:
    """Back at minute 60, out since 20: 40 minutes. The RTO is 30."""
    await verified(desk)
    with pytest.raises(NotAllowed, match="turns a missed RTO into a met one: it takes a second person"):
        await correct_start(desk, "R-1", RILEY, at(35), "the log says so")
    assert (await correct_start(desk, "R-1", RILEY, at(25), "still missed")).outage_started_at == at(25)
    assert (await correct_start(desk, "R-1", ALEX, at(35), "the log says so")).outage_started_at == at(35)


async def test_that_holds_while_it_still_runs_past_its_rto(
    desk: Desk, engine: RecordingEngine, clock: FixedClock
) -> None:
    await start(desk, engine)
    clock.at = at(55)
    with pytest.raises(NotAllowed, match="second person"):
        await correct_start(desk, "R-1", RILEY, at(30), "so")
    clock.at = at(45)
    assert (await correct_start(desk, "R-1", RILEY, at(30), "so")).outage_started_at == at(30)


async def test_recoveries_are_shown_open_and_recent(desk: Desk, engine: RecordingEngine) -> None:
    await start_recovery(desk, RestoreRequest(systems=("dns",), mode=Mode.DRILL), RILEY)
    engine.idle = True
    await start_recovery(desk, RestoreRequest(systems=("dns",), mode=Mode.DRILL), RILEY)
    assert [state.plan.recovery for state in await open_recoveries(desk)] == ["R-2"]
    assert [state.plan.recovery for state in await recent(desk)] == ["R-2", "R-1"]
    assert [state.plan.recovery for state in await recent(desk, limit=1)] == ["R-2"]
    with pytest.raises(UnknownName, match="There is no recovery called “R-9”"):
        await recovery_state(desk, "R-9")
