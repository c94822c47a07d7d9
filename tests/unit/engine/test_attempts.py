"""What surrounds an attempt: its folder, its values, its truth, and how it is judged."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import BringbackError
from bot.domain.frozen_plan import FrozenPlan, Mode, PlannedStep, Unit
from bot.domain.recovery_points import RecoveryPoint
from bot.domain.recovery_state import AttemptOutcome
from bot.domain.runbook import Command, StepKind, Truth
from bot.engine.attempts import LONGEST_NAME, Workshop, judge, prepare, read_truth, write_truth
from bot.engine.guarded_step import AttemptEnd
from tests.fakes.histories import at, check, command, plan_of, system

if TYPE_CHECKING:
    from bot.runners.attempt import Attempt

CHECK = Command("canary", "sh", "", 'ask > "$RECOVERY_RESULT"', 1, runs=True, kind=StepKind.CHECK)
ENDED = AttemptEnd(AttemptOutcome.PASSED, at(1), at(2), exit_code=0)


def sample(minute: float, orders: int = 3) -> dict[str, Any]:
    return {"token": f"t{minute}", "written_at": at(minute).isoformat(), "counts": {"orders": orders}}


class Bench:
    """A unit with a truth file of samples at minutes 0, 1, ..., 9, and a recovery point that reaches to minute 5."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.truth = folder / "truth.jsonl"
        self.tell(*(sample(minute) for minute in range(10)))
        point = RecoveryPoint("b1", "barman", restorable_through=at(5), taken_at=at(-60))
        self.unit = system(
            "db", check(), point=point, truth=Truth(str(self.truth), timedelta(seconds=30)), target="data/db"
        )
        self.workshop = Workshop(folder / "attempts", {"PATH": "/bin"}, folder / "site" / "runbooks", ("hunter22",))
        self.plan = plan_of(self.unit, inputs=(("REGION", "e u"), ("RECOVERY_ID", "forged")), requested_at=at(0))

    def tell(self, *samples: dict[str, Any]) -> None:
        self.truth.write_text("".join(json.dumps(one) + "\n" for one in samples), encoding="utf-8")

    def attempt(self, wanted: Command = CHECK, unit: Unit | None = None, step: str = "check") -> Attempt:
        planned = replace(check(step), runs=wanted)
        return prepare(self.workshop, self.plan, unit or self.unit, planned, wanted, 2)

    def judge(
        self, found: object = None, *, end: AttemptEnd = ENDED, output: str = "", unit: Unit | None = None, **more: Any
    ) -> dict[str, Any]:
        wanted = replace(CHECK, **more)
        step = PlannedStep("check", 1, "Check", wanted.kind, "v1:x", runs=wanted)
        attempt = self.attempt(wanted)
        attempt.directory.mkdir(parents=True, exist_ok=True)
        (attempt.directory / "output").write_text(output, encoding="utf-8")
        result = attempt.directory / "result.json"
        if isinstance(found, bytes):
            result.write_bytes(found)
        elif found is not None:
            result.write_text(json.dumps(found), encoding="utf-8")
        return judge(self.workshop, unit or self.unit, step, wanted, attempt, end)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_a_command_gets_its_values_and_nobody_forges_them(bench: Bench) -> None:
    attempt = bench.attempt()
    assert attempt.directory == bench.folder / "attempts" / "R-1-20261122T030000000000" / "db" / "check-2"
    assert dict(attempt.environment) == {
        "PATH": "/bin",
        "REGION": "e u",
        "RECOVERY_ID": "R-1",
        "RECOVERY_MODE": "real",
        "RECOVERY_SYSTEM": "db",
        "RECOVERY_POINT": "b1",
        "RECOVERY_TARGET": str(bench.folder / "site" / "data/db"),
        "RECOVERY_TRUTH": str(attempt.directory / "truth.json"),
        "RECOVERY_RESULT": str(attempt.directory / "result.json"),
    }
    assert attempt.cwd == str(bench.folder / "site" / "runbooks")


def test_a_unit_without_point_and_target_gets_empty_values(bench: Bench) -> None:
    bench.plan = FrozenPlan("R-1", "cache", Mode.DRILL, (), "v1:x")
    attempt = bench.attempt(unit=system("cache", target="", point=None), wanted=replace(CHECK, interpreter="python"))
    assert (attempt.environment["RECOVERY_POINT"], attempt.environment["RECOVERY_TARGET"]) == ("", "")
    assert attempt.environment["RECOVERY_MODE"] == "drill"
    assert (attempt.directory.parts[-3], attempt.interpreter) == ("R-1", "python")


def test_a_secret_that_cannot_be_read_keeps_the_attempt_from_starting(bench: Bench) -> None:
    unit = replace(bench.unit, secrets=(("KEY", "env:KEY"),))
    attempt = bench.attempt(unit=unit)
    assert "KEY" not in attempt.environment
    with pytest.raises(BringbackError, match="The secret env:KEY cannot be read here"):
        write_truth(unit, attempt)


def test_a_secret_reaches_its_command_and_no_output(bench: Bench) -> None:
    bench.workshop = replace(bench.workshop, read_secret=lambda _reference: "two\nlines\0")
    attempt = bench.attempt(unit=replace(bench.unit, secrets=(("KEY", "env:KEY"),)))
    assert (attempt.environment["KEY"], set(attempt.secrets)) == ("two\nlines", {"two\nlines", "two", "lines"})


@given(st.sets(st.text(min_size=1), min_size=2, max_size=6))
def test_no_two_steps_ever_share_a_folder(names: set[str]) -> None:
    bench = Workshop(Path("/a"), {}, Path("/b"))
    plan = plan_of(system("db"))
    folders = [prepare(bench, plan, system("db"), command(name), CHECK, 1).directory for name in names]
    assert len(set(folders)) == len(names)
    assert all(folder.parent == Path("/a/R-1/db") for folder in folders)
    assert all(len(folder.name) <= LONGEST_NAME + 20 for folder in folders)


def test_a_unit_whose_name_means_another_folder_gets_one_of_its_own() -> None:
    bench = Workshop(Path("/a"), {}, Path("/b"))
    folder = prepare(bench, plan_of(), system(".."), command("x"), CHECK, 1).directory
    assert folder.parent.name.startswith("..~")


def test_the_truth_is_given_up_to_what_the_point_promises(bench: Bench) -> None:
    attempt = bench.attempt()
    write_truth(bench.unit, attempt)
    given_truth = json.loads((attempt.directory / "truth.json").read_text(encoding="utf-8"))
    assert [one["token"] for one in given_truth] == [f"t{minute}" for minute in range(6)]
    assert attempt.directory.stat().st_mode & 0o777 == 0o700


def test_a_log_promises_past_its_gap(bench: Bench) -> None:
    assert bench.unit.point
    unit = replace(bench.unit, point=replace(bench.unit.point, log_through=at(8), gap="0000A2"))
    attempt = bench.attempt()
    write_truth(unit, attempt)
    assert len(json.loads((attempt.directory / "truth.json").read_text(encoding="utf-8"))) == 9


def test_without_a_point_or_a_truth_there_is_nothing_to_compare_with(bench: Bench) -> None:
    attempt = bench.attempt()
    for unit in (replace(bench.unit, point=None), replace(bench.unit, truth=None)):
        write_truth(unit, attempt)
        assert (attempt.directory / "truth.json").read_text(encoding="utf-8") == "[]"
    assert read_truth(replace(bench.unit, truth=Truth(str(bench.folder / "none")))) == []


def test_a_last_line_that_is_half_written_is_left_out_and_any_other_is_a_fault(bench: Bench) -> None:
    lines = [json.dumps(sample(0)).encode(), '{"token": "ä'.encode()[:-1]]
    bench.truth.write_bytes(b"\n".join(lines))
    assert [one.token for one in read_truth(bench.unit)] == ["t0"]
    bench.truth.write_bytes(b"\n".join(reversed(lines)))
    with pytest.raises(BringbackError, match=r"truth\.jsonl:1 is not JSON\. Mend or remove that line\."):
        read_truth(bench.unit)


def test_a_truth_that_cannot_be_read_says_why(bench: Bench) -> None:
    with pytest.raises(BringbackError, match=r"The truth in .* cannot be read: Is a directory"):
        read_truth(replace(bench.unit, truth=Truth(str(bench.folder))))


def test_a_check_that_found_everything_is_verified(bench: Bench) -> None:
    data = bench.judge(sample(5), output="all there, hunter22\n")
    assert (data["outcome"], data["comparison"]["verdict"]) == ("passed", "verified")
    assert (data["output"], data["exit_code"], data["adopted"]) == ("all there, ***", 0, False)


def test_a_check_that_found_too_little_has_failed_whatever_its_exit_code(bench: Bench) -> None:
    data = bench.judge(sample(1))
    assert (data["outcome"], data["comparison"]["verdict"]) == ("failed", "failed")
    assert data["detail"] == data["comparison"]["detail"] != ""


def test_a_check_that_wrote_nothing_has_failed(bench: Bench) -> None:
    assert bench.judge()["outcome"] == "failed"
    assert bench.judge(b"  \n")["outcome"] == "failed"


@pytest.mark.parametrize(
    "found", [b"{", b"\xff\xfe\xff", b"[" * 100_000, b'{"token": "' + b"x" * 2_000_000, b"1" * 5_000, b"[]"]
)
def test_a_result_that_is_no_sample_fails_the_check_with_a_sentence(bench: Bench, found: bytes) -> None:
    data = bench.judge(found)
    assert (data["outcome"], data["comparison"]["verdict"]) == ("failed", "failed")
    assert data["detail"] in {"What the check wrote to RECOVERY_RESULT is not JSON.", "A sample is not a JSON object."}


def test_a_result_that_cannot_be_read_fails_the_check_with_a_sentence(bench: Bench) -> None:
    (bench.attempt().directory / "result.json").mkdir(parents=True)
    assert bench.judge()["detail"] == "What the check wrote to RECOVERY_RESULT cannot be read: Is a directory."


def test_a_truth_that_is_broken_fails_the_check_with_a_sentence(bench: Bench) -> None:
    bench.truth.write_text("{\n{}\n", encoding="utf-8")
    assert "truth.jsonl:1 is not JSON" in bench.judge(sample(5))["detail"]


def test_a_check_that_leaves_no_result_behind_is_judged_by_its_exit_code(bench: Bench) -> None:
    silent = bench.judge(script="ping")
    assert (silent["outcome"], silent["comparison"]) == ("passed", {})
    assert bench.judge(sample(5), script="./canary.sh")["comparison"]["verdict"] == "verified"
    assert bench.judge(kind=StepKind.COMMAND)["comparison"] == {}
    assert bench.judge(unit=replace(bench.unit, point=None))["comparison"] == {}


def test_a_check_without_a_truth_has_nothing_to_be_compared_with(bench: Bench) -> None:
    data = bench.judge(sample(5), unit=replace(bench.unit, truth=None))
    assert (data["outcome"], data["comparison"]["verdict"]) == ("passed", "no_truth")


@pytest.mark.parametrize(
    ("exit_code", "output", "more", "outcome", "detail"),
    [
        (3, "", {}, "failed", "exit code 3"),
        (
            3,
            "read 4 files\nFATAL: no space left for hunter22\n\n",
            {},
            "failed",
            "exit code 3: FATAL: no space left for ***",
        ),
        (3, "x" * 900, {}, "failed", f"exit code 3: {'x' * 199}…"),
        (3, "", {"expect_exit": 3}, "passed", ""),
        (0, "", {"expect_exit": 3}, "failed", "exit code 0"),
        (0, "12 rows", {"expect": r"\d+ rows"}, "passed", ""),
        (0, "none", {"expect": r"\d+ rows"}, "failed", r"its output does not contain what was expected: \d+ rows"),
    ],
)
def test_a_command_is_judged_by_its_exit_code_and_its_output(
    bench: Bench, exit_code: int, output: str, more: dict[str, Any], outcome: str, detail: str
) -> None:
    end = replace(ENDED, exit_code=exit_code)
    data = bench.judge(end=end, output=output, kind=StepKind.COMMAND, **more)
    assert (data["outcome"], data["detail"]) == (outcome, detail)


def test_an_attempt_without_an_exit_code_is_judged_by_what_became_of_it(bench: Bench) -> None:
    end = AttemptEnd(AttemptOutcome.TIMED_OUT, at(1), at(2), detail="no end within hunter22")
    data = bench.judge(sample(5), end=end, output="half")
    assert (data["outcome"], data["detail"], data["output"]) == ("timed_out", "no end within ***", "half")
    assert (data["exit_code"], data["comparison"]) == (None, {})


def test_an_output_that_is_declared_secret_is_not_kept(bench: Bench) -> None:
    judged = bench.judge(sample(5), end=replace(ENDED, exit_code=3), output="the key", secret_output=True)
    assert (judged["output"], judged["detail"]) == ("", "exit code 3")
