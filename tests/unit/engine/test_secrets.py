"""Secrets by reference: read when a command runs, hidden from what it prints."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.domain.errors import BringbackError
from bot.domain.recovery_state import AttemptOutcome
from bot.domain.runbook import Command
from bot.engine.attempts import Workshop, judge, prepare, write_truth
from bot.engine.guarded_step import AttemptEnd
from bot.runbook.inputs import secret_reader
from tests.fakes.histories import at, command, plan_of, system

if TYPE_CHECKING:
    from pathlib import Path

    from bot.runners.attempt import Attempt

RESTORE = Command("restore", "sh", "", "restore", 1, runs=True)
ENDED = AttemptEnd(AttemptOutcome.PASSED, at(1), at(2), exit_code=0)
UNIT = replace(system("db"), truth=None, secrets=(("PASSWORD", "env:DB_PASSWORD"), ("KEY", "file:/key")))
SECRETS = {"DB_PASSWORD": "hunter22"}


def workshop(folder: Path, **environment: str) -> Workshop:
    read = secret_reader(environment, lambda _path: "-- first line --\nsecond line\n")
    return Workshop(folder / "attempts", {}, folder / "runbooks", read_secret=read)


def attempt_of(bench: Workshop) -> Attempt:
    return prepare(bench, plan_of(UNIT), UNIT, command("restore"), RESTORE, 1)


def output_of(bench: Workshop, printed: str) -> str:
    attempt = attempt_of(bench)
    attempt.directory.mkdir(parents=True)
    (attempt.directory / "output").write_text(printed, encoding="utf-8")
    return str(judge(bench, UNIT, command("restore"), RESTORE, attempt, ENDED)["output"])


def test_a_command_gets_the_secrets_of_its_own_runbook(tmp_path: Path) -> None:
    attempt = attempt_of(workshop(tmp_path, **SECRETS))
    assert attempt.environment["PASSWORD"] == "hunter22"
    assert attempt.environment["KEY"] == "-- first line --\nsecond line"
    assert "hunter22" not in repr(attempt)


def test_what_a_command_prints_of_a_secret_is_hidden_line_by_line(tmp_path: Path) -> None:
    bench = workshop(tmp_path, **SECRETS)
    assert output_of(bench, "as hunter22\nand second line\n") == "as ***\nand ***"


def test_without_its_secret_a_command_does_not_start_and_its_output_is_withheld(tmp_path: Path) -> None:
    bench = workshop(tmp_path)
    with pytest.raises(BringbackError, match="env:DB_PASSWORD is not set"):
        write_truth(UNIT, attempt_of(bench))
    assert output_of(bench, "as hunter22\n") == ""
