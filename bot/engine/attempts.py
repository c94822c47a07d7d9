"""What surrounds one attempt: the environment its command gets, the truth it may compare with, and how it is judged."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.domain.errors import BringbackError
from bot.domain.proof import Compared, Comparison, Sample, compare, comparison_json, parse_sample, samples_through
from bot.domain.recovery_state import AttemptOutcome
from bot.domain.runbook import StepKind
from bot.engine.redaction import clean_output, redact
from bot.runners.attempt import Attempt, read_tail

if TYPE_CHECKING:
    from bot.domain.frozen_plan import FrozenPlan, PlannedStep, Unit
    from bot.domain.runbook import Command
    from bot.engine.guarded_step import AttemptEnd

TRUTH_FILE = "truth.json"
RESULT_FILE = "result.json"


@dataclass(frozen=True, slots=True)
class Workshop:
    """Where attempts lie, and what commands inherit. `secrets` are values that no output may show."""

    attempts: Path
    environment: Mapping[str, str] = field(repr=False)
    runbooks: Path
    secrets: tuple[str, ...] = field(default=(), repr=False)


def prepare(workshop: Workshop, plan: FrozenPlan, unit: Unit, step: PlannedStep, attempt: int) -> Attempt:
    """The attempt, with its truth file written. Raises BringbackError when the truth cannot be read."""
    command = step.runs
    if command is None:
        message = f"{step.id} has nothing to run"
        raise ValueError(message)
    directory = workshop.attempts / plan.recovery / _file_name(unit.name) / f"{_file_name(step.id)}-{attempt}"
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Attempt(
        directory=directory,
        script=command.script,
        environment={**workshop.environment, **_values(workshop, plan, unit, directory)},
        interpreter=command.interpreter or command.language,
        cwd=str(workshop.runbooks / command.cwd),
        timeout=command.timeout,
    )


def _values(workshop: Workshop, plan: FrozenPlan, unit: Unit, directory: Path) -> dict[str, str]:
    values = {
        "RECOVERY_ID": plan.recovery,
        "RECOVERY_MODE": plan.mode.value,
        "RECOVERY_SYSTEM": unit.name,
        "RECOVERY_POINT": unit.point.id if unit.point else "",
        "RECOVERY_TARGET": str(workshop.runbooks.parent / unit.target) if unit.target else "",
        "RECOVERY_TRUTH": str(directory / TRUTH_FILE),
        "RECOVERY_RESULT": str(directory / RESULT_FILE),
    }
    return {**dict(plan.inputs), **values}


def write_truth(unit: Unit, attempt: Attempt) -> None:
    """Write the samples up to what the recovery point promises where the check finds them."""
    through = promised_through(unit)
    samples = samples_through(read_truth(unit), through) if through else ()
    plain = [{"token": s.token, "written_at": s.written_at.isoformat(), "counts": dict(s.counts)} for s in samples]
    (attempt.directory / TRUTH_FILE).write_text(json.dumps(plain), encoding="utf-8")


def promised_through(unit: Unit) -> datetime | None:
    """Until when data must come back: the end of the log as the source claims it, past a gap if there is one."""
    return (unit.point.log_through or unit.point.restorable_through) if unit.point else None


def read_truth(unit: Unit) -> list[Sample]:
    """Every recorded sample of a system; none when it records none. A half-written last line is left out."""
    if unit.truth is None:
        return []
    try:
        lines = Path(unit.truth.file).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    samples = []
    for place, line in enumerate(lines, start=1):
        try:
            samples.append(parse_sample(json.loads(line)))
        except json.JSONDecodeError:
            if place < len(lines):
                raise BringbackError(f"{unit.truth.file}:{place} is not JSON.", "Mend or remove that line.") from None
    return samples


def judge(workshop: Workshop, unit: Unit, step: PlannedStep, attempt: Attempt, end: AttemptEnd) -> dict[str, Any]:
    """The data of the event that ends an attempt: outcome, output, and for a check the comparison with the truth."""
    command = step.runs
    output = read_tail(attempt.directory / "output")
    outcome, detail = end.outcome, end.detail
    if command and end.exit_code is not None:
        outcome, detail = _judge_exit(command, end.exit_code, output)
    comparison = _compare(unit, step, attempt) if end.exit_code is not None else None
    if comparison and comparison.verdict is Compared.FAILED:
        outcome, detail = AttemptOutcome.FAILED, comparison.detail
    shown = "" if command and command.secret_output else clean_output(output, workshop.secrets)
    return {
        "outcome": outcome.value,
        "exit_code": end.exit_code,
        "adopted": end.adopted,
        "detail": redact(detail, workshop.secrets),
        "output": shown,
        "comparison": comparison_json(comparison) if comparison else {},
    }


def _judge_exit(command: Command, exit_code: int, output: str) -> tuple[AttemptOutcome, str]:
    if exit_code != command.expect_exit:
        return AttemptOutcome.FAILED, f"exit code {exit_code}"
    if command.expect and not re.search(command.expect, output):
        return AttemptOutcome.FAILED, f"its output does not contain what was expected: {command.expect}"
    return AttemptOutcome.PASSED, ""


def _compare(unit: Unit, step: PlannedStep, attempt: Attempt) -> Comparison | None:
    """A check that has to do with RECOVERY_RESULT is compared; any other is judged by its exit code alone."""
    through = promised_through(unit)
    if step.kind is not StepKind.CHECK or not through or "RECOVERY_RESULT" not in attempt.script:
        return None
    every = unit.truth.every if unit.truth else timedelta()
    hole = bool(unit.point and unit.point.gap)
    try:
        found = _read_result(attempt.directory / RESULT_FILE)
        samples = read_truth(unit)
    except BringbackError as error:
        return Comparison(Compared.FAILED, error.what, error.helps)
    return compare(found, samples, through, every, hole=hole)


def _read_result(path: Path) -> Sample | None:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    try:
        return parse_sample(json.loads(text)) if text.strip() else None
    except json.JSONDecodeError:
        raise BringbackError("What the check wrote to RECOVERY_RESULT is not JSON.") from None


def _file_name(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]", "_", text)
