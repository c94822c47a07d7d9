"""What comes next, and how a unit and a recovery end."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.events import EventKind
from bot.domain.frozen_plan import Mode, OnFail, UnitKind
from bot.domain.next_action import RunStep, next_action, outcome_of, startable
from bot.domain.recovery import begin, fold
from bot.domain.recovery_state import CHOICES, Outcome, StepStatus, UnitState, Verdict
from bot.domain.runbook import StepKind
from tests.fakes.histories import ANN, History, at, check, command, manual, plan_of, probe, system
from tests.fakes.simulation import Simulation, random_plan
from tests.fakes.unit_walk import UnitWalk, walk

if TYPE_CHECKING:
    from random import Random

    from bot.domain.frozen_plan import PlannedStep
    from bot.domain.recovery_state import Question, RecoveryState

DB = system("db", manual("stop"), command("restore"), check())
WALK = system("cache", manual("stop"), check("look"), kind=UnitKind.WALK)


def passed_over(step: PlannedStep) -> PlannedStep:
    return replace(step, on_fail=OnFail.CONTINUE)


def verdict(state: UnitState) -> tuple[Verdict | None, bool, tuple[str, ...]]:
    return state.verdict, state.released, state.reasons


def test_a_system_is_verified_when_its_check_compared_its_data() -> None:
    done = walk(DB).run()
    assert verdict(done) == (Verdict.VERIFIED, True, ())
    assert done.verified_at == done.steps["check"].ended_at


def test_steps_are_taken_in_their_order_and_each_question_is_asked_once() -> None:
    walked = walk(DB)
    walked.run()
    assert walked.seen == [
        "unit_started",
        "asked stop",
        "answered stop",
        "applied stop",
        "attempt_started restore",
        "attempt_ended restore",
        "attempt_started check",
        "attempt_ended check",
        "unit_ended",
    ]


def test_without_a_truth_it_is_partial() -> None:
    done = walk(DB, check="passed").run()
    assert verdict(done) == (Verdict.PARTIAL, True, ("no truth was recorded to compare with",))
    assert done.verified_at is None


def test_one_comparison_among_several_checks_is_enough_and_the_last_tells_when() -> None:
    done = walk(system("db", check("canary"), check("ping")), ping="passed").run()
    assert verdict(done) == (Verdict.VERIFIED, True, ())
    assert done.verified_at == done.steps["ping"].ended_at


def test_a_skipped_restore_action_is_partial() -> None:
    done = walk(DB, restore="failed skip").run()
    assert verdict(done) == (Verdict.PARTIAL, True, ("restore action skipped: Restore (so)",))
    assert done.verified_at


def test_a_command_that_a_walk_skips_is_no_restore_action() -> None:
    done = walk(system("tidy", command("sweep"), kind=UnitKind.WALK), sweep="failed skip").run()
    assert verdict(done) == (Verdict.PARTIAL, True, ("command skipped: Sweep (so)",))


def test_a_command_that_a_walk_only_shows_is_skipped_like_any_other_step() -> None:
    shown = replace(command("sweep"), runs=None)
    done = walk(system("tidy", shown, kind=UnitKind.WALK), sweep="skip").run()
    assert verdict(done) == (Verdict.DONE, True, ())


def test_an_optional_restore_action_may_be_skipped() -> None:
    unit = system("db", command("warm", optional=True), check())
    assert verdict(walk(unit, warm="failed skip").run()) == (Verdict.VERIFIED, True, ())


@pytest.mark.parametrize(("word", "released"), [("skip", False), ("skip!", True)])
def test_a_skipped_check_is_unverified_and_holds_unless_it_is_released(word: str, *, released: bool) -> None:
    unit = system("db", manual("stop"), manual("look", StepKind.CHECK))
    assert verdict(walk(unit, look=word).run()) == (Verdict.UNVERIFIED, released, ("check skipped: Look (so)",))


def test_a_check_that_a_person_attests_is_unverified_and_releases() -> None:
    unit = system("db", manual("look", StepKind.CHECK))
    reason = "attested by a person, not compared with a truth: Look"
    assert verdict(walk(unit).run()) == (Verdict.UNVERIFIED, True, (reason,))


def test_a_step_given_up_fails_the_unit_and_names_who_gave_it_up() -> None:
    done = walk(DB, restore="failed give_up").run()
    assert verdict(done) == (Verdict.FAILED, False, ("Restore: exit code 1, given up by Ann (so)",))
    assert done.steps["check"].status is StepStatus.PENDING


def test_a_step_that_stops_on_failure_fails_the_unit_at_once() -> None:
    done = walk(system("db", replace(command("restore"), on_fail=OnFail.STOP), check()), restore="timed_out").run()
    assert verdict(done) == (Verdict.FAILED, False, ("Restore: failed",))


def test_a_failed_step_that_is_passed_over_leaves_the_system_partial() -> None:
    done = walk(system("db", passed_over(command("tidy")), check()), tidy="failed").run()
    assert verdict(done) == (Verdict.PARTIAL, True, ("failed and passed over: Tidy: exit code 1",))
    assert done.verified_at


def test_a_failed_check_that_is_passed_over_fails_the_system_all_the_same() -> None:
    done = walk(system("db", passed_over(check("canary")), check("ping")), canary="failed").run()
    assert verdict(done) == (Verdict.FAILED, False, ("Canary: exit code 1",))


def test_a_failed_step_is_tried_again_under_the_next_attempt() -> None:
    walked = walk(DB, restore="failed retry failed retry passed")
    assert walked.run().steps["restore"].attempt == 3
    assert walked.seen.count("asked restore") == 2


def test_a_person_may_fail_a_manual_step_and_is_then_asked_what_next() -> None:
    walked = walk(DB, stop="fail retry done")
    done = walked.run()
    assert (done.verdict, done.steps["stop"].attempt) == (Verdict.VERIFIED, 2)
    assert walked.seen[:7] == ["unit_started", *["asked stop", "answered stop", "applied stop"] * 2]


def test_what_may_have_run_is_asked_about() -> None:
    assert verdict(walk(DB, restore="interrupted done").run())[0] is Verdict.VERIFIED
    assert verdict(walk(DB, restore="interrupted retry").run())[0] is Verdict.VERIFIED


def test_what_never_ran_is_run_without_asking() -> None:
    walked = walk(DB, restore="never_ran passed")
    assert walked.run().steps["restore"].attempt == 2
    assert "asked restore" not in walked.seen


def test_a_command_that_runs_is_entered_again_under_the_same_attempt() -> None:
    told = History(plan_of(DB)).unit("db").answer("db", "stop", "done")
    told.tell(EventKind.ATTEMPT_STARTED, unit="db", step="restore", attempt=2)
    assert next_action(state_after(told).units["db"]) == RunStep(DB.step("restore"), 2)


def test_an_aborted_command_ends_the_unit() -> None:
    done = walk(DB, restore="aborted").run()
    assert verdict(done) == (Verdict.ABORTED, False, ("aborted",))


def test_a_system_that_still_stands_is_checked_and_not_restored() -> None:
    walked = walk(system("db", probe(), command("restore"), check()))
    done = walked.run()
    assert verdict(done) == (Verdict.VERIFIED, True, ("was still standing: checked, not restored",))
    assert done.verified_at == done.steps["still-standing"].ended_at
    assert "attempt_started restore" not in walked.seen


@pytest.mark.parametrize("word", ["failed", "passed", "timed_out"])
def test_a_system_of_which_that_is_not_certain_is_restored(word: str) -> None:
    done = walk(system("db", probe(), command("restore"), check()), still_standing=word).run()
    assert verdict(done) == (Verdict.VERIFIED, True, ())
    assert done.steps["restore"].status is StepStatus.PASSED


def test_steps_that_bring_no_system_back_are_done_partial_unverified_or_failed() -> None:
    assert verdict(walk(WALK, look="passed").run()) == (Verdict.DONE, True, ())
    tidy = system("tidy", passed_over(manual("sweep")), kind=UnitKind.AFTER)
    assert verdict(walk(tidy, sweep="fail").run())[:2] == (Verdict.PARTIAL, True)
    assert verdict(walk(WALK, look="failed skip").run())[:2] == (Verdict.UNVERIFIED, False)
    assert verdict(walk(WALK, stop="fail give_up").run())[:2] == (Verdict.FAILED, False)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_person_who_answers_everything_always_comes_to_an_end(data: st.DataObject) -> None:
    """Whatever commands and people do: the unit ends, and what its steps say bounds what can be said of it."""
    steps = [manual("stop"), command("restore"), passed_over(command("tidy")), check("canary"), check("ping")]
    unit = system("db", probe(), *data.draw(st.lists(st.sampled_from(steps), unique=True)), check("last"))
    outcomes = ["passed", "verified", "failed", "timed_out", "aborted", "interrupted", "never_ran"]
    words = data.draw(st.lists(st.integers(0, 10), max_size=20))

    def tell(_step: PlannedStep, question: Question | None) -> str:
        known = [choice.value for choice in CHOICES[question]] if question else outcomes
        word = known[words.pop() % len(known)] if words else ("give_up" if "give_up" in known else known[0])
        return f"jump>{words.pop() if words else 0}" if word == "jump" else word

    done = UnitWalk(unit, tell).run()
    statuses = {step.id: done.steps[step.id].status for step in unit.steps if not step.probe}
    assert done.verdict
    if done.verdict is not Verdict.UNVERIFIED:
        assert done.released == (done.verdict in {Verdict.VERIFIED, Verdict.PARTIAL})
    if done.verdict is Verdict.VERIFIED and "still standing" not in "".join(done.reasons):
        assert set(statuses.values()) <= {StepStatus.PASSED, StepStatus.VERIFIED, StepStatus.DONE, StepStatus.SKIPPED}
        assert StepStatus.VERIFIED in {statuses[step.id] for step in unit.checks}
        assert StepStatus.SKIPPED not in {statuses[step.id] for step in unit.steps if step.runs and not step.probe}


SITE = plan_of(system("dns"), system("db", depends_on=["dns"]), system("api", depends_on=["db"]), system("docs"))


def state_after(told: History) -> RecoveryState:
    return fold(told.plan, told.events)


def test_what_waits_for_nothing_starts_at_once_and_the_rest_when_it_is_released() -> None:
    told = History(SITE).launch()
    assert startable(state_after(told)) == ["dns", "docs"]
    told.unit("dns").unit("docs").end_unit("dns")
    assert startable(state_after(told)) == ["db"]
    told.unit("db").end_unit("db", "failed", released=False)
    assert startable(state_after(told)) == []


def test_nothing_starts_after_an_abort() -> None:
    assert startable(state_after(History(SITE).launch().tell(EventKind.ABORT_REQUESTED, who=ANN, reason="no"))) == []


def test_a_recovery_goes_on_while_a_unit_runs_or_can_start() -> None:
    told = History(SITE).launch()
    assert outcome_of(state_after(told)) is None
    told.unit("dns").unit("docs").end_unit("dns", "failed", released=False)
    assert outcome_of(state_after(told)) is None
    assert outcome_of(state_after(told.end_unit("docs"))) is Outcome.FAILED


@pytest.mark.parametrize(
    ("verdicts", "outcome"),
    [
        (("verified", "verified"), Outcome.RECOVERED),
        (("verified", "done"), Outcome.RECOVERED),
        (("partial", "verified"), Outcome.PARTIAL),
        (("partial", "unverified"), Outcome.UNVERIFIED),
        (("failed", "unverified"), Outcome.FAILED),
        (("failed", "aborted"), Outcome.ABORTED),
    ],
)
def test_a_recovery_ends_as_its_least_certain_system_did(verdicts: tuple[str, str], outcome: Outcome) -> None:
    told = History(plan_of(system("dns"), system("docs"))).launch().unit("dns").unit("docs")
    told.end_unit("dns", verdicts[0]).end_unit("docs", verdicts[1])
    assert outcome_of(state_after(told)) is outcome


@pytest.mark.parametrize("mode", list(Mode))
def test_a_walk_that_restores_no_system_finishes_and_recovers_nothing(mode: Mode) -> None:
    walked = system("tidy", check(), kind=UnitKind.WALK)
    told = History(plan_of(walked, mode=mode)).launch().unit("tidy").end_unit("tidy", "done")
    assert outcome_of(state_after(told)) is Outcome.FINISHED


def test_an_optional_system_spoils_nothing_by_itself() -> None:
    told = History(plan_of(system("dns"), system("wiki", optional=True))).launch().unit("dns").unit("wiki")
    told.end_unit("dns").end_unit("wiki", "failed", released=False)
    assert outcome_of(state_after(told)) is Outcome.RECOVERED


def test_an_optional_system_that_holds_one_that_counts_spoils_it() -> None:
    told = History(plan_of(system("cache", optional=True), system("api", depends_on=["cache"]))).launch().unit("cache")
    told.end_unit("cache", "failed", released=False)
    assert outcome_of(state_after(told)) is Outcome.FAILED


def test_an_aborted_recovery_is_aborted_whatever_came_back_before() -> None:
    told = History(SITE).launch().unit("dns").end_unit("dns").tell(EventKind.ABORT_REQUESTED, who=ANN, reason="no")
    assert outcome_of(state_after(told)) is Outcome.ABORTED


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False))
def test_a_system_starts_only_after_all_it_depends_on_and_recovered_means_every_one_of_them(random: Random) -> None:
    plan = random_plan(random)
    played = Simulation(plan, random)
    events = played.play(most=2_000)
    released: set[str] = set()
    for event in events:
        if event.kind == EventKind.UNIT_STARTED:
            assert released.issuperset(plan.unit(event.unit).depends_on)
        if event.kind == EventKind.UNIT_ENDED and event.data["released"]:
            released.add(event.unit)
    state = played.state
    assert state.outcome
    verdicts = {unit.verdict for unit in state.units.values() if not unit.unit.optional}
    assert (state.outcome is Outcome.RECOVERED) == (verdicts <= {Verdict.VERIFIED})
    assert all(unit.verdict is None for name, unit in state.units.items() if name in state.held)


def test_nothing_is_left_to_do_once_a_unit_has_ended() -> None:
    told = History(SITE).launch().unit("dns").end_unit("dns")
    assert next_action(state_after(told).units["dns"]) is None
    assert next_action(begin(SITE).units["dns"]) is not None
    assert state_after(told).units["dns"].ended_at == at(14)
