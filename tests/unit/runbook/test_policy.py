"""policy.yaml is read strictly; people are found under every name they go by."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

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


@pytest.mark.parametrize(
    ("cron", "why"),
    [
        ("60 9 * * 1", "its minute goes from 0 to 59, not to 60"),
        ("0 8-24 * * 1", "its hour goes from 0 to 23, not to 24"),
        ("0 9 0,15 * 1", "its day goes from 1 to 31, not to 0"),
        ("0 9 * 13 *", "its month goes from 1 to 12, not to 13"),
        ("0 9 * * 8", "its weekday goes from 0 to 7, not to 8"),
        ("0 9 * *", "five fields, such as 0 9 * * 1"),
        ("@daily", "five fields, such as 0 9 * * 1"),
        ("*/0 9 * * 1", "its minute cannot be “*/0”"),
        ("5-2 9 * * 1", "its minute “5-2” ends before it begins"),
        ("0 22-4 * * 1", "its hour “22-4” ends before it begins"),
        ("0 9 * NOV-FEB 1", "its month “NOV-FEB” ends before it begins"),
        ("5-5 9 * * 1", "its minute “5-5” is one value, and would be read as all of them: write 5"),
        ("zz 9 * * 1", "its minute cannot be “zz”"),
        ("- 9 * * 1", "its minute cannot be “-”"),
        ("1,,2 9 * * 1", "its minute cannot be “1,,2”"),
        ("0 9 * * MOON", "its weekday cannot be “MOON”"),
        ("0 9 * * 1#6", "its weekday cannot be “1#6”"),
        ("R 9 * * 1", "its minute cannot be “R”"),
        ("0 9 31 2 *", "no such day ever comes"),
        ("0 9 30-31 FEB *", "no such day ever comes"),
    ],
)
def test_an_hour_that_no_clock_shows_is_a_fault(cron: str, why: str) -> None:
    (fault,) = faults(TEXT.replace("0 9 * * 1", cron))
    assert fault.startswith("policy.yaml:8: schedules.readiness.cron: ")
    assert fault.endswith(f"{why}.")


@pytest.mark.parametrize(
    "cron",
    [
        "*/90 9 * * 1", "0 0 1-7,31 JAN-DEC MON", "59 23 L * 0", "0 9 * * 7", "0 9 29 2 *", "0 9 * * SAT-SUN",
        "0 9 31 2 1", "0 9 * * 1#2", "0 9 15W * ?", "0,30 8-18/2 * * mon-fri",
    ],
)  # fmt: skip
def test_cron_lines_as_they_are_written_elsewhere_are_taken(cron: str) -> None:
    assert policy(TEXT.replace("0 9 * * 1", cron)).schedules["readiness"].cron == cron


def test_a_role_that_is_nearly_one_of_the_bots_is_a_fault_and_any_other_name_is_none() -> None:
    near = "policy.yaml:6: nothing goes by a role “aprover”. Did you mean “approver”?"
    assert faults(TEXT.replace(" approver: [U0", " aprover: [U0")) == [near]
    assert faults(TEXT.replace("roles: {", "roles: {dba: [Rita], approvers: [Ada], ")) == []


def test_references_are_looked_at_also_where_another_key_is_unsound() -> None:
    text = TEXT.replace("stale: 1.5", "stall: 1.5").replace("approver: [U0APPROVER]", "approver: [Adda]")
    assert faults(text) == [
        "policy.yaml:9: unknown key “stall” in thresholds. Did you mean “stale”?",
        "policy.yaml:6: there is no person “Adda”. Did you mean “Ada”?",
    ]
    assert faults(text.replace("name: Ada}", "nam: Ada}"))[0].startswith("policy.yaml:4: unknown key “nam” in people")


@pytest.mark.parametrize(
    ("was", "written", "fault"),
    [
        ("expires: 10m", "expires: 0s", "7: approvals.real.expires: must be longer than nothing."),
        ("late: 1,", "late: 2,", "9: thresholds: stale (1.5) comes after late (2): make it as large, or larger."),
        ("late: 1,", "size_drop: 0.95,", "9: thresholds: size_collapse (0.8) is worse than size_drop (0.95)"),
    ],
)  # fmt: skip
def test_a_limit_that_could_never_be_kept_is_a_fault(was: str, written: str, fault: str) -> None:
    (found,) = faults(TEXT.replace(was, written))
    assert found.startswith(f"policy.yaml:{fault}")


def test_a_name_that_two_people_go_by_names_neither() -> None:
    text = TEXT.replace("name: Ada}", "name: Rita}").replace("[responder, ", "[Rita, ")
    assert faults(text) == ["policy.yaml:5: two people go by “Rita”. Write the login or the id of one."]


def test_a_policy_that_is_no_mapping_or_more_than_one_is_a_fault() -> None:
    assert faults("- a\n") == ["policy.yaml:1: the file: must be a mapping, such as {key: value}."]
    (fault,) = faults("---\npeople: []\n---\nroles: {}\n")
    assert fault.startswith("policy.yaml:3: ")
    assert fault.endswith("Keep one: take out the second line of ---.")


def test_a_reference_to_nobody_is_one_fault_and_names_not_all_who_have_no_name() -> None:
    _, found = parse_policy("people: [{id: U1}, {id: U2}]\nroles: {responder: ['']}\n")
    assert [fault.message for fault in found] == ["there is no person “”."]
