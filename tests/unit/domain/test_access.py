"""Who may do what."""

from __future__ import annotations

import pytest

from bot.domain.access import Right, require, who_may
from bot.domain.errors import NotAllowed, RunbookError
from bot.domain.events import Actor
from bot.domain.policy import Person, Policy
from bot.domain.runbook import Fault

ANN, BEN, CAT = Person("U1", "ann", "Ann"), Person("U2", "ben", "Ben"), Person("U3", "cat")
POLICY = Policy(people=(ANN, BEN, CAT), roles={"responder": ("U1",), "approver": ("U2",)}, groups={"dba": ("U3",)})


@pytest.mark.parametrize("key", ["U1", "ann"])
def test_a_person_is_known_by_slack_id_and_by_login(key: str) -> None:
    assert require(POLICY, Actor(key, "Ann"), Right.REAL) is ANN


def test_whom_the_policy_does_not_name_may_do_nothing() -> None:
    with pytest.raises(NotAllowed, match=r"Eve may not answer a step: the policy does not name them.*policy\.yaml"):
        require(POLICY, Actor("U9", "Eve"), Right.ANSWER)


def test_a_policy_with_faults_lets_nobody_act_and_says_why() -> None:
    broken = Policy(faults=(Fault("policy.yaml", 2, "unknown key “peeple”."),))
    with pytest.raises(RunbookError, match=r"policy\.yaml:2"):
        require(broken, Actor("U1", "Ann"), Right.DRILL)


def test_whom_the_step_names_may_answer_it_whatever_their_role() -> None:
    assert require(POLICY, Actor("U3", ""), Right.ANSWER, named="@dba") is CAT
    with pytest.raises(NotAllowed, match="U3 may not answer a step"):
        require(POLICY, Actor("U3", ""), Right.ANSWER, named="sre")


def test_a_refusal_names_the_role_and_who_has_it() -> None:
    with pytest.raises(NotAllowed) as refused:
        require(POLICY, Actor("U1", "Ann"), Right.APPROVE)
    assert refused.value.what == "Ann may not approve a real restore: that takes the role approver."
    assert refused.value.helps == "Ask Ben."


def test_a_policy_without_that_role_says_so() -> None:
    with pytest.raises(NotAllowed, match="gives nobody that role"):
        require(Policy(people=(ANN,)), Actor("U1", "Ann"), Right.DRILL)


def test_all_who_may_are_those_with_the_role_and_whom_the_step_names() -> None:
    assert who_may(POLICY, Right.ANSWER) == (ANN, BEN)
    assert who_may(POLICY, Right.APPROVE_STEP, named="@dba") == (BEN, CAT)
    with pytest.raises(RunbookError, match=r"policy\.yaml:2"):
        who_may(Policy(faults=(Fault("policy.yaml", 2, "unknown key “peeple”."),)), Right.ANSWER)
