from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.events import EventKind
from bot.domain.frozen_plan import Mode
from bot.domain.recovery import fold
from bot.domain.recovery_state import Verdict
from bot.domain.runbook import StepKind
from bot.domain.timeline import critical_path, parts, spans, time_edits, timeline
from tests.fakes.histories import (
    ANN,
    BEN,
    History,
    at,
    check,
    command,
    manual,
    one_system,
    plan_of,
    system,
    verified,
)
from tests.fakes.simulation import Simulation, random_plan


def minutes(history: History) -> dict[str, float]:
    """The parts that are not nothing, in minutes."""
    found = parts(history.plan, history.events)
    return {kind.value: length / timedelta(minutes=1) for kind, length in found.items() if length}


def restored(told: History, name: str, length: float) -> History:
    """The system's unit, from its start to verified."""
    told.unit(name).run(name, "restore", length - 1)
    return told.run(name, "check", 1, comparison=verified(at(-1))).end_unit(name)


def test_the_parts_of_an_outage_are_told_apart() -> None:
    assert minutes(one_system()) == {
        "noticing": 9,
        "deciding": 3,
        "approval": 2,
        "people": 3,
        "hands_on": 4,
        "machine": 11,
        "rework": 2,
    }


@settings(deadline=None, max_examples=150)
@given(st.randoms(use_true_random=False), st.sampled_from(Mode), st.integers(5, 200))
def test_every_microsecond_of_the_measured_time_is_in_exactly_one_part(random: Random, mode: Mode, most: int) -> None:
    plan = random_plan(random, mode)
    events = Simulation(plan, random).play(most=most)
    measured = timeline(plan, events)
    assert sum(measured.parts.values(), timedelta()) == measured.duration
    assert all(left.ended_at == right.started_at for left, right in pairwise(measured.pieces))
    assert all(piece.started_at < piece.ended_at for piece in measured.pieces)
    if measured.pieces:
        assert measured.pieces[0].started_at == measured.started_at
        assert measured.pieces[-1].ended_at == measured.ended_at


@settings(deadline=None, max_examples=100)
@given(st.randoms(use_true_random=False))
def test_the_parts_sum_to_the_rta_of_a_real_recovery(random: Random) -> None:
    plan = random_plan(random)
    events = Simulation(plan, random).play()
    rta = fold(plan, events).rta
    if rta is not None and rta >= timedelta():
        assert sum(parts(plan, events).values(), timedelta()) == rta


@settings(deadline=None, max_examples=100)
@given(st.randoms(use_true_random=False))
def test_the_critical_path_follows_dependencies_from_a_start_to_the_last_verified(random: Random) -> None:
    plan = random_plan(random)
    events = Simulation(plan, random).play()
    path = critical_path(plan, events)
    state = fold(plan, events)
    assert all(before in plan.unit(after).depends_on for before, after in pairwise(path))
    assert not path or not plan.unit(path[0]).depends_on
    if state.verified_at and path:
        assert state.units[path[-1]].verified_at == state.verified_at


def test_the_path_goes_through_the_dependency_that_released_last() -> None:
    plan = plan_of(system("dns"), system("storage"), system("api", depends_on=["dns", "storage"]))
    told = History(plan).launch().unit("dns").unit("storage")
    told.wait(2).end_unit("dns").wait(5).end_unit("storage")
    assert critical_path(plan, restored(told, "api", 3).end().events) == ("storage", "api")


def test_a_system_that_is_not_critical_never_holds_the_clock() -> None:
    plan = plan_of(system("api"), system("wiki"), critical=("api",))
    told = restored(restored(History(plan).launch(), "api", 4), "wiki", 30).end()
    measured = timeline(plan, told.events)
    assert measured.path == ("api",)
    assert measured.duration == timedelta(minutes=18)


def test_a_drill_is_measured_from_its_launch() -> None:
    told = restored(History(plan_of(system("api"), mode=Mode.DRILL)).launch(), "api", 4).end()
    assert minutes(told) == {"machine": 4}


def test_a_recovery_that_failed_is_measured_until_it_ended() -> None:
    told = History(plan_of(system("api"))).launch(approval=0).unit("api").run("api", "restore", 2, "failed")
    told.end_unit("api", "failed", released=False).wait(1).end("failed")
    assert minutes(told) == {"noticing": 9, "deciding": 3, "rework": 2, "other": 1}


def test_a_recovery_that_runs_is_measured_until_its_last_event() -> None:
    told = History(plan_of(system("api"))).launch().unit("api")
    told.tell(EventKind.ATTEMPT_STARTED, unit="api", step="restore", attempt=1).wait(4).tell(EventKind.NOTED, text="so")
    assert minutes(told)["machine"] == 4


def test_time_before_anybody_approved_is_waiting_for_approval() -> None:
    told = History(plan_of(system("api"))).tell(EventKind.REQUESTED, who=ANN).wait(10).tell(EventKind.EXPIRED)
    assert minutes(told) == {"approval": 10}


def test_without_a_time_of_declaring_all_of_it_was_noticing() -> None:
    told = History(plan_of(system("api"))).wait(5)
    told.tell(EventKind.REQUESTED, who=ANN, outage_started_at=at(0).isoformat())
    assert minutes(told) == {"noticing": 5}


def test_a_correction_of_the_start_moves_the_start_and_is_listed() -> None:
    told = one_system()
    data = {"from": at(0).isoformat(), "to": at(-6).isoformat(), "reason": "first error in the log"}
    told.events.insert(-1, told.tell(EventKind.OUTAGE_CORRECTED, who=BEN, **data).events.pop())
    assert minutes(told)["noticing"] == 15
    (edit,) = time_edits(told.events)
    assert (edit.who, edit.before, edit.after) == ("Ben", at(0), at(-6))
    assert edit.reason == "first error in the log"


def test_a_start_that_was_unknown_before_has_no_time_before() -> None:
    told = History(plan_of(system("api"))).tell(EventKind.OUTAGE_CORRECTED, to=at(1).isoformat())
    assert time_edits(told.events)[0].before is None


def test_a_pause_is_told_apart_only_where_nothing_was_under_way() -> None:
    told = History(plan_of(system("api"))).launch().unit("api")
    told.tell(EventKind.ATTEMPT_STARTED, unit="api", step="restore", attempt=1).wait(1).tell(EventKind.PAUSED, who=ANN)
    told.tell(EventKind.PAUSED, who=BEN).wait(2)
    told.tell(EventKind.ATTEMPT_ENDED, unit="api", step="restore", attempt=1, outcome="passed").wait(5)
    told.tell(EventKind.RESUMED, who=ANN).tell(EventKind.RESUMED, who=ANN)
    told.run("api", "check", 1, comparison=verified(at(-1))).end_unit("api").end()
    assert minutes(told)["paused"] == 5
    assert minutes(told)["machine"] == 4


def test_a_pause_that_nobody_ended_lasts_to_the_end() -> None:
    told = History(plan_of(system("api"))).launch().unit("api").tell(EventKind.PAUSED, who=ANN).wait(3)
    assert minutes(told.tell(EventKind.NOTED, text="lunch"))["paused"] == 3


def test_an_answer_without_taking_is_all_waiting() -> None:
    told = History(plan_of(system("api", manual("stop"), check()))).launch().unit("api").ask("api", "stop").wait(6)
    told.answer("api", "stop", "done")
    assert "hands_on" not in minutes(told)
    assert minutes(told)["people"] == 6


def test_who_gives_a_step_away_has_worked_on_it_until_then_and_it_waits_until_it_is_taken() -> None:
    told = History(plan_of(system("api", manual("stop"), check()))).launch().unit("api").ask("api", "stop").wait(2)
    told.take("api", "stop").wait(3)
    for _ in range(2):
        told.tell(EventKind.ASSIGNED, who=ANN, unit="api", step="stop", attempt=1, to="U2", to_name="Ben").wait(1)
    told.wait(2).take("api", "stop", who=BEN).wait(5).answer("api", "stop", "done", who=BEN)
    assert (minutes(told)["people"], minutes(told)["hands_on"]) == (6, 8)
    assert [span.who for span in spans(told.plan, told.events)][-4:] == ["Ann", "Ann", "Ben", "Ben"]


def test_an_open_question_lasts_until_its_unit_ended() -> None:
    told = History(plan_of(system("api", manual("stop"), check()))).launch().unit("api").ask("api", "stop").wait(2)
    told.take("api", "stop").take("api", "stop", who=BEN).wait(3).end_unit("api", "aborted", released=False)
    told.wait(4).end("aborted")
    assert minutes(told)["people"] == 2
    assert minutes(told)["hands_on"] == 3
    assert spans(told.plan, told.events)[-1].who == "Ann"


@pytest.mark.parametrize(("kind", "part"), [(StepKind.APPROVAL, "approval"), (StepKind.WAIT, "machine")])
def test_approvals_and_prescribed_waits_are_no_delay_by_people(kind: StepKind, part: str) -> None:
    told = History(plan_of(system("api", manual("sign", kind), check()))).launch(approval=0).unit("api")
    told.ask("api", "sign").wait(2).take("api", "sign").wait(3).answer("api", "sign", "done")
    assert minutes(told)[part] == 5


def test_a_manual_step_that_failed_and_is_done_again_is_rework_but_for_the_last_time() -> None:
    told = History(plan_of(system("api", manual("stop"), check()))).launch().unit("api")
    told.ask("api", "stop").wait(2).answer("api", "stop", "fail", reason="no access").wait(0)
    told.ask("api", "stop", "failed").wait(3).answer("api", "stop", "retry")
    told.ask("api", "stop", attempt=2).wait(4).answer("api", "stop", "done", attempt=2)
    assert minutes(told)["rework"] == 5
    assert minutes(told)["people"] == 4


def test_an_attempt_that_passed_and_was_not_the_last_is_rework() -> None:
    told = History(plan_of(system("api", command("restore"), check()))).launch().unit("api")
    told.run("api", "restore", 2, "interrupted").run("api", "restore", 3, attempt=2)
    told.run("api", "restore", 5, attempt=3)
    assert minutes(told)["rework"] == 5
    assert minutes(told)["machine"] == 5


def test_ends_and_answers_without_a_beginning_are_passed_over() -> None:
    told = History(plan_of(system("api", manual("stop"), check()))).launch().unit("api")
    told.take("api", "stop").wait(1).answer("api", "stop", "done")
    told.tell(EventKind.ATTEMPT_ENDED, unit="api", step="check", attempt=1, outcome="passed")
    assert all(span.unit == "" for span in spans(told.plan, told.events))


def test_nothing_happened_is_no_timeline() -> None:
    plan = plan_of(system("api"))
    assert spans(plan, ()) == ()
    assert critical_path(plan, ()) == ()
    assert set(parts(plan, ()).values()) == {timedelta()}
    with pytest.raises(ValueError, match="R-1 has no events"):
        timeline(plan, ())


def test_the_simulation_reaches_verified_recoveries_too() -> None:
    """Guards the properties above against a generator that only ever fails."""
    outcomes = set()
    for seed in range(60):
        random = Random(seed)
        plan = random_plan(random)
        state = fold(plan, Simulation(plan, random).play())
        outcomes |= {unit.verdict for unit in state.units.values()}
    assert {Verdict.VERIFIED, Verdict.FAILED, Verdict.ABORTED} <= outcomes
