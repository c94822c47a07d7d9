"""Going to another step: what is skipped, what is done again, and where nobody can go."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.events import Event, EventKind, make_event
from bot.domain.frozen_plan import Mode, OnFail, UnitKind
from bot.domain.jump import THE_END, skipped_checks, targets
from bot.domain.next_action import RunStep, clean_up
from bot.domain.recovery import apply_unit, fold
from bot.domain.recovery_state import StepStatus, UnitState, Verdict
from tests.fakes.histories import ANN, RECOVERY, History, at, check, command, manual, plan_of, probe, system
from tests.fakes.simulation import Simulation, random_plan
from tests.fakes.unit_walk import walk

if TYPE_CHECKING:
    from random import Random

DB = system("db", probe(), manual("stop"), command("restore"), check(), manual("open"), manual("tell"))
WALK = system("walk", manual("one"), manual("two"), manual("three"), kind=UnitKind.WALK)
PENDING, SKIPPED, DONE = StepStatus.PENDING, StepStatus.SKIPPED, StepStatus.DONE


def told() -> History:
    return History(plan_of(DB)).run("db", "still-standing", 1, "failed").ask("db", "stop")


def state_of(history: History) -> UnitState:
    return fold(history.plan, history.events).units["db"]


def statuses(state: UnitState) -> dict[str, StepStatus]:
    return {name: step.status for name, step in state.steps.items()}


def test_a_jump_ahead_skips_the_asked_step_and_all_before_the_target() -> None:
    state = state_of(told().answer("db", "stop", "jump", to="open", reason="it is up", release=True))
    assert statuses(state) == {
        "still-standing": StepStatus.FAILED,
        "stop": SKIPPED,
        "restore": SKIPPED,
        "check": SKIPPED,
        "open": PENDING,
        "tell": PENDING,
    }
    assert {state.steps[name].reason for name in ("stop", "restore", "check")} == {"jumped to “Open”: it is up"}
    assert (state.steps["check"].release, state.steps["check"].ended_at) == (True, at(1))


def test_what_was_jumped_over_counts_as_skipped() -> None:
    done = walk(DB, still_standing="failed", stop="jump>open").run()
    assert (done.verdict, done.released) == (Verdict.UNVERIFIED, False)
    assert done.reasons == (
        "check skipped: Check (jumped to “Open”: so)",
        "restore action skipped: Restore (jumped to “Open”: so)",
    )
    assert walk(DB, still_standing="failed", stop="jump>open!").run().released


def test_a_jump_back_does_again_what_was_done_under_new_attempts() -> None:
    done = walk(WALK, three="jump>two done").run()
    assert statuses(done) == dict.fromkeys(("one", "two", "three"), DONE)
    assert {name: step.attempt for name, step in done.steps.items()} == {"one": 1, "two": 2, "three": 2}


def test_a_jump_back_takes_up_what_a_jump_ahead_left_out() -> None:
    done = walk(WALK, one="jump>three", three="jump>one done").run()
    assert {name: step.attempt for name, step in done.steps.items()} == {"one": 2, "two": 2, "three": 2}
    assert set(statuses(done).values()) == {DONE}


def test_a_step_that_is_done_again_is_still_for_whom_it_was_assigned_to() -> None:
    history = told().tell(EventKind.ASSIGNED, who=ANN, unit="db", step="stop", attempt=1, to="U2", to_name="Ben")
    history.take("db", "stop").answer("db", "stop", "done").run("db", "restore", 1, "failed").ask("db", "restore")
    step = state_of(history.answer("db", "restore", "jump", to="stop")).steps["stop"]
    assert (step.assigned_to, step.assigned_to_name, step.taken_by, step.answered_by) == ("U2", "Ben", "", "")


def test_a_question_that_stands_beside_the_asked_one_stands_on_after_a_jump_ahead() -> None:
    first, second = (replace(manual(name), parallel="both") for name in ("first", "second"))
    unit = system("db", first, second, manual("last"), kind=UnitKind.WALK)
    history = History(plan_of(unit)).ask("db", "first").ask("db", "second").answer("db", "second", "jump", to="last")
    assert statuses(state_of(history)) == {"first": StepStatus.WAITING, "second": SKIPPED, "last": PENDING}


def test_nobody_goes_to_the_same_step_or_to_the_look_whether_it_still_stands() -> None:
    """Half restored it would pass for standing."""
    assert [step.id for step in targets(state_of(told()), DB.step("stop"))] == ["restore", "check", "open", "tell"]


def test_behind_what_was_released_nobody_goes_back() -> None:
    """What depends on the system has started: its checks stand."""
    history = told().answer("db", "stop", "done").run("db", "restore", 1).run("db", "check", 1)
    history.tell(EventKind.UNIT_RELEASED, unit="db").ask("db", "open").answer("db", "open", "done").ask("db", "tell")
    assert [step.id for step in targets(state_of(history), DB.step("tell"))] == ["open"]


@pytest.mark.parametrize(
    ("asked", "to", "checks"), [("stop", "open", ["check"]), ("stop", "check", []), ("tell", "stop", [])]
)
def test_the_checks_that_a_jump_leaves_out_are_known_before_it(asked: str, to: str, checks: list[str]) -> None:
    found = skipped_checks(state_of(told()), DB.step(asked), DB.step(to))
    assert [step.id for step in found] == checks


def test_a_jump_is_an_answer_to_a_failure_too() -> None:
    done = walk(DB, still_standing="failed", restore="failed jump>stop passed", stop="done done").run()
    assert (done.verdict, done.steps["restore"].attempt) == (Verdict.VERIFIED, 2)


def test_a_failure_that_was_passed_over_is_done_again_by_a_jump_back() -> None:
    tidy = replace(command("tidy"), on_fail=OnFail.CONTINUE)
    unit = system("db", manual("stop"), tidy, manual("look"), check())
    done = walk(unit, tidy="failed passed", look="jump>stop done").run()
    assert (done.verdict, done.steps["tidy"].status) == (Verdict.VERIFIED, StepStatus.PASSED)


@settings(max_examples=40, deadline=None)
@given(st.randoms(use_true_random=False))
def test_a_jump_never_loses_a_step_and_never_takes_an_attempt_twice(random: Random) -> None:
    plan = random_plan(random)
    played = Simulation(plan, random)
    played.play()
    states = {unit.name: fold(plan, []).units[unit.name] for unit in plan.units}
    for event in (event for event in played.events if event.unit):
        before = states[event.unit]
        states[event.unit] = after = apply_unit(before, event)
        assert after.steps.keys() == before.steps.keys()
        if event.kind == EventKind.APPLIED and event.data["choice"] == "jump":
            _went_there(before, after, event)


def _went_there(before: UnitState, after: UnitState, event: Event) -> None:
    order = [step.id for step in after.unit.steps]
    asked, target = order.index(event.step), order.index(event.data["to"])
    for place, name in enumerate(order):
        was, now = before.steps[name], after.steps[name]
        if place < min(asked, target) or (target > asked and place >= target):
            assert now == was
        elif target > asked:
            assert now.closed or now == was
        else:
            assert now.status is StepStatus.PENDING
            assert now.attempt == was.attempt + (was.status is not StepStatus.PENDING)


@settings(max_examples=40, deadline=None)
@given(st.randoms(use_true_random=False))
def test_a_unit_whose_events_are_all_told_again_stands_where_it_stood(random: Random) -> None:
    """After a crash a workflow meets everything that it did once more."""
    plan = random_plan(random)
    events = Simulation(plan, random).play()
    first = events[: random.randint(0, len(events))]
    again = fold(plan, [*first, *(event for event in first if event.unit)])
    assert again.units == fold(plan, first).units


def test_words_about_an_attempt_before_the_jump_change_nothing() -> None:
    history = told().answer("db", "stop", "done").run("db", "restore", 1, "failed").ask("db", "restore", "failed")
    before = state_of(history.answer("db", "restore", "jump", to="stop"))
    data = {"question": "do"}
    late = make_event(RECOVERY, EventKind.ASKED, at(9), unit="db", step="stop", attempt=1, data=data)
    assert apply_unit(before, late) == before


def test_a_walk_that_is_finished_early_skips_all_that_is_left_and_ends() -> None:
    ended = walk(WALK, two="jump>:end").run()
    assert [ended.steps[name].status for name in ("one", "two", "three")] == [DONE, SKIPPED, SKIPPED]
    assert ended.steps["three"].reason == "finished here: so"
    assert ended.verdict is Verdict.DONE


def test_a_system_that_is_finished_before_its_check_is_not_verified_and_releases_nothing() -> None:
    ended = walk(DB, still_standing="failed", stop="jump>:end").run()
    assert (ended.verdict, ended.released) == (Verdict.UNVERIFIED, False)


def test_who_finishes_a_walk_leaves_no_question_of_it_standing() -> None:
    both = [replace(manual(name), parallel="both") for name in ("first", "second", "third")]
    unit = system("db", *both, manual("last"), kind=UnitKind.WALK)
    history = History(plan_of(unit)).ask("db", "first").ask("db", "second").answer("db", "first", "done")
    history.ask("db", "third").answer("db", "third", "jump", to=THE_END.id, reason="so")
    assert statuses(state_of(history)) == {"first": DONE, "second": SKIPPED, "third": SKIPPED, "last": SKIPPED}


def test_a_drill_that_is_finished_early_takes_its_scratch_target_away() -> None:
    discard = replace(command("discard"), cleanup=True)
    unit = system("db", manual("stop"), command("restore"), discard, kind=UnitKind.WALK)
    walked = walk(unit, Mode.DRILL, stop=f"jump>{THE_END.id}")
    done = walked.run()
    assert (done.steps["restore"].status, done.steps["discard"].status) == (SKIPPED, StepStatus.PASSED)
    assert walk(unit, stop=f"jump>{THE_END.id}").run().steps["discard"].status is SKIPPED


def test_a_drill_that_went_back_to_its_beginning_still_has_something_to_take_away() -> None:
    discard = replace(command("discard"), cleanup=True)
    unit = system("db", command("restore"), manual("look"), discard, kind=UnitKind.WALK)
    history = History(plan_of(unit, mode=Mode.DRILL)).unit("db").run("db", "restore", 1).ask("db", "look")
    state = state_of(history.answer("db", "look", "jump", to="restore"))
    assert {step.status for step in state.steps.values()} == {PENDING}
    assert clean_up(state) == RunStep(discard, 1)
