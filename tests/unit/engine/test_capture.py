"""What commands leave for later ones: found in their output, kept out of the ledger where it is secret."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.errors import BringbackError
from bot.domain.recovery_state import AttemptOutcome, Captured
from bot.domain.runbook import Command
from bot.engine.attempts import Workshop, capture, judge, prepare, write_truth
from bot.engine.guarded_step import AttemptEnd
from tests.fakes.histories import at, command, plan_of, system

if TYPE_CHECKING:
    from pathlib import Path

    from bot.runners.attempt import Attempt

FIND = Command("find", "sh", "", "find", 1, runs=True, capture=r"BACKUP_ID=^id: (\S*)")
USE = Command("use", "sh", "", "use", 5, runs=True)
ENDED = AttemptEnd(AttemptOutcome.PASSED, at(1), at(2), exit_code=0)


class Bench:
    """A unit of two commands: the first one finds what the second one uses."""

    def __init__(self, folder: Path) -> None:
        self.workshop = Workshop(folder / "attempts", {}, folder / "runbooks", ("hunter22",))

    def find(self, output: str, end: AttemptEnd = ENDED, **more: Any) -> dict[str, Any]:
        found = replace(FIND, **more)
        attempt = self.prepare(found, "find", {})
        attempt.directory.mkdir(parents=True, exist_ok=True)
        (attempt.directory / "output").write_text(output, encoding="utf-8")
        unit = system("db", replace(command("find"), runs=found))
        return judge(self.workshop, unit, unit.step("find"), found, attempt, end)

    def prepare(self, wanted: Command, step: str, captured: dict[str, Captured]) -> Attempt:
        steps = [replace(command("find"), runs=FIND), replace(command("use"), runs=USE)]
        unit = replace(system("db", *steps), truth=None)
        return prepare(self.workshop, plan_of(unit), unit, unit.step(step), wanted, 1, captured)

    def use(self, **captured: Captured) -> Attempt:
        return self.prepare(USE, "use", captured)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_what_fits_last_is_kept_under_its_name(bench: Bench) -> None:
    assert bench.find("id: a\nid: b-2 \n")["captured"] == {"BACKUP_ID": "b-2"}


@pytest.mark.parametrize("output", ["nothing\n", "id: \n", f"id: {'x' * 5000}\n", "id: \x1b[2J\n"])
def test_without_what_later_commands_go_by_a_command_has_failed(bench: Bench, output: str) -> None:
    ended = bench.find(output)
    assert (ended["outcome"], ended["captured"]) == ("failed", {})
    assert ended["detail"] == r"its output holds nothing to keep as BACKUP_ID: BACKUP_ID=^id: (\S*)"


def test_a_command_that_failed_leaves_nothing_and_says_why_it_failed(bench: Bench) -> None:
    ended = bench.find("id: a\n", replace(ENDED, exit_code=3))
    assert (ended["captured"], ended["detail"]) == ({}, "exit code 3: id: a")


def test_a_command_that_keeps_nothing_captures_nothing() -> None:
    assert capture(USE, "id: a\n") == ("", "")


def test_a_group_that_took_no_part_holds_nothing() -> None:
    assert capture(replace(FIND, capture="X=a|(b)"), "a\n") == ("X", "")


@pytest.mark.parametrize("more", [{"secret_output": True}, {"capture": r"BACKUP_ID=(hunter\d+)"}])
def test_a_secret_is_kept_by_name_alone(bench: Bench, more: dict[str, Any]) -> None:
    ended = bench.find("id: a hunter22\n", **more)
    assert ended["captured"] == {"BACKUP_ID": None}
    assert "hunter22" not in str(ended)


def test_a_later_command_gets_what_was_kept_as_a_variable(bench: Bench) -> None:
    attempt = bench.use(BACKUP_ID=Captured("b-2", "find", 1), RECOVERY_ID=Captured("forged", "find", 1))
    assert (attempt.environment["BACKUP_ID"], attempt.environment["RECOVERY_ID"]) == ("b-2", "R-1")
    assert attempt.secrets == ()


def test_a_secret_is_read_again_from_what_the_command_left(bench: Bench) -> None:
    bench.find("id: s3cret\n", secret_output=True)
    attempt = bench.use(BACKUP_ID=Captured("", "find", 1, secret=True))
    assert (attempt.environment["BACKUP_ID"], attempt.secrets) == ("s3cret", ("s3cret", "s3cret"))


def test_a_secret_that_is_gone_keeps_the_command_from_starting(bench: Bench) -> None:
    attempt = bench.use(BACKUP_ID=Captured("", "find", 7, secret=True), OTHER=Captured("", "find", 8, secret=True))
    assert "BACKUP_ID" not in attempt.environment
    with pytest.raises(BringbackError, match="BACKUP_ID, which find left, cannot be read again"):
        write_truth(system("db"), attempt)
