"""The one message of a walk: where it stands can be read, and its buttons reached, however many steps it has."""

from __future__ import annotations

from dataclasses import replace

from bot.blocks.progress import progress_message
from bot.console.blocks_seen import all_text
from bot.console.validate import check_message
from bot.domain.frozen_plan import UnitKind
from bot.domain.recovery import fold
from bot.slack.fit import fit_message
from tests.fakes.histories import History, at, manual, plan_of, system


def walked(steps: int, done: int) -> History:
    planned = [replace(manual(f"step-{place}"), place=place, position=place) for place in range(1, steps + 1)]
    told = History(plan_of(system("move", *planned, kind=UnitKind.WALK))).launch().unit("move")
    for step in planned[:done]:
        told.ask("move", step.id).answer("move", step.id, "done")
    return told.ask("move", planned[done].id) if done < steps else told.end_unit("move", "done").end("finished")


def shown(told: History) -> tuple[list[str], str]:
    message = progress_message(fold(told.plan, told.events), (), at(60))
    fitted = fit_message(message)
    check_message(fitted["text"], fitted["blocks"], [], None)
    plan = next(block for block in message["blocks"] if block["type"] == "plan")
    return [task["title"].partition(".")[0] for task in plan["tasks"]], all_text(message)


def test_of_a_long_walk_the_steps_around_the_one_that_is_asked_are_shown() -> None:
    places, said = shown(walked(40, 20))
    assert places == [str(place) for place in range(18, 30)]
    assert "20 of 40 steps closed" in said
    assert "… 28 more steps: “Look at all steps…” in the menu shows them" in said


def test_a_walk_of_twelve_steps_is_shown_whole() -> None:
    places, said = shown(walked(12, 3))
    assert places == [str(place) for place in range(1, 13)]
    assert "more step" not in said


def test_when_a_long_walk_is_over_the_review_has_its_steps() -> None:
    places, said = shown(walked(40, 40))
    assert places[-1] == "40"
    assert "… 28 more steps: the review has them" in said
