"""Runbooks and faults as text and JSON: what `bringback steps` and `bringback check` print."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.domain.runbook import Fault, Runbook, Step
    from bot.runbook.lint import Report

_PROPERTY = {"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"}


def to_json(runbook: Runbook) -> dict[str, Any]:
    """The walk of one runbook as plain values."""
    return {
        "file": runbook.file,
        "title": runbook.title,
        "parts": [{"title": part.title, "steps": list(part.steps)} for part in runbook.parts],
        "before_you_start": runbook.before_you_start,
        "background": [title for title, _ in runbook.background],
        "steps": [_step(step) for step in runbook.steps],
        "faults": [
            {"line": fault.line, "message": _sentence(fault)} for fault in runbook.faults if fault.severity == "fault"
        ],
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "index": step.index,
        "number": step.number,
        "title": step.title,
        "part": step.part,
        "kind": step.kind.value,
        "line": step.line,
        "end_line": step.end_line,
        "commands": [
            {"name": command.name, "language": command.language, "text": command.text, "runs": command.runs}
            for command in step.commands
        ],
        "digest": step.digest,
    }


def to_line(runbook: Runbook) -> str:
    """The walk of one runbook as one line of JSON, whatever is taken for the end of a line, and in any encoding."""
    return json.dumps(to_json(runbook))


def to_text(runbook: Runbook) -> Iterator[str]:
    """The walk of one runbook in lines for people."""
    yield f"{runbook.title}  ({runbook.file}, {len(runbook.steps)} steps)"
    part = None
    for step in runbook.steps:
        if step.part != part and step.part is not None:
            yield f"  {runbook.parts[step.part].title}"
        part = step.part
        number = f" [{step.number}]" if step.number else ""
        commands = f", {len(step.commands)} commands" if len(step.commands) > 1 else ""
        yield f"  {step.index + 1:>3}. {step.title}{number}  ({step.kind.value}, line {step.line}{commands})"
    yield from (f"  {fault.severity}: {fault}" for fault in runbook.faults)


def report_text(report: Report) -> Iterator[str]:
    """What a check found, a line each, and a last line that sums up."""
    for fault in report.faults:
        yield f"{fault.place}: {fault.severity}: {_sentence(fault)}"
    yield _summary(report)


def report_json(report: Report) -> str:
    """What a check found, as JSON."""
    return json.dumps({"files": report.files, "faults": [_fault(fault) for fault in report.faults]})


def report_github(report: Report) -> Iterator[str]:
    """What a check found, as annotations that GitHub's workflow runner shows beside the lines."""
    for fault in report.faults:
        level = "error" if fault.severity == "fault" else "warning"
        text = _sentence(fault).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
        yield f"::{level} file={_property(fault.file)},line={max(fault.line, 1)}::{text}"


def _property(text: str) -> str:
    return "".join(_PROPERTY.get(char, char) for char in text)


def _fault(fault: Fault) -> dict[str, Any]:
    return {
        "file": fault.file,
        "line": fault.line,
        "severity": fault.severity,
        "message": fault.message,
        "helps": fault.helps,
    }


def _sentence(fault: Fault) -> str:
    return f"{fault.message} {fault.helps}".strip()


def _summary(report: Report) -> str:
    faults = sum(fault.severity == "fault" for fault in report.faults)
    return (
        f"{_count(report.files, 'file')}: {_count(faults, 'fault')}, {_count(len(report.faults) - faults, 'warning')}"
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
