"""The interpreter: killed at any moment, it goes on to the same end, with the same events."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.events import EventKind, make_event
from bot.domain.frozen_plan import Mode
from bot.domain.recovery import fold
from bot.domain.recovery_state import Choice, Verdict
from bot.engine.workflow import _end_recovery, run_unit
from bot.store.codec import encode
from tests.fakes.histories import ANN, RECOVERY, at, check, command, manual, plan_of, system
from tests.fakes.memory_steps import MemorySteps
from tests.fakes.replaying_engine import TURNS, Choose, Cut, FakeDurable, Memory, ReplayingEngine, first_choice

if TYPE_CHECKING:
    from bot.domain.frozen_plan import FrozenPlan
    from bot.engine.steps import Steps

SITE = plan_of(
    system("dns"),
    system("db", manual("stop"), command("restore"), check(), depends_on=["dns"]),
    system("docs", manual("look"), check(), depends_on=["dns"]),
)


def fails_once(unit: str, step: str, attempt: int) -> str:
    return "failed" if (unit, step, attempt) == ("db", "restore", 1) else "passed"


async def play(steps: MemorySteps, *cuts: int, choose: Choose = first_choice) -> tuple[str, int]:
    """Run to the end, killed at these moments of the processes that follow each other; the moments of the last."""
    memory = Memory()
    for cut in [*cuts, 0]:
        engine = ReplayingEngine(steps, memory, cut, choose)
        try:
            return await engine.run(), engine.moments
        except Cut:
            continue
    raise AssertionError(cuts)


def per_unit(plan: FrozenPlan, steps: MemorySteps) -> dict[str, list[str]]:
    return {unit.name: [event.id for event in steps.events.values() if event.unit == unit.name] for unit in plan.units}


def retry(unit: str, step: str, question: str) -> Choice:
    return Choice.RETRY if question == "failed" else first_choice(unit, step, question)


async def test_an_undisturbed_recovery_brings_everything_back_in_order() -> None:
    steps = MemorySteps(SITE)
    assert (await play(steps))[0] == "recovered"
    started = [event.unit for event in steps.events.values() if event.kind == EventKind.UNIT_STARTED]
    assert started == ["dns", "db", "docs"]
    assert {unit.verdict for unit in fold(SITE, steps.events.values()).units.values()} == {Verdict.VERIFIED}


async def test_killed_at_any_moment_it_comes_to_the_same_end_with_the_same_events() -> None:
    whole = MemorySteps(SITE, fails_once)
    outcome, moments = await play(whole, choose=retry)
    for cut in range(1, moments + 1):
        steps = MemorySteps(SITE, fails_once)
        assert (await play(steps, cut, choose=retry))[0] == outcome, cut
        assert per_unit(SITE, steps) == per_unit(SITE, whole), cut
        assert set(steps.events) == set(whole.events), cut


@settings(max_examples=12, deadline=None)
@given(st.lists(st.integers(1, 40), min_size=2, max_size=6))
def test_killed_again_and_again_it_comes_to_the_same_end(cuts: list[int]) -> None:
    whole, steps = MemorySteps(SITE, fails_once), MemorySteps(SITE, fails_once)
    outcome, _ = asyncio.run(play(whole, choose=retry))
    assert asyncio.run(play(steps, *cuts, choose=retry))[0] == outcome
    assert per_unit(SITE, steps) == per_unit(SITE, whole)


async def test_what_depends_on_a_failed_system_never_starts() -> None:
    steps = MemorySteps(SITE, lambda unit, _step, _attempt: "failed" if unit == "dns" else "passed")
    assert (await play(steps))[0] == "failed"
    assert {event.unit for event in steps.events.values()} == {"dns", ""}


async def test_an_engine_whose_memory_was_lost_goes_by_the_ledger() -> None:
    """A new engine's database: everything is done again as a replay, and the answers come all at once."""
    whole = MemorySteps(SITE, fails_once)
    outcome, moments = await play(whole, choose=retry)
    for cut in range(1, moments + 1, 3):
        steps = MemorySteps(SITE, fails_once)
        with contextlib.suppress(Cut):
            await ReplayingEngine(steps, Memory(), cut, retry).run()
        assert await ReplayingEngine(steps, Memory(), 0, retry).run() == outcome, cut
        assert set(steps.events) == set(whole.events), cut


@pytest.mark.parametrize("cut", range(1, 60, 5))
async def test_an_abort_ends_every_unit_that_was_under_way_and_starts_no_other(cut: int) -> None:
    steps, memory = MemorySteps(SITE), Memory()
    with contextlib.suppress(Cut):
        await ReplayingEngine(steps, memory, cut).run()
    before = fold(SITE, steps.events.values())
    steps.tell(make_event(RECOVERY, EventKind.ABORT_REQUESTED, at(99), actor=ANN, data={"reason": "no"}))
    steps.control = "abort"
    assert await ReplayingEngine(steps, memory).run() == ("recovered" if before.outcome else "aborted")
    after = fold(SITE, steps.events.values())
    assert all(unit.ended_at for unit in after.units.values() if unit.started_at)
    assert {name for name, unit in after.units.items() if unit.started_at} == {
        name for name, unit in before.units.items() if unit.started_at
    }


async def test_an_abort_wakes_a_unit_that_waits_for_a_person() -> None:
    steps = MemorySteps(SITE)
    engine = ReplayingEngine(steps, Memory())

    def abort_instead() -> None:
        steps.tell(make_event(RECOVERY, EventKind.ABORT_REQUESTED, at(99), actor=ANN, data={"reason": "no"}))
        engine.abort()

    engine.people = abort_instead  # type: ignore[method-assign] # this person answers nothing
    assert await engine.run() == "aborted"
    state = fold(SITE, steps.events.values())
    assert {name: unit.verdict for name, unit in state.units.items()} == {
        "dns": Verdict.VERIFIED,
        "db": Verdict.ABORTED,
        "docs": Verdict.ABORTED,
    }


class Unit:
    """One unit of SITE by itself, with mail that is given to it."""

    def __init__(self, steps: MemorySteps) -> None:
        self.steps = steps
        self.engine = ReplayingEngine(steps, Memory())
        self.task = asyncio.create_task(
            run_unit(FakeDurable(self.engine, f"{RECOVERY}/db"), cast("Steps", steps), encode(SITE), "db")
        )

    async def settle(self) -> list[str]:
        """The kinds of what has happened, once it can go on no more."""
        for _ in range(TURNS):
            await asyncio.sleep(0)
        return [event.kind for event in self.steps.events.values()]

    def send(self, key: str, **message: object) -> None:
        self.engine.send(f"{RECOVERY}/db", key, message)


async def test_a_paused_unit_starts_nothing_until_it_is_resumed() -> None:
    unit = Unit(MemorySteps(SITE, control="pause"))
    assert await unit.settle() == []
    unit.send("old", control="resume")
    assert await unit.settle() == []
    unit.steps.control = ""
    unit.send("nothing")
    unit.send("resume", control="resume")
    assert await unit.settle() == ["unit_started", "asked"]
    unit.send("again", control="resume")
    unit.task.cancel()


async def test_a_pause_lets_an_answer_in_and_keeps_what_is_next() -> None:
    unit = Unit(MemorySteps(SITE))
    await unit.settle()
    unit.steps.control = "pause"
    unit.send("a", **unit.steps.answer("db", "stop", 1, "do", Choice.DONE))
    assert await unit.settle() == ["unit_started", "asked", "answered", "applied"]
    unit.send("abort", control="abort")
    assert await unit.task == "aborted"


async def test_an_answer_that_comes_before_its_question_waits_for_it() -> None:
    steps = MemorySteps(SITE, fails_once)
    later = steps.answer("db", "restore", 1, "failed", Choice.RETRY)
    steps.events.clear()
    unit = Unit(steps)
    unit.send("later", **later)
    await unit.settle()
    unit.send("now", **steps.answer("db", "stop", 1, "do", Choice.DONE))
    assert await unit.task == "verified"


OPENED = plan_of(system("db", command("restore"), check(), command("open")), system("api", depends_on=["db"]))


async def test_what_depends_on_a_system_starts_when_its_check_has_passed() -> None:
    steps = MemorySteps(OPENED)
    assert (await play(steps))[0] == "recovered"
    ids = [event.id for event in steps.events.values()]
    assert ids.index("R-1/db//0/unit_released") < ids.index("R-1/api//0/unit_started")


async def test_that_a_unit_ended_says_more_than_that_it_released_what_depends_on_it() -> None:
    """Mail may be taken in another order than it was sent."""
    steps = MemorySteps(OPENED)
    engine = ReplayingEngine(steps, Memory())
    engine.send(RECOVERY, "db/ended", {"unit": "db", "ended": True, "released": True})
    engine.send(RECOVERY, "db/released", {"unit": "db", "ended": False, "released": True})
    assert await engine.run() == "recovered"


def discards(plan: FrozenPlan) -> FrozenPlan:
    """The same as a drill whose last step takes its scratch target away."""
    [unit] = plan.units
    steps = tuple(replace(step, cleanup=step.id == "discard") for step in unit.steps)
    return replace(plan, mode=Mode.DRILL, units=(replace(unit, steps=steps),))


async def test_an_aborted_drill_takes_its_scratch_target_away() -> None:
    plan = discards(plan_of(system("db", command("restore"), manual("look"), check(), command("discard"))))
    steps = MemorySteps(plan)
    engine = ReplayingEngine(steps, Memory())

    def abort_instead() -> None:
        steps.tell(make_event(RECOVERY, EventKind.ABORT_REQUESTED, at(99), actor=ANN, data={"reason": "no"}))
        engine.abort()

    engine.people = abort_instead  # type: ignore[method-assign] # this person answers nothing
    assert await engine.run() == "aborted"
    assert [event.step for event in steps.events.values() if event.kind == EventKind.ATTEMPT_ENDED] == [
        "restore",
        "discard",
    ]


async def test_a_recovery_does_not_end_while_a_unit_is_under_way() -> None:
    steps = MemorySteps(SITE)
    await steps.start_unit(SITE, SITE.unit("dns"))
    with pytest.raises(RuntimeError, match="R-1 ends while a unit is under way"):
        await _end_recovery(cast("Steps", steps), SITE)
