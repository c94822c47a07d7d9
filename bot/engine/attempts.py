"""What surrounds one attempt: the environment its command gets, the truth it may compare with, and how it is judged."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.domain.errors import BringbackError
from bot.domain.proof import Compared, Comparison, Sample, compare, comparison_json, parse_sample, samples_through
from bot.domain.recovery_state import AttemptOutcome
from bot.domain.runbook import StepKind
from bot.engine.redaction import clean_output, redact
from bot.runbook.inputs import as_variables
from bot.runners.attempt import Attempt, make_private, read_tail

if TYPE_CHECKING:
    from bot.domain.frozen_plan import FrozenPlan, PlannedStep, Unit
    from bot.domain.recovery_state import Captured
    from bot.domain.runbook import Command
    from bot.engine.guarded_step import AttemptEnd

OWN_VARIABLES = (
    "RECOVERY_ID",
    "RECOVERY_MODE",
    "RECOVERY_SYSTEM",
    "RECOVERY_POINT",
    "RECOVERY_TARGET",
    "RECOVERY_TRUTH",
    "RECOVERY_RESULT",
)
"""What every command is told; no input takes their place."""

TRUTH_FILE = "truth.json"
RESULT_FILE = "result.json"

RESULT_BYTES = 1024 * 1024
"""A result that is longer is none: it is cut, and then no JSON."""

OUTPUT_FILE = "output"

LONGEST_CAPTURE = 4096
"""Characters; what is longer is no value to go on with."""

LONGEST_LAST_LINE = 200
"""Characters of what a command printed last that stand beside its exit code."""

LONGEST_NAME = 80
"""Of a unit or step in the name of its folder."""


def _no_secrets(reference: str) -> str:
    raise BringbackError(f"The secret {reference} cannot be read here.", "Run it where the secret is.")


@dataclass(frozen=True, slots=True)
class Workshop:
    """Where attempts lie, and what commands inherit. `secrets` are values that no output may show.

    `read_secret` turns a reference (`env:NAME`, `file:PATH`) into its value, or raises BringbackError.
    """

    attempts: Path
    environment: Mapping[str, str] = field(repr=False)
    runbooks: Path
    secrets: tuple[str, ...] = field(default=(), repr=False)
    read_secret: Callable[[str], str] = field(default=_no_secrets, repr=False)


NOTHING_CAPTURED: Mapping[str, Captured] = {}


def prepare(
    workshop: Workshop,
    plan: FrozenPlan,
    unit: Unit,
    step: PlannedStep,
    command: Command,
    attempt: int,
    captured: Mapping[str, Captured] = NOTHING_CAPTURED,
) -> Attempt:
    """What to run, and where. Nothing is written yet; secrets are read, so it may wait for a disk.

    A secret that cannot be read is the attempt's fault.
    """
    directory = _directory(workshop, plan, unit, step.id, attempt)
    secrets, fault = _secrets(workshop, plan, unit, captured)
    kept = {name: one.value for name, one in captured.items() if not one.secret}
    return Attempt(
        directory=directory,
        script=command.script,
        environment={**workshop.environment, **_values(workshop, plan, unit, directory, {**kept, **secrets})},
        interpreter=command.interpreter or command.language,
        cwd=str(workshop.runbooks / command.cwd),
        timeout=command.timeout,
        secrets=tuple(part for value in secrets.values() for part in (value, *value.splitlines())),
        fault=fault,
    )


def _directory(workshop: Workshop, plan: FrozenPlan, unit: Unit, step: str, attempt: int) -> Path:
    # The time tells apart the recoveries of two ledgers that used one folder: each has its own R-1.
    asked = f"-{plan.requested_at:%Y%m%dT%H%M%S%f}" if plan.requested_at else ""
    parts = (f"{plan.recovery}{asked}", _file_name(unit.name), f"{_file_name(step)}-{attempt}")
    return workshop.attempts.joinpath(*parts)


def _secrets(
    workshop: Workshop, plan: FrozenPlan, unit: Unit, captured: Mapping[str, Captured]
) -> tuple[dict[str, str], str]:
    """The values of the unit's secrets, captured ones among them, and why one of them cannot be read."""
    values: dict[str, str] = {}
    fault = ""
    for name, one in captured.items():
        if one.secret:
            command = unit.step(one.step).runs
            output = read_tail(_directory(workshop, plan, unit, one.step, one.attempt) / OUTPUT_FILE)
            value = capture(command, output)[1] if command else ""
            values |= {name: value} if value else {}
            fault = fault or ("" if value else f"{name}, which {one.step} left, cannot be read again.")
    for name, reference in unit.secrets:
        try:
            values[name] = workshop.read_secret(reference).replace("\0", "")  # no environment can hold that one
        except BringbackError as error:
            fault = fault or str(error)
    return values, fault


def _values(
    workshop: Workshop, plan: FrozenPlan, unit: Unit, directory: Path, more: Mapping[str, str]
) -> dict[str, str]:
    told = (
        plan.recovery,
        plan.mode.value,
        unit.name,
        unit.point.id if unit.point else "",
        str(workshop.runbooks.parent / unit.target) if unit.target else "",
        str(directory / TRUTH_FILE),
        str(directory / RESULT_FILE),
    )
    return {**as_variables({**dict(plan.inputs), **more}), **dict(zip(OWN_VARIABLES, told, strict=True))}


def write_truth(unit: Unit, attempt: Attempt) -> None:
    """Write the samples up to what the recovery point promises where the check finds them.

    Raises BringbackError when the truth cannot be read or the attempt must not start, OSError when it cannot be
    written.
    """
    if attempt.fault:
        raise BringbackError(attempt.fault)
    make_private(attempt.directory)
    through = promised_through(unit)
    samples = samples_through(read_truth(unit), through) if through else ()
    plain = [{"token": s.token, "written_at": s.written_at.isoformat(), "counts": dict(s.counts)} for s in samples]
    (attempt.directory / TRUTH_FILE).write_text(json.dumps(plain), encoding="utf-8")


def promised_through(unit: Unit) -> datetime | None:
    """Until when data must come back: the end of the log as the source claims it, past a gap if there is one."""
    return (unit.point.log_through or unit.point.restorable_through) if unit.point else None


def read_truth(unit: Unit) -> list[Sample]:
    """Every recorded sample of a system; none when it records none. A half-written last line is left out.

    Raises BringbackError when the file cannot be read, or holds what is no sample.
    """
    if unit.truth is None:
        return []
    try:
        # A line that was cut in the middle of a character is no sample yet either.
        lines = Path(unit.truth.file).read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise BringbackError(f"The truth in {unit.truth.file} cannot be read: {error.strerror}.") from error
    samples = []
    for place, line in enumerate(lines, start=1):
        try:
            samples.append(parse_sample(json.loads(line)))
        except json.JSONDecodeError:
            if place < len(lines):
                raise BringbackError(f"{unit.truth.file}:{place} is not JSON.", "Mend or remove that line.") from None
    return samples


def judge(
    workshop: Workshop, unit: Unit, step: PlannedStep, command: Command, attempt: Attempt, end: AttemptEnd
) -> dict[str, Any]:
    """The data of the event that ends an attempt: outcome, output, what is captured of it, a check's comparison."""
    output = read_tail(attempt.directory / OUTPUT_FILE)
    secrets = (*workshop.secrets, *attempt.secrets)
    # With a secret that cannot be read any more, nobody can tell what of the output must be hidden.
    hidden = command.secret_output or bool(attempt.fault)
    shown = "" if hidden else clean_output(output, secrets)
    outcome, detail = end.outcome, end.detail
    if end.exit_code is not None:
        outcome, detail = _judge_exit(command, end.exit_code, output, _last_line(shown))
    name, value = capture(command, output)
    if name and outcome is AttemptOutcome.PASSED and not value:
        # Later commands go by it: with nothing in its place they would do something else.
        outcome, detail = AttemptOutcome.FAILED, f"its output holds nothing to keep as {name}: {command.capture}"
    comparison = _compare(unit, step, attempt) if end.exit_code is not None else None
    if comparison and comparison.verdict is Compared.FAILED:
        outcome, detail = AttemptOutcome.FAILED, comparison.detail
    kept = {}
    if name and outcome is AttemptOutcome.PASSED:
        kept[name] = None if hidden or redact(value, secrets) != value else value
    return {
        "outcome": outcome.value,
        "exit_code": end.exit_code,
        "adopted": end.adopted,
        "detail": redact(detail, secrets),
        "output": shown,
        "comparison": comparison_json(comparison) if comparison else {},
        "captured": kept,
    }


def capture(command: Command, output: str) -> tuple[str, str]:
    """The name and the value that a command keeps of its output: the last match, without the blanks around it.

    Both are empty where it keeps none; the value alone where nothing fits, or where it is no line of plain text.
    """
    name, equals, pattern = command.capture.partition("=")
    if not equals:
        return "", ""
    found = [match[1] or "" for match in re.finditer(pattern, output, re.MULTILINE)]
    value = found[-1].strip() if found else ""
    return name, value if value.isprintable() and len(value) <= LONGEST_CAPTURE else ""


def _judge_exit(command: Command, exit_code: int, output: str, last_said: str) -> tuple[AttemptOutcome, str]:
    if exit_code != command.expect_exit:
        # A tool says what went wrong last: whoever is asked what to do need not look for it.
        return AttemptOutcome.FAILED, f"exit code {exit_code}" + (f": {last_said}" if last_said else "")
    if command.expect and not re.search(command.expect, output):
        return AttemptOutcome.FAILED, f"its output does not contain what was expected: {command.expect}"
    return AttemptOutcome.PASSED, ""


def _last_line(shown: str) -> str:
    """The last line that says something, or its beginning."""
    last = next((line.strip() for line in reversed(shown.split("\n")) if line.strip()), "")
    return last if len(last) <= LONGEST_LAST_LINE else last[: LONGEST_LAST_LINE - 1] + "…"


def _compare(unit: Unit, step: PlannedStep, attempt: Attempt) -> Comparison | None:
    """A check that has to do with RECOVERY_RESULT is compared; any other is judged by its exit code alone."""
    through = promised_through(unit)
    result = attempt.directory / RESULT_FILE
    if step.kind is not StepKind.CHECK or not through:
        return None
    if "RECOVERY_RESULT" not in attempt.script and not result.exists():
        return None
    every = unit.truth.every if unit.truth else timedelta()
    hole = bool(unit.point and unit.point.gap)
    try:
        found = _read_result(result)
        samples = read_truth(unit)
    except BringbackError as error:
        return Comparison(Compared.FAILED, error.what, error.helps)
    return compare(found, samples, through, every, hole=hole)


def _read_result(path: Path) -> Sample | None:
    try:
        text = _read_at_most(path, RESULT_BYTES)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise BringbackError(f"What the check wrote to RECOVERY_RESULT cannot be read: {error.strerror}.") from error
    try:
        return parse_sample(json.loads(text)) if text.strip() else None
    except (ValueError, RecursionError):
        raise BringbackError("What the check wrote to RECOVERY_RESULT is not JSON.") from None


def _read_at_most(path: Path, limit: int) -> bytes:
    with path.open("rb") as stream:
        return stream.read(limit)


def _file_name(text: str) -> str:
    """The text as the name of a file: another one for every other text."""
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", text)[:LONGEST_NAME]
    if plain == text and plain.strip("."):
        return plain
    return f"{plain}~{hashlib.sha256(text.encode(errors='surrogatepass')).hexdigest()[:16]}"
