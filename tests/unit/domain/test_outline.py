"""The outline of a walk: names that people find a step by, where they are, how long it took, and ways out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.frozen_plan import PlannedStep, Unit, UnitKind
from bot.domain.outline import NOBODY_ASKED, label, outline, time_taken, ways_out
from bot.domain.recovery import fold
from bot.domain.recovery_state import StepState, UnitState
from tests.fakes.histories import History, check, command, manual, plan_of, probe, system


def placed(step: PlannedStep, place: int, **more: object) -> PlannedStep:
    return replace(step, place=place, **more)  # type: ignore[arg-type] # names of its fields


UNIT = system(
    "db",
    probe(),
    placed(manual("stop"), 1),
    placed(command("restore"), 2, goto="undo", rollback="stop"),
    placed(check(), 3),
    placed(manual("undo"), 9),
)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({}, "Step 3 of 9"),
        ({"section": ("Restore",), "number": "3"}, "Step 3 of 9 - Restore > 3"),
        ({"section": ("Restore", "Primary")}, "Step 3 of 9 - Restore > Primary"),
        ({"number": "3.2"}, "Step 3 of 9 - 3.2"),
        ({"within": ("Vault",), "section": ("Keys",)}, "Step 3 of 9 - Vault > Keys"),
        ({"command_place": (2, 3)}, "Step 3 of 9, command 2 of 3"),
    ],
)
def test_a_step_is_called_by_its_place_its_headings_and_its_own_number(more: dict[str, object], said: str) -> None:
    assert label(UNIT, placed(manual("x"), 3, **more)) == said


def test_the_bots_own_look_is_no_step_of_the_author() -> None:
    assert label(UNIT, UNIT.step("still-standing")) == "Before step 1 of 9"


def state_of(history: History) -> UnitState:
    return fold(history.plan, history.events).units["db"]


def told(unit: Unit = UNIT) -> History:
    return (
        History(plan_of(unit)).run("db", "still-standing", 1, "failed").ask("db", "stop").answer("db", "stop", "done")
    )


def test_the_outline_has_every_step_and_shows_where_the_walk_stands() -> None:
    lines = outline(state_of(told()))
    assert [line.step.id for line in lines] == ["still-standing", "stop", "restore", "check", "undo"]
    assert [line.step.id for line in lines if line.current] == ["restore"]
    assert (lines[1].label, lines[1].state.answered_by) == ("Step 1 of 9", "Ann")


def test_a_failed_step_offers_where_its_author_says_to_go_and_what_undoes_it() -> None:
    state = state_of(told().run("db", "restore", 1, "failed").ask("db", "restore", "failed"))
    ahead, back = ways_out(state, UNIT.step("restore"))
    assert (ahead.to.id, ahead.label, ahead.reason) == (
        "undo",
        "Go to “Undo”",
        "the runbook says so when this step fails",
    )
    assert (back.to.id, back.label, back.reason) == ("stop", "Undo: go to “Stop”", "to undo “Restore”")
    assert ways_out(state, UNIT.step("stop")) == ()


def test_a_way_that_nobody_can_go_any_more_is_not_offered() -> None:
    last = replace(UNIT.step("undo"), rollback="stop")
    unit = replace(UNIT, steps=(*UNIT.steps[:-1], last))
    released = replace(state_of(told(unit)), released=True)
    assert ways_out(released, last) == ()


def step_after(history: History, name: str) -> StepState:
    return state_of(history).steps[name]


def test_a_command_took_from_its_start_to_its_end() -> None:
    assert time_taken(step_after(told().run("db", "restore", 4), "restore")) == timedelta(minutes=4)


def test_a_person_took_from_being_on_it_else_from_being_asked() -> None:
    asked = History(plan_of(UNIT)).ask("db", "stop").wait(3)
    assert time_taken(step_after(asked, "stop")) is None
    taken = History(plan_of(UNIT)).ask("db", "stop").wait(3).take("db", "stop").wait(2).answer("db", "stop", "done")
    assert time_taken(step_after(taken, "stop")) == timedelta(minutes=2)
    assert time_taken(step_after(asked.answer("db", "stop", "done"), "stop")) == timedelta(minutes=3)


def test_what_was_not_done_took_no_time() -> None:
    assert time_taken(step_after(told().run("db", "restore", 4, "failed"), "restore")) is None
    assert time_taken(StepState()) is None


def test_a_drill_that_nobody_attended_says_nothing_of_how_long_its_steps_take() -> None:
    asked = History(plan_of(UNIT)).ask("db", "stop").wait(3)
    answered = asked.answer("db", "stop", "done", reason=f"simulated: {NOBODY_ASKED}")
    assert time_taken(step_after(answered, "stop")) is None


def test_a_walk_has_as_many_places_as_its_author_wrote_steps() -> None:
    assert UNIT.places == 9
    assert system("walk", manual("a"), kind=UnitKind.WALK).places == 0
