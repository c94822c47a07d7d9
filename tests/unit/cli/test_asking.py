"""The subcommands that only ask."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.cli.access import Access
from bot.domain.errors import LedgerBroken, UnknownName
from bot.domain.freshness import Finding, Freshness, FreshnessState, Rule, Severity
from bot.domain.frozen_plan import Mode, OnFail
from bot.domain.proof_state import ProofState
from bot.domain.recovery_points import FaultKind, ReadingFault, RecoveryPoint
from bot.operations.preview_restore import Preview
from bot.store.ledger import Head, LedgerCheck
from bot.web.control_table import Names
from tests.fakes.histories import check, command, manual, plan_of, system
from tests.unit.cli.played_recovery import PlayedRecovery, placed
from tests.unit.cli.terminal import NOW, FakeVerbs, bringback, world

POINT = RecoveryPoint(
    "20261122T0210", "barman", NOW - timedelta(minutes=10), NOW - timedelta(minutes=10), location="onsite"
)
FRESH = Freshness(
    "orders-db",
    FreshnessState.FRESH,
    timedelta(minutes=15),
    timedelta(minutes=10),
    POINT,
    checked_at=NOW - timedelta(seconds=40),
)
UNKNOWN = Freshness(
    "wiki",
    FreshnessState.UNKNOWN,
    timedelta(hours=1),
    None,
    None,
    fault=ReadingFault(FaultKind.AUTH, "restic offsite asks for a password.", "Set password_file."),
    checked_at=NOW,
)
STALE = Freshness(
    "mail",
    FreshnessState.STALE,
    None,
    None,
    POINT,
    findings=(Finding(Rule.RPO_MISSED, Severity.CRITICAL, "mail could be brought back to 02:10.", "Run its backup."),),
)


def run(answers: dict[str, Any], *words: str) -> Any:
    return bringback(world(FakeVerbs(answers)), *words)


def test_freshness_shows_the_worst_first_and_unknown_before_stale() -> None:
    shown = run({"check_freshness": [FRESH, STALE, UNKNOWN]}, "freshness").output
    assert shown.index("wiki") < shown.index("mail") < shown.index("orders-db")


def test_freshness_says_what_could_be_brought_back_and_what_would_be_lost() -> None:
    shown = run({"check_freshness": [FRESH]}, "freshness").output
    assert "FRESH" in shown
    assert "03:10:00 CET (02:10:00 UTC)" in shown
    assert "10 min" in shown
    assert "40 s ago" in shown
    assert "As of 03:20:00 CET (02:20:00 UTC)." in shown


def test_unknown_freshness_says_why_and_shows_no_age() -> None:
    shown = run({"check_freshness": [UNKNOWN]}, "freshness").output
    assert "wiki: restic offsite asks for a password. Set password_file." in shown
    assert "0 s ago" in shown
    assert "unknown" in shown


def test_freshness_as_json_has_the_documented_keys() -> None:
    unknown, fresh = json.loads(run({"check_freshness": [FRESH, UNKNOWN]}, "freshness", "--json").stdout)
    assert set(fresh) == {
        "system", "state", "rpo_seconds", "effective_age_seconds", "effective", "findings", "fault", "checked_at"
    }  # fmt: skip
    assert (fresh["effective_age_seconds"], unknown["effective_age_seconds"]) == (600, None)
    assert unknown["fault"] == "restic offsite asks for a password."


def test_freshness_reads_beside_a_running_bot_and_a_sweep_needs_the_holder() -> None:
    verbs = FakeVerbs({"check_freshness": [FRESH], "sweep": []})
    bringback(world(verbs), "freshness", "orders-db")
    bringback(world(verbs), "freshness", "orders-db", "--fresh")
    assert verbs.accesses == [Access.READ, Access.WRITE]
    assert [name for name, _, _ in verbs.calls] == ["check_freshness", "sweep", "check_freshness"]
    assert verbs.called("check_freshness")[0] == (("orders-db",),)


def test_an_unknown_system_gets_one_sentence_with_the_nearest_name() -> None:
    result = run({"check_freshness": UnknownName("system", "ordrs-db", ["orders-db", "api"])}, "freshness", "ordrs-db")
    assert result.exit_code == 1
    assert result.stderr == "bringback: There is no system called “ordrs-db”. Did you mean orders-db?\n"


PLAN = plan_of(system("dns"), system("orders-db", depends_on=["dns"]), mode=Mode.DRILL)
PREVIEW = Preview(
    PLAN, (("dns",), ("orders-db",)), proof_states={"dns": ProofState.PROVEN, "orders-db": ProofState.GUESS}
)


def test_the_order_names_what_each_waits_for_and_what_is_a_guess() -> None:
    answers = {"declared_names": Names(("dns", "orders-db"), (), ()), "preview_restore": PREVIEW}
    shown = run(answers, "order").output
    assert shown.index("dns") < shown.index("orders-db")
    assert "PROVEN" in shown
    assert "GUESS" in shown


def test_the_order_as_json_respects_every_dependency() -> None:
    answers = {"declared_names": Names(("dns", "orders-db"), ("full-site",), ()), "preview_restore": PREVIEW}
    told = json.loads(run(answers, "order", "full-site", "--json").stdout)
    assert told["order"] == ["dns", "orders-db"]
    assert told["depends_on"] == {"dns": [], "orders-db": ["dns"]}
    assert told["levels"] == [["dns"], ["orders-db"]]


def test_an_estate_without_systems_has_no_order() -> None:
    result = run({"declared_names": Names((), (), ())}, "order")
    assert result.stderr.startswith("bringback: No runbook declares a system.")


def waiting_recovery() -> PlayedRecovery:
    stop = replace(manual("stop"), by="dba-oncall", title="Stop\x1b[31m the writers")
    plan = plan_of(
        system("orders-db", *placed(stop, command("restore"), check())),
        system("api", depends_on=["orders-db"]),
        rto=timedelta(minutes=30),
    )
    return PlayedRecovery(plan)


def test_status_says_who_must_act_and_how() -> None:
    shown = run({"recent": [waiting_recovery().state]}, "status").output
    assert "R-1 REAL full-site: running, 0 of 2 verified, outage" in shown
    assert "RTO 30 min" in shown
    assert "NEEDS A PERSON  orders-db: Step 1 of 3: Stop\\x1b[31m the writers" in shown
    assert "bringback answer R-1 orders-db stop done   (done|fail|skip)" in shown
    assert "after orders-db" in shown


def test_status_says_what_a_failed_command_printed_last() -> None:
    plan = plan_of(system("orders-db", command("restore"), check()))
    played = PlayedRecovery(plan, fails={"restore": "exit code 2"})
    shown = run({"recent": [played.state]}, "status").output
    assert "exit code 2" in shown
    assert "| restore ran" in shown


def test_status_of_one_recovery_shows_its_steps_and_notes() -> None:
    played = waiting_recovery()
    played.note("R-1", FakeVerbs().actor, "the disk is gone")  # type: ignore[arg-type] # Ada
    shown = run({"recovery_state": played.state}, "status", "R-1").output
    assert "dba-oncall" in shown
    assert "the disk is gone" in shown


def test_status_as_json_is_a_list_and_of_one_recovery_an_object() -> None:
    state = waiting_recovery().state
    (told,) = json.loads(run({"recent": [state]}, "status", "--json").stdout)
    assert told == json.loads(run({"recovery_state": state}, "status", "R-1", "--json").stdout)
    assert (told["recovery"], told["status"], told["outcome"], told["rto_seconds"]) == ("R-1", "running", None, 1800)
    assert [one["system"] for one in told["systems"]] == ["orders-db", "api"]
    assert told["systems"][0]["steps"][0]["question"] == "do"


def test_the_outage_of_a_recovery_that_failed_goes_on() -> None:
    plan = plan_of(system("orders-db", replace(check(), on_fail=OnFail.STOP)), rto=timedelta(minutes=30))
    shown = run({"recent": [PlayedRecovery(plan, fails={"check": "no rows"}).state]}, "status").output
    assert "FAILED, 0 of 1 verified, outage goes on (7 s when it ended), RTO 30 min" in shown


def test_status_before_anything_happened_says_so() -> None:
    assert "Nothing was ever restored here." in run({"recent": []}, "status").output


SOUND = LedgerCheck(3, 1, (), (Head("R-1", 3, "ab" * 32),))


def test_a_sound_ledger_ends_with_0_and_shows_its_heads() -> None:
    result = run({"verify_ledger": SOUND}, "ledger", "verify")
    assert result.exit_code == 0
    assert f"R-1:3:{'ab' * 32}" in result.output


def test_a_ledger_with_faults_ends_with_1_and_names_each() -> None:
    broken = replace(SOUND, faults=("R-1: entry 2 is missing.",))
    result = run({"verify_ledger": broken}, "ledger", "verify")
    assert result.exit_code == 1
    assert "R-1: entry 2 is missing.\nThe ledger is NOT SOUND, 1 fault: 3 entries in 1 stream." in result.output
    told = run({"verify_ledger": broken}, "ledger", "verify", "--json")
    assert (told.exit_code, json.loads(told.stdout)["sound"]) == (1, False)


@pytest.mark.parametrize("head", ["4812:7c1e", "4812 7c1e"])
def test_a_head_may_be_given_as_people_read_it(head: str) -> None:
    verbs = FakeVerbs({"verify_ledger": SOUND})
    bringback(world(verbs), "ledger", "verify", "--head", head)
    assert verbs.called("verify_ledger") == [("4812:7c1e",)]


def test_a_head_that_is_none_is_an_error() -> None:
    result = run({"verify_ledger": LedgerBroken("“x” is not a head.")}, "ledger", "verify", "--head", "x")
    assert result.exit_code == 1
    assert "is not a head" in result.stderr
