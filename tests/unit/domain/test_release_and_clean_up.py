"""What depends on a system starts the moment it is verified; a drill leaves no scratch target behind."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.domain.frozen_plan import Mode
from bot.domain.next_action import clean_up
from bot.domain.recovery import begin_unit
from bot.domain.recovery_state import Verdict
from tests.fakes.histories import check, command, manual, system
from tests.fakes.unit_walk import walk

if TYPE_CHECKING:
    from bot.domain.frozen_plan import Unit

OPENED = system("db", command("restore"), check(), command("open"))


def drilled() -> Unit:
    unit = system("db", command("restore"), check(), command("discard"))
    steps = tuple(replace(step, cleanup=step.id == "discard") for step in unit.steps)
    return replace(unit, steps=steps)


def test_a_system_is_released_when_its_check_has_passed_though_steps_are_left() -> None:
    walked = walk(OPENED)
    done = walked.run()
    released = walked.seen.index("unit_released")
    assert walked.seen.index("attempt_ended check") < released < walked.seen.index("attempt_started open")
    assert done.released_at is not None
    assert done.verified_at == done.steps["check"].ended_at


def test_it_is_released_once_and_not_before_every_check_has_passed() -> None:
    walked = walk(OPENED, check="failed verified")
    walked.told = lambda step, question: (
        "retry" if question else ("failed" if step.id == "check" and len(walked.seen) < 5 else "verified")
    )
    walked.run()
    assert walked.seen.count("unit_released") == 1


def test_what_fails_after_the_release_holds_what_has_not_started() -> None:
    done = walk(OPENED, open="failed").run()
    assert (done.verdict, done.released, done.verified_at) == (Verdict.FAILED, False, None)


def test_a_simulated_step_makes_a_drill_partial_and_keeps_the_time_of_its_check() -> None:
    spoken = replace(manual("stop"), simulated=True)
    done = walk(system("db", spoken, command("restore"), check()), Mode.DRILL).run()
    assert (done.verdict, done.released, done.reasons) == (Verdict.PARTIAL, True, ("simulated: Stop",))
    assert done.verified_at is not None


def test_a_failed_drill_takes_its_scratch_target_away() -> None:
    walked = walk(drilled(), Mode.DRILL, check="failed")
    done = walked.run()
    assert walked.seen[-3:] == ["attempt_started discard", "attempt_ended discard", "unit_ended"]
    assert done.verdict is Verdict.FAILED


def test_an_aborted_drill_takes_its_scratch_target_away() -> None:
    walked = walk(drilled(), Mode.DRILL, restore="aborted")
    assert walked.run().verdict is Verdict.ABORTED
    assert "attempt_ended discard" in walked.seen


def test_a_real_recovery_takes_nothing_away_by_itself() -> None:
    walked = walk(drilled(), Mode.REAL, restore="aborted")
    assert walked.run().verdict is Verdict.ABORTED
    assert "attempt_started discard" not in walked.seen


def test_a_drill_of_which_nothing_ran_has_nothing_to_take_away() -> None:
    assert clean_up(begin_unit(drilled(), Mode.DRILL)) is None
