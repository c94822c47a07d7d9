"""The subcommands that change a recovery: what they call, and what they refuse before they call it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.cli.access import Access
from bot.domain.errors import AlreadyDone, BringbackError, NotAllowed
from bot.domain.frozen_plan import UnitKind
from bot.domain.recovery_points import RecoveryPoint
from bot.domain.recovery_state import Choice
from bot.domain.runbook import StepKind
from bot.operations.preview_restore import Preview
from tests.fakes.histories import check, command, manual, plan_of, probe, system
from tests.unit.cli.played_recovery import PlayedRecovery, placed
from tests.unit.cli.terminal import ADA, NOW, FakeKeyboard, FakeVerbs, bringback, world

if TYPE_CHECKING:
    from typer.testing import Result


def waiting() -> PlayedRecovery:
    return PlayedRecovery(plan_of(system("orders-db", manual("stop"), command("restore"), check())))


def unapproved() -> PlayedRecovery:
    return PlayedRecovery(plan_of(system("orders-db")), approved=False)


def run(played: PlayedRecovery, *words: str, **more: Any) -> tuple[Result, FakeVerbs]:
    verbs = FakeVerbs({**played.operations(), **more.pop("answers", {})}, holds=more.pop("holds", False))
    return bringback(world(verbs, **more), *words), verbs


def test_an_answer_goes_to_the_attempt_that_asks() -> None:
    result, verbs = run(waiting(), "answer", "R-1", "orders-db", "stop", "done")
    assert (result.exit_code, result.stdout) == (0, "R-1 orders-db, step stop: done.\n")
    assert verbs.called("answer_step") == [("R-1", "orders-db", "stop", 1, Choice.DONE, ADA, "")]
    assert verbs.accesses == [Access.WRITE]


def test_an_answer_may_be_written_with_a_dash_or_an_underscore() -> None:
    for word in ("give-up", "give_up"):
        _, verbs = run(waiting(), "answer", "R-1", "orders-db", "stop", word, "--reason", "gone")
        assert verbs.called("answer_step")[0][4] is Choice.GIVE_UP


@pytest.mark.parametrize("choice", ["fail", "skip", "give-up"])
def test_an_answer_that_needs_a_reason_is_a_usage_error_without_one(choice: str) -> None:
    result, verbs = run(waiting(), "answer", "R-1", "orders-db", "stop", choice)
    assert result.exit_code == 2
    assert verbs.calls == []


def test_an_answer_that_is_none_is_a_usage_error() -> None:
    assert run(waiting(), "answer", "R-1", "orders-db", "stop", "maybe")[0].exit_code == 2


@pytest.mark.parametrize(("place", "near"), [(("order-db", "stop"), "orders-db"), (("orders-db", "stp"), "stop")])
def test_an_unknown_system_or_step_gets_the_nearest_name(place: tuple[str, str], near: str) -> None:
    result, _ = run(waiting(), "answer", "R-1", *place, "done")
    assert result.exit_code == 1
    assert f"Did you mean {near}?" in result.stderr


def test_an_answer_that_came_too_late_says_who_was_quicker_and_when() -> None:
    played = waiting()
    played.refuses["stop"] = AlreadyDone("“Stop”", "Bob", NOW)
    result, _ = run(played, "answer", "R-1", "orders-db", "stop", "done")
    assert result.exit_code == 1
    assert result.stderr == "bringback: “Stop”: already done by Bob at 02:20:00 UTC.\n"


def test_where_no_bot_runs_an_answer_says_what_carries_the_recovery_on() -> None:
    result, _ = run(waiting(), "answer", "R-1", "orders-db", "stop", "done", holds=True)
    assert "`bringback follow R-1`, carries it on." in result.stdout


def test_an_approver_sees_what_is_overwritten_lost_mixed_guessed_and_when_the_rto_ends() -> None:
    def point(minutes: int) -> RecoveryPoint:
        return RecoveryPoint("p", "barman", NOW - timedelta(minutes=minutes), NOW)

    units = (system("storage", point=point(52)), system("api", depends_on=["storage"], point=point(10)))
    played = PlayedRecovery(plan_of(*units, rto=timedelta(minutes=30)), approved=False)
    usual = {"storage": timedelta(minutes=9), "api": None}
    preview = Preview(played.plan, (("storage",), ("api",)), guesses=("api",), usual=usual)
    shown = run(played, "approve", "R-1", keyboard=FakeKeyboard(["y"]), answers={"preview_restore": preview})[0].stdout
    assert [line[:12].strip() for line in shown.splitlines()[1:12]] == [
        "OVERWRITES", "OVERWRITES", "LOSES", "LOSES", "MIXED POINTS", "ORDER", "RTO", "USUALLY", "GUESS", "OUTAGE",
        "RTO",
    ]  # fmt: skip
    assert "MIXED POINTS storage is from 02:28:00 CET (01:28:00 UTC), 42 min older than api" in shown
    assert "USUALLY     storage 9 min" in shown
    assert "RTO         ends 03:50:00 CET (02:50:00 UTC)" in shown


def test_evidence_that_cannot_be_read_is_unknown_and_does_not_hinder_an_approval() -> None:
    answers = {"preview_restore": BringbackError("The runbooks have faults.")}
    result, verbs = run(unapproved(), "approve", "R-1", keyboard=FakeKeyboard(["y"]), answers=answers)
    assert "USUALLY     unknown" in result.stdout
    assert len(verbs.called("approve")) == 1


def test_an_approver_of_a_walk_sees_the_commands_that_it_runs() -> None:
    steps = placed(command("look"), replace(command("restart"), title="Start [it] again"))
    walked = system("gateway", *steps, kind=UnitKind.WALK, target="", truth=None)
    played = PlayedRecovery(plan_of(walked), approved=False)
    shown = run(played, "approve", "R-1", keyboard=FakeKeyboard(["y"]))[0].stdout
    assert "APPROVE REAL WALK R-1?" in shown
    assert "RUNS        2 commands: 1. Look, 2. Start [it] again (restart)\n" in shown
    assert "KEEPS       no old data: nothing is moved aside before a command runs\n" in shown
    assert "USUALLY" not in shown


def test_an_approver_at_a_terminal_reads_what_is_left_as_it_is() -> None:
    played = PlayedRecovery(plan_of(system("orders-db", probe(), command("restore"), check())), approved=False)
    shown = run(played, "approve", "R-1", keyboard=FakeKeyboard(["y"]))[0].stdout
    assert "what is there now is kept aside; what passes its own check first is left as it is" in " ".join(
        shown.split()
    )


def test_a_person_approves_exactly_what_is_shown() -> None:
    played = unapproved()
    result, verbs = run(played, "approve", "R-1", keyboard=FakeKeyboard(["y"]))
    assert "OVERWRITES" in result.stdout
    assert "data/orders-db" in result.stdout
    assert verbs.called("approve") == [("R-1", ADA, "v1:a91f")]
    assert result.exit_code == 0


def test_an_approval_that_is_not_confirmed_is_none() -> None:
    result, verbs = run(unapproved(), "approve", "R-1", keyboard=FakeKeyboard(["n"]))
    assert (result.exit_code, verbs.called("approve")) == (1, [])


def test_without_a_terminal_an_approval_names_the_plan() -> None:
    refused, _ = run(unapproved(), "approve", "R-1")
    assert (refused.exit_code, "--plan a91f" in refused.stderr) == (1, True)
    other, _ = run(unapproved(), "approve", "R-1", "--plan", "0000")
    assert "R-1 is plan a91f, not 0000." in other.stderr
    approved, verbs = run(unapproved(), "approve", "R-1", "--plan", "a91f")
    assert (approved.exit_code, len(verbs.called("approve"))) == (0, 1)


def test_an_approval_that_came_too_late_is_told_without_asking() -> None:
    late = AlreadyDone("R-1 is running", "Bob", NOW)
    result, _ = run(waiting(), "approve", "R-1", answers={"approve": late})
    assert "already done by Bob" in result.stderr


@pytest.mark.parametrize(
    ("words", "operation", "given"),
    [
        (("abort", "R-1", "--reason", "wrong point"), "abort", ("R-1", ADA, "wrong point")),
        (("pause", "R-1"), "pause", ("R-1", ADA)),
        (("resume", "R-1"), "resume", ("R-1", ADA)),
        (("reject", "R-1", "--reason", "not now"), "reject", ("R-1", ADA, "not now")),
        (("note", "R-1", "the", "disk"), "add_note", ("R-1", ADA, "the disk")),
    ],
)
def test_a_verb_calls_its_operation(words: tuple[str, ...], operation: str, given: tuple[Any, ...]) -> None:
    verbs = FakeVerbs({operation: None})
    result = bringback(world(verbs), *words)
    assert (result.exit_code, verbs.called(operation)) == (0, [given])


def test_a_login_that_the_policy_does_not_name_may_do_nothing_and_is_told_why() -> None:
    verbs = FakeVerbs({"pause": None}, actor=NotAllowed("policy.yaml names nobody with the login “eve”."))
    result = bringback(world(verbs), "pause", "R-1")
    assert (result.exit_code, verbs.called("pause")) == (1, [])
    assert "names nobody with the login “eve”" in result.stderr


def test_a_skipped_check_can_be_released() -> None:
    look = replace(manual("look", StepKind.CHECK))
    played = PlayedRecovery(plan_of(system("orders-db", look), system("api", depends_on=["orders-db"])))
    run(played, "answer", "R-1", "orders-db", "look", "skip", "--reason", "no time", "--release")
    assert played.state.units["api"].verified_at
