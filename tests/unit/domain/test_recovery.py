"""The fold: what each event makes of the state."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.events import Event, EventKind, make_event
from bot.domain.frozen_plan import Mode, OnFail
from bot.domain.recovery import apply, apply_unit, begin, fold
from bot.domain.recovery_state import Outcome, Question, RecoveryState, RecoveryStatus, StepState, StepStatus, Verdict
from tests.fakes.histories import (
    ANN,
    BEN,
    RECOVERY,
    History,
    at,
    check,
    command,
    manual,
    one_system,
    plan_of,
    probe,
    system,
    verified,
)
from tests.fakes.simulation import Simulation, random_plan

if TYPE_CHECKING:
    from random import Random

DB = plan_of(system("db", manual("stop"), command("restore"), check()))


def folded(told: History) -> RecoveryState:
    return fold(told.plan, told.events)


def step_of(told: History, step: str) -> StepState:
    return folded(told).units["db"].steps[step]


def test_a_request_names_who_asked_why_and_since_when() -> None:
    state = folded(History(DB).launch(noticing=9, deciding=3, approval=2))
    assert (state.requested_by, state.requested_by_name, state.lead) == ("U1", "Ann", "U1")
    assert (state.reason, state.evidence) == ("disk gone", "first failed check")
    assert (state.outage_started_at, state.declared_at, state.requested_at) == (at(0), at(9), at(12))
    assert (state.approved_by, state.approved_by_name, state.approvals) == ("U2", "Ben", ("U2",))
    assert (state.status, state.approved_at, state.started_at) == (RecoveryStatus.RUNNING, at(14), at(14))


def test_a_refusal_and_an_expiry_end_a_request() -> None:
    asked = History(DB).tell(EventKind.REQUESTED, who=ANN, reason="disk gone")
    expired = fold(DB, [*asked.events, make_event(RECOVERY, EventKind.EXPIRED, at(9))])
    rejected = folded(asked.wait(1).tell(EventKind.REJECTED, who=BEN, reason="not now"))
    assert (expired.status, expired.ended_at) == (RecoveryStatus.EXPIRED, at(9))
    assert (rejected.status, rejected.ended_at) == (RecoveryStatus.REJECTED, at(1))
    assert (rejected.reason, rejected.rejected_by_name) == ("not now", "Ben")


def test_people_steer_a_recovery_and_leave_words() -> None:
    told = History(DB).launch().tell(EventKind.LEAD_TAKEN, who=BEN).tell(EventKind.PAUSED, who=BEN)
    assert (folded(told).lead, folded(told).paused) == ("U2", True)
    told.tell(EventKind.RESUMED, who=BEN).tell(EventKind.NOTED, who=ANN, text="vendor called")
    told.tell(EventKind.BREAK_GLASS, who=ANN, gate="not proven", reason="now")
    told.tell(EventKind.OUTAGE_CORRECTED, who=BEN, to=at(-1).isoformat(), reason="the log says so")
    state = folded(told)
    assert (state.paused, state.notes) == (False, ((at(14), "Ann", "vendor called"),))
    assert state.break_glass == ("not proven: now (Ann)",)
    assert (state.outage_started_at, state.evidence) == (at(-1), "the log says so")


def test_an_abort_keeps_why_it_was_asked_for() -> None:
    told = History(DB).launch().tell(EventKind.ABORT_REQUESTED, who=BEN, reason="wrong site")
    assert folded(told).abort_requested
    assert folded(told).reason == "disk gone; aborted by Ben: wrong site"
    drill = History(DB).tell(EventKind.ABORT_REQUESTED, reason="interrupted: R-2 is real")
    assert folded(drill).reason == "interrupted: R-2 is real"


def test_kinds_that_change_nothing_leave_the_state_alone() -> None:
    state = begin(DB)
    assert apply(state, make_event(RECOVERY, EventKind.APPLIED, at(0), actor=ANN)) == state
    unit = state.units["db"]
    assert apply_unit(unit, make_event(RECOVERY, EventKind.NOTED, at(0), unit="db")) == unit
    assert apply_unit(unit, make_event(RECOVERY, EventKind.NOTED, at(0), unit="db", step="stop", attempt=1)) == unit


def test_a_command_runs_and_passes() -> None:
    told = History(DB).tell(EventKind.ATTEMPT_STARTED, unit="db", step="restore", attempt=1)
    assert step_of(told, "restore").status is StepStatus.RUNNING
    told.wait(2).tell(EventKind.ATTEMPT_ENDED, unit="db", step="restore", attempt=1, outcome="passed")
    assert (step_of(told, "restore").status, step_of(told, "restore").ended_at) == (StepStatus.PASSED, at(2))


@pytest.mark.parametrize(
    ("outcome", "status", "attempt"),
    [
        ("failed", StepStatus.FAILED, 1),
        ("timed_out", StepStatus.FAILED, 1),
        ("aborted", StepStatus.ABORTED, 1),
        ("never_ran", StepStatus.PENDING, 2),
        ("interrupted", StepStatus.INTERRUPTED, 1),
    ],
)
def test_an_attempt_ends_in_one_of_these_ways(outcome: str, status: StepStatus, attempt: int) -> None:
    step = step_of(History(DB).run("db", "restore", 1, outcome), "restore")
    assert (step.status, step.attempt) == (status, attempt)


def test_an_interrupted_step_that_may_run_again_is_run_again() -> None:
    plan = plan_of(system("db", command("restore", idempotent=True)))
    step = step_of(History(plan).run("db", "restore", 1, "interrupted"), "restore")
    assert (step.status, step.attempt) == (StepStatus.PENDING, 2)


def test_only_a_check_that_was_compared_with_a_truth_is_verified() -> None:
    compared = History(DB).run("db", "check", 1, comparison=verified(at(0)))
    without = History(DB).run("db", "check", 1, comparison=verified(at(0), verdict="no_truth"))
    no_check = History(DB).run("db", "restore", 1, comparison=verified(at(0)))
    assert step_of(compared, "check").status is StepStatus.VERIFIED
    assert step_of(without, "check").status is StepStatus.PASSED
    assert step_of(no_check, "restore").status is StepStatus.PASSED


def test_a_question_waits_is_taken_and_is_answered() -> None:
    told = History(DB).ask("db", "stop").wait(1).take("db", "stop", who=BEN).wait(1)
    waiting = step_of(told, "stop")
    assert (waiting.status, waiting.question, waiting.taken_by) == (StepStatus.WAITING, Question.DO, "Ben")
    told.tell(EventKind.ANSWERED, who=ANN, unit="db", step="stop", attempt=1, choice="skip", reason="no CDN")
    answered = step_of(told, "stop")
    assert (answered.status, answered.answered_by, answered.reason) == (StepStatus.ANSWERED, "Ann", "no CDN")


def test_a_new_question_is_in_nobodys_hands() -> None:
    told = History(DB).ask("db", "stop").take("db", "stop").answer("db", "stop", "fail", reason="no access")
    asked = step_of(told.ask("db", "stop", "failed"), "stop")
    assert (asked.taken_by, asked.taken_at, asked.answered_by) == ("", None, "")


@pytest.mark.parametrize(
    ("choice", "status", "attempt"),
    [
        ("done", StepStatus.DONE, 1),
        ("skip", StepStatus.SKIPPED, 1),
        ("give_up", StepStatus.GIVEN_UP, 1),
        ("fail", StepStatus.FAILED, 1),
        ("retry", StepStatus.PENDING, 2),
    ],
)
def test_an_answer_closes_its_question(choice: str, status: StepStatus, attempt: int) -> None:
    step = step_of(History(DB).ask("db", "stop").answer("db", "stop", choice, reason="so"), "stop")
    assert (step.status, step.attempt, step.question) == (status, attempt, None)


def test_words_about_an_attempt_that_is_over_change_nothing() -> None:
    told = History(DB).run("db", "restore", 1, "never_ran")
    before = step_of(told, "restore")
    assert step_of(told.run("db", "restore", 1, "failed"), "restore") == before


def test_a_unit_ends_with_its_verdict_and_the_recovery_with_its_outcome() -> None:
    state = folded(one_system())
    unit = state.units["orders-db"]
    assert (unit.verdict, unit.released, unit.verified_at, unit.current) == (Verdict.VERIFIED, True, at(34), None)
    assert (state.status, state.outcome, state.ended_at) == (RecoveryStatus.ENDED, Outcome.RECOVERED, at(34))
    assert (state.verified_at, state.rta) == (at(34), timedelta(minutes=34))


def test_the_current_step_is_the_first_that_is_not_passed_by() -> None:
    plan = plan_of(system("db", probe(), manual("stop"), check()))
    told = History(plan).run("db", "still-standing", 1, "failed").ask("db", "stop")
    current = folded(told).units["db"].current
    assert current
    assert (current.id, current.on_fail) == ("stop", OnFail.ASK)
    told.answer("db", "stop", "done").run("db", "check", 1)
    assert folded(told).units["db"].current is None


def test_the_clock_stops_when_all_critical_systems_are_verified() -> None:
    units = (system("dns"), system("db"), system("docs"), system("wiki", optional=True))
    told = History(plan_of(*units, critical=("dns", "db"))).launch().unit("dns").unit("db")
    told.end_unit("dns")
    assert (folded(told).verified_at, folded(told).rta) == (None, None)
    assert [unit.unit.name for unit in folded(told).critical] == ["db", "dns"]
    told.wait(5).end_unit("db")
    assert folded(told).verified_at == at(19)
    assert [unit.unit.name for unit in fold(plan_of(*units), []).critical] == ["db", "dns", "docs"]


def test_a_drill_has_no_recovery_time() -> None:
    told = History(plan_of(system("db"), mode=Mode.DRILL)).launch().unit("db").end_unit("db")
    assert (folded(told).verified_at, folded(told).rta) == (at(14), None)


def test_what_was_not_released_holds_what_depends_on_it() -> None:
    plan = plan_of(system("db"), system("api", depends_on=["db"]), system("docs"))
    told = History(plan).launch().unit("db").end_unit("db", "failed", released=False)
    assert folded(told).held == {"api": ["db"]}


@settings(max_examples=40, deadline=None)
@given(st.randoms(use_true_random=False))
def test_every_beginning_of_a_history_folds(random: Random) -> None:
    plan = random_plan(random)
    state = begin(plan)
    for event in Simulation(plan, random).play():
        state = apply(state, event)
        assert all(unit.current is None for unit in state.units.values() if unit.ended_at)


@settings(max_examples=40, deadline=None)
@given(st.randoms(use_true_random=False))
def test_an_event_of_a_unit_that_is_told_twice_changes_nothing(random: Random) -> None:
    plan = random_plan(random)
    events: list[Event] = Simulation(plan, random).play()
    twice = [event for event in events for _ in range(2 if event.unit else 1)]
    assert fold(plan, twice) == fold(plan, events)
