"""policy.yaml is read strictly; people are found under every name they go by."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.runbook.policy import parse_policy

if TYPE_CHECKING:
    from bot.domain.policy import Policy

TEXT = """\
channels: {incidents: C0INCIDENTS}
people:
  - {id: U0RESPONDER, login: responder, name: Rita}
  - {id: U0APPROVER, login: approver, name: Ada}
groups: {dba-oncall: [responder, "@approver"]}
roles: {responder: [dba-oncall], approver: [U0APPROVER]}
approvals: {real: {needs: 1, expires: 10m, second_person: true}}
schedules: {readiness: {cron: "0 9 * * 1", timezone: Europe/Berlin, channel: incidents}}
thresholds: {late: 1, stale: 1.5}
"""


def policy(text: str = TEXT) -> Policy:
    read, faults = parse_policy(text)
    assert read, faults
    return read


def faults(text: str) -> list[str]:
    return [str(fault) for fault in parse_policy(text)[1]]


def test_a_person_is_found_by_slack_id_login_and_name() -> None:
    assert {policy().person(key) for key in ("U0RESPONDER", "responder", "@Rita")} == {policy().people[0]}
    assert policy().person("nobody") is None


def test_members_are_those_of_a_person_a_role_or_a_group() -> None:
    assert [person.login for person in policy().members("@dba-oncall")] == ["responder", "approver"]
    assert [person.login for person in policy().members("approver")] == ["approver"]
    assert [person.login for person in policy().members("Rita")] == ["responder"]
    assert policy().members("nobody") == ()


def test_a_group_in_a_role_stands_for_its_members() -> None:
    assert all(policy().has_role(person, "responder") for person in policy().people)
    assert not policy().has_role(policy().people[0], "approver")


def test_rules_schedules_and_thresholds_are_values() -> None:
    read = policy()
    assert read.approvals["real"].expires == timedelta(minutes=10)
    assert (read.schedules["readiness"].timezone, read.thresholds.stale) == ("Europe/Berlin", 1.5)
    assert read.approval("drill") is None


def test_every_fault_comes_with_its_line_and_a_near_miss() -> None:
    text = TEXT.replace("Europe/Berlin", "Europe/Berlim").replace("needs: 1", "needs: one") + "chanels: {}\n"
    assert faults(text) == [
        "policy.yaml:7: approvals.real.needs: must be a whole number.",
        (
            "policy.yaml:8: schedules.readiness.timezone: “Europe/Berlim” is no time zone: write an IANA name such as "
            "Europe/Berlin."
        ),
        "policy.yaml:10: unknown key “chanels”. Did you mean “channels”?",
    ]


def test_unknown_people_channels_and_modes_are_faults() -> None:
    text = (
        TEXT.replace("[responder,", "[respnder,")
        .replace("channel: incidents", "channel: ops")
        .replace("real:", "reel:")
    )
    assert faults(text) == [
        "policy.yaml:5: there is no person “respnder”. Did you mean “responder”?",
        "policy.yaml:7: there is no mode “reel”. Did you mean “real”?",
        "policy.yaml:8: there is no channel “ops”. Known: incidents.",
    ]


def test_two_people_cannot_share_a_login() -> None:
    text = TEXT.replace("login: approver", "login: responder").replace("@approver", "Ada")
    assert faults(text) == ["policy.yaml:4: two people have the login “responder”."]


def test_broken_yaml_is_one_fault_with_its_line() -> None:
    (fault,) = faults("channels: {a: [}\n")
    assert fault.startswith("policy.yaml:1: the YAML cannot be read")


def test_the_digest_changes_with_what_the_policy_says_and_not_with_its_looks() -> None:
    assert policy().digest == policy(TEXT.replace("stale: 1.5", "stale:    1.50")).digest
    assert policy().digest != policy(TEXT.replace("needs: 1", "needs: 2")).digest
