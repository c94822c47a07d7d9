"""Going to another step, over a real store: who may, where to, and what it takes along."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.domain.errors import AlreadyDone, BringbackError, Conflict, NotAllowed, UnknownName
from bot.domain.events import EventKind
from bot.domain.frozen_plan import Mode
from bot.domain.recovery_state import Choice, Outcome, StepStatus, Verdict
from bot.operations.answer_step import answer_step, take_step
from bot.operations.preview_restore import RestoreRequest
from bot.operations.show_recovery import recovery_state
from bot.operations.start_recovery import start_recovery
from tests.fakes.histories import at
from tests.integration.operations.conftest import ALEX, EVE, RILEY

if TYPE_CHECKING:
    from pathlib import Path

    from bot.domain.recovery_state import StepState
    from bot.operations.desk import Desk
    from tests.fakes.fixed_clock import FixedClock
    from tests.fakes.recording_engine import RecordingEngine

WALK = """# Walk
## One
Do one.
## Two
Do two.
## Let it go
<!-- step: {kind: approval} -->
Agree.
## Last
Do the last.
"""
ONE = ("R-1", "walk", "one", 1)
LAST = ("R-1", "walk", "last", 1)


@pytest.fixture
async def walked(desk: Desk, runbooks: Path) -> None:
    """R-1 walks four steps and asks for the first."""
    (runbooks / "walk.md").write_text(WALK, encoding="utf-8")
    await start_recovery(desk, RestoreRequest(runbook="walk", mode=Mode.REAL), RILEY)


async def steps_of(desk: Desk) -> dict[str, StepState]:
    return dict((await recovery_state(desk, "R-1")).units["walk"].steps)


async def last_of(desk: Desk, kind: EventKind) -> dict[str, object]:
    event = await desk.store.recoveries.last_event("R-1", kind)
    assert event
    return dict(event.data)


@pytest.mark.usefixtures("walked")
class TestWalk:
    """R-1 asks for its first step."""

    async def test_a_jump_goes_to_the_step_and_back_again(self, desk: Desk) -> None:
        await answer_step(desk, *ONE, Choice.JUMP, RILEY, "it is done", to="two")
        assert (await last_of(desk, EventKind.APPLIED))["to"] == "two"
        await answer_step(desk, "R-1", "walk", "two", 1, Choice.JUMP, RILEY, "not done", to="one")
        steps = await steps_of(desk)
        assert {name: (step.status, step.attempt) for name, step in steps.items()} == {
            "one": (StepStatus.WAITING, 2),
            "two": (StepStatus.PENDING, 2),
            "let-it-go": (StepStatus.PENDING, 1),
            "last": (StepStatus.PENDING, 1),
        }

    async def test_a_walk_ends_after_jumps_with_every_event_once(self, desk: Desk) -> None:
        await answer_step(desk, *ONE, Choice.DONE, RILEY)
        await answer_step(desk, "R-1", "walk", "two", 1, Choice.JUMP, RILEY, "again", to="one")
        for step in ("one", "two"):
            await answer_step(desk, "R-1", "walk", step, 2, Choice.DONE, RILEY)
        await answer_step(desk, "R-1", "walk", "let-it-go", 1, Choice.DONE, ALEX)
        state = await answer_step(desk, *LAST, Choice.DONE, RILEY)
        assert (state.outcome, state.units["walk"].verdict) == (Outcome.FINISHED, Verdict.DONE)
        ids = [event.id for event in await desk.store.ledger.events("R-1")]
        assert len(ids) == len(set(ids))

    async def test_a_jump_needs_a_reason(self, desk: Desk) -> None:
        with pytest.raises(BringbackError, match="“jump” needs a reason"):
            await answer_step(desk, *ONE, Choice.JUMP, RILEY, " ", to="two")

    async def test_a_jump_to_no_step_is_told_with_the_nearest(self, desk: Desk) -> None:
        with pytest.raises(UnknownName, match=r"no step of walk called “tow”\. Did you mean two\?"):
            await answer_step(desk, *ONE, Choice.JUMP, RILEY, "so", to="tow")

    async def test_nobody_jumps_to_where_the_walk_stands(self, desk: Desk) -> None:
        with pytest.raises(Conflict, match="cannot go from “One” to “One”"):
            await answer_step(desk, *ONE, Choice.JUMP, RILEY, "so", to="one")

    async def test_only_who_may_give_an_approval_passes_by_it(self, desk: Desk) -> None:
        with pytest.raises(NotAllowed, match="Riley may not approve a step"):
            await answer_step(desk, *ONE, Choice.JUMP, RILEY, "so", to="last")
        await answer_step(desk, *ONE, Choice.JUMP, ALEX, "so", to="last")
        assert (await steps_of(desk))["last"].status is StepStatus.WAITING

    async def test_of_two_answers_the_first_counts_also_when_one_is_a_jump(self, desk: Desk) -> None:
        await answer_step(desk, *ONE, Choice.JUMP, RILEY, "so", to="two")
        with pytest.raises(AlreadyDone, match="already done by Riley"):
            await answer_step(desk, *ONE, Choice.DONE, ALEX)

    async def test_a_click_on_what_was_asked_before_a_jump_back_hears_that_it_is_over(self, desk: Desk) -> None:
        await answer_step(desk, *ONE, Choice.DONE, RILEY)
        await answer_step(desk, "R-1", "walk", "two", 1, Choice.JUMP, RILEY, "again", to="one")
        with pytest.raises(Conflict, match=r"“One” is asked again: that was attempt 1, this is attempt 2\."):
            await answer_step(desk, *ONE, Choice.DONE, ALEX)

    async def test_a_step_is_taken_over_by_whoever_says_so(self, desk: Desk, clock: FixedClock) -> None:
        await take_step(desk, *ONE, RILEY)
        with pytest.raises(AlreadyDone, match="already done by Riley"):
            await take_step(desk, *ONE, ALEX)
        clock.at = at(61)
        await take_step(desk, *ONE, ALEX, over=True)
        step = (await steps_of(desk))["one"]
        assert (step.taken_by, step.taken_at) == ("Alex", at(61))
        assert await last_of(desk, EventKind.TAKEN) == {"from": "Riley"}

    async def test_a_step_goes_from_hand_to_hand_and_back(self, desk: Desk, clock: FixedClock) -> None:
        for minute, who in enumerate((RILEY, ALEX, RILEY), start=61):
            clock.at = at(minute)
            await take_step(desk, *ONE, who, over=True)
        assert (await steps_of(desk))["one"].taken_by == "Riley"
        with pytest.raises(AlreadyDone, match="already done by Riley at 04:03:00"):
            await take_step(desk, *ONE, ALEX)

    async def test_whoever_is_on_it_already_hears_no_complaint(self, desk: Desk) -> None:
        for _ in range(2):
            await take_step(desk, *ONE, RILEY, over=True)
        taken = [event for event in await desk.store.ledger.events("R-1") if event.kind == EventKind.TAKEN]
        assert len(taken) == 1

    async def test_nobody_takes_over_what_they_may_not_answer(self, desk: Desk) -> None:
        with pytest.raises(NotAllowed):
            await take_step(desk, *ONE, EVE, over=True)


async def test_a_jump_over_a_check_may_release_what_depends_on_it_as_break_glass(
    desk: Desk, engine: RecordingEngine, runbooks: Path
) -> None:
    dns = runbooks / "dns.md"
    dns.write_text(dns.read_text(encoding="utf-8") + "## Open it\nOpen the port.\n", encoding="utf-8")
    engine.idle = True
    await start_recovery(desk, RestoreRequest(systems=("dns",), mode=Mode.DRILL), RILEY)
    await _ask(desk, "restore")
    place = ("R-1", "dns", "restore", 1)
    state = await answer_step(desk, *place, Choice.JUMP, RILEY, "by hand", to="open-it", release=True)
    assert state.break_glass == ("dns is not verified: by hand (Riley)",)
    assert (await last_of(desk, EventKind.ANSWERED))["release"] is True


async def test_behind_a_release_nobody_goes_back(desk: Desk, engine: RecordingEngine, runbooks: Path) -> None:
    dns = runbooks / "dns.md"
    dns.write_text(dns.read_text(encoding="utf-8") + "## Open it\nOpen the port.\n", encoding="utf-8")
    engine.idle = True
    await start_recovery(desk, RestoreRequest(systems=("dns",), mode=Mode.DRILL), RILEY)
    await _ask(desk, "open-it", released=True)
    with pytest.raises(Conflict, match="What depends on dns was released: its checks stand"):
        await answer_step(desk, "R-1", "dns", "open-it", 1, Choice.JUMP, RILEY, "so", to="restore")


async def _ask(desk: Desk, step: str, *, released: bool = False) -> None:
    from bot.domain.events import make_event

    events = [make_event("R-1", EventKind.UNIT_STARTED, at(60), unit="dns")]
    events += [make_event("R-1", EventKind.UNIT_RELEASED, at(60), unit="dns")] if released else []
    asked = make_event(
        "R-1", EventKind.ASKED, at(60), unit="dns", step=step, attempt=1, data={"question": "failed"}, extra="failed"
    )
    await desk.store.ledger.append([*events, asked])
