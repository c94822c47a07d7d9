"""The fold of what people and runbooks say about a walk: who has it, what is tried again, what is kept."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.access import known_person
from bot.domain.errors import RunbookError, UnknownName
from bot.domain.events import EventKind
from bot.domain.frozen_plan import OnFail, UnitKind
from bot.domain.next_action import AskPerson, AwaitAnswer, EndUnit, RunStep, next_action
from bot.domain.policy import Person, Policy
from bot.domain.recovery import begin_unit, fold
from bot.domain.recovery_state import RecoveryState, StepState, StepStatus, UnitState
from bot.domain.runbook import Fault
from tests.fakes.histories import ANN, BEN, History, at, command, manual, plan_of, system

DB = plan_of(system("db", manual("stop"), replace(command("restore"), retry=2), manual("open"), kind=UnitKind.WALK))


def state_of(history: History) -> RecoveryState:
    return fold(history.plan, history.events)


def step_of(history: History, name: str) -> StepState:
    return state_of(history).units["db"].steps[name]


def test_a_step_is_assigned_to_one_person_and_then_to_another() -> None:
    told = History(DB).ask("db", "stop")
    told.tell(EventKind.ASSIGNED, who=ANN, unit="db", step="stop", attempt=1, to="U2", to_name="Ben")
    assert (step_of(told, "stop").assigned_to, step_of(told, "stop").assigned_to_name) == ("U2", "Ben")
    told.tell(EventKind.ASSIGNED, who=BEN, unit="db", step="stop", attempt=1, to="U1")
    assert (step_of(told, "stop").assigned_to_name, step_of(told, "stop").status) == ("U1", StepStatus.WAITING)


def test_a_step_given_to_another_is_in_nobodys_hands_until_they_take_it() -> None:
    told = History(DB).ask("db", "stop").take("db", "stop")
    told.tell(EventKind.ASSIGNED, who=ANN, unit="db", step="stop", attempt=1, to="U1", to_name="Ann")
    assert step_of(told, "stop").taken_by == "Ann"
    told.wait(1).tell(EventKind.ASSIGNED, who=ANN, unit="db", step="stop", attempt=1, to="U2", to_name="Ben")
    assert (step_of(told, "stop").taken_by, step_of(told, "stop").taken_at) == ("", None)
    assert step_of(told, "stop").assigned_at == at(1)


def test_a_step_that_is_taken_over_is_in_the_other_persons_hands() -> None:
    told = History(DB).ask("db", "stop").take("db", "stop").wait(1).take("db", "stop", who=BEN)
    assert (step_of(told, "stop").taken_by, step_of(told, "stop").taken_at) == ("Ben", at(1))


def test_who_is_handed_the_walk_leads_it_and_has_what_the_lead_had() -> None:
    told = History(DB).launch().ask("db", "stop").take("db", "stop")
    told.tell(EventKind.ASSIGNED, who=ANN, unit="db", step="open", attempt=1, to="U1", to_name="Ann")
    told.wait(2).tell(
        EventKind.HANDED_OVER, who=ANN, **{"to": "U2", "to_name": "Ben", "from": "U1", "from_name": "Ann"}
    )
    state = state_of(told)
    assert (state.lead, state.lead_name) == ("U2", "Ben")
    assert (step_of(told, "stop").taken_by, step_of(told, "stop").taken_at) == ("Ben", at(16))
    assert (step_of(told, "open").assigned_to, step_of(told, "open").assigned_to_name) == ("U2", "Ben")


def test_a_hand_over_leaves_alone_what_others_have_and_what_is_over() -> None:
    told = History(DB).launch().ask("db", "stop").take("db", "stop").answer("db", "stop", "done")
    told.tell(EventKind.ASSIGNED, who=ANN, unit="db", step="open", attempt=1, to="U3", to_name="Cy")
    told.ask("db", "open").take("db", "open", who=BEN)
    told.tell(EventKind.HANDED_OVER, who=ANN, **{"to": "U4", "from": "U1", "from_name": "Ann"})
    assert (state_of(told).lead_name, step_of(told, "stop").taken_by) == ("U4", "Ann")
    assert (step_of(told, "open").taken_by, step_of(told, "open").assigned_to) == ("Ben", "U3")


def test_an_attached_file_is_known_by_name_size_and_digest() -> None:
    told = History(DB).wait(1).tell(EventKind.ATTACHED, who=ANN, name="disk.png", size=9, digest="ab", about="db/stop")
    [one] = state_of(told).attachments
    assert (one.at, one.who, one.name, one.size, one.digest, one.about) == (
        at(1),
        "Ann",
        "disk.png",
        9,
        "ab",
        "db/stop",
    )


def test_a_failed_command_is_tried_again_as_often_as_its_step_says_and_then_asks() -> None:
    told = History(DB).ask("db", "stop").answer("db", "stop", "done")
    for attempt, outcome in enumerate(["failed", "timed_out"], start=1):
        told.run("db", "restore", 1, outcome, attempt=attempt)
        assert next_action(_started(told)) == RunStep(DB.units[0].step("restore"), attempt + 1)
    told.run("db", "restore", 1, "failed", attempt=3)
    assert isinstance(next_action(_started(told)), AskPerson)


def test_whoever_says_again_gives_it_all_its_tries_again() -> None:
    told = History(DB)
    for attempt in (1, 2, 3):
        told.run("db", "restore", 1, "failed", attempt=attempt)
    told.ask("db", "restore", "failed", attempt=3).answer("db", "restore", "retry", attempt=3)
    step = step_of(told.run("db", "restore", 1, "failed", attempt=4), "restore")
    assert (step.status, step.attempt, step.tries) == (StepStatus.PENDING, 5, 1)


def _started(told: History) -> UnitState:
    return replace(state_of(told).units["db"], started_at=at(0))


def test_what_a_command_captured_is_kept_by_name_and_a_secret_without_its_value() -> None:
    told = History(DB).run("db", "restore", 1, captured={"ID": "b-1", "TOKEN": None})
    captured = state_of(told).units["db"].captured
    assert (captured["ID"].value, captured["ID"].secret, captured["ID"].step) == ("b-1", False, "restore")
    assert (captured["TOKEN"].value, captured["TOKEN"].secret, captured["TOKEN"].attempt) == ("", True, 1)


BOTH = [replace(manual(name), parallel="both") for name in ("tell", "page", "post")]
BESIDE = system("db", *BOTH, replace(manual("other"), parallel="else"), kind=UnitKind.WALK)


def beside(*asked: str) -> UnitState:
    history = History(plan_of(BESIDE)).unit("db")
    for name in asked:
        history.ask("db", name)
    return state_of(history).units["db"]


def test_steps_of_one_parallel_name_are_asked_one_after_the_other_without_waiting() -> None:
    for asked, step in (((), "tell"), (("tell",), "page"), (("tell", "page"), "post")):
        action = next_action(beside(*asked))
        assert isinstance(action, AskPerson)
        assert action.step.id == step


def test_the_first_answer_to_any_of_them_is_gone_on_with() -> None:
    action = next_action(beside("tell", "page", "post"))
    assert isinstance(action, AwaitAnswer)
    assert [one.step.id for one in action.all] == ["tell", "page", "post"]


def test_one_of_them_that_fails_is_asked_about_while_the_others_stand() -> None:
    told = History(plan_of(BESIDE)).unit("db")
    for name in ("tell", "page", "post"):
        told.ask("db", name)
    action = next_action(state_of(told.answer("db", "page", "fail", reason="no pager")).units["db"])
    assert action == AskPerson(BESIDE.step("page"), 1, action.question, "no pager")  # type: ignore[union-attr] # it asks


def test_one_of_them_that_is_given_up_ends_the_walk() -> None:
    told = History(plan_of(BESIDE)).unit("db").ask("db", "tell").ask("db", "page").ask("db", "post")
    told.answer("db", "page", "fail").ask("db", "page", "failed").answer("db", "page", "give_up")
    assert isinstance(next_action(state_of(told).units["db"]), EndUnit)


def test_a_command_that_runs_goes_on_beside_nothing() -> None:
    runs = replace(command("run"), parallel="both", on_fail=OnFail.ASK)
    unit = system("db", runs, BOTH[0], kind=UnitKind.WALK)
    told = History(plan_of(unit)).unit("db").run("db", "run", 1, "failed").ask("db", "run", "failed")
    action = next_action(state_of(told).units["db"])
    assert isinstance(action, AwaitAnswer)
    assert action.beside == ()


def test_a_unit_begins_with_nothing_captured() -> None:
    assert begin_unit(BESIDE, plan_of(BESIDE).mode).captured == {}


POLICY = Policy(people=(Person("U1", "ann", "Ann"),))


@pytest.mark.parametrize("key", ["U1", "ann", "@Ann"])
def test_a_person_is_known_by_id_login_and_name(key: str) -> None:
    assert known_person(POLICY, key).id == "U1"


def test_who_the_policy_does_not_name_is_nobody() -> None:
    with pytest.raises(UnknownName, match=r"no person called “Anne”\. Did you mean Ann"):
        known_person(POLICY, "Anne")
    with pytest.raises(RunbookError):
        known_person(Policy(faults=(Fault("policy.yaml", 1, "broken"),)), "Ann")
