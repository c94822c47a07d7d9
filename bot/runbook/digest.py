"""Digests: what a step does, as one short text that changes when, and only when, that changes.

A command's covers its commands, kind, targets, expected results, and the files that they name; a manual step's covers
its words, for there the text is the procedure. White space and other prose are not covered.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any

from bot.domain.runbook import StepKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bot.domain.runbook import Command, Step

SCHEME = "v1:"
_NAMED_FILE = re.compile(r"(?<![\w/.$-])(?:\.{1,2}/)?[\w-][\w./-]*\.\w+")
_COMMENT = re.compile(r"<!--[^>]*-->")
_WORDED = {StepKind.MANUAL, StepKind.APPROVAL, StepKind.WAIT}


def step_digest(step: Step, file_digest: Callable[[str], str]) -> str:
    """The digest of one step.

    `file_digest` takes a path as a command names it, and answers the digest of that file, or an empty text when no
    file of the runbook's folder is meant.
    """
    content: dict[str, Any] = {
        "kind": step.kind,
        "commands": [_command(command, file_digest) for command in step.commands],
    }
    if step.kind in _WORDED or (step.kind is StepKind.CHECK and not step.commands):
        content |= {"words": _words(f"{step.title}\n{step.text}"), "by": step.by}
    if step.kind is StepKind.WAIT:
        content["time"] = step.expected.total_seconds() if step.expected else None
    return digest_of(content)


def digest_of(content: Any) -> str:
    """The digest of plain values."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return SCHEME + hashlib.sha256(text.encode()).hexdigest()


def runbook_digest(steps: Iterable[Step], targets: tuple[str, str], depends_on: tuple[str, ...]) -> str:
    """The digest of a runbook: its steps in their order, its targets as they are written, and its dependencies."""
    return digest_of({"steps": [step.digest for step in steps], "targets": targets, "depends_on": sorted(depends_on)})


def named_files(script: str) -> list[str]:
    """The relative paths that a script names, in the order of their names."""
    return sorted(set(_NAMED_FILE.findall(script)))


def _command(command: Command, file_digest: Callable[[str], str]) -> dict[str, Any]:
    found = {path: digest for path in named_files(command.script) if (digest := file_digest(path))}
    return {
        "script": command.script,
        "kind": command.kind,
        "interpreter": command.interpreter,
        "cwd": command.cwd,
        "host": command.host,
        "expect": command.expect,
        "expect_exit": command.expect_exit,
        "files": found,
    }


def _words(text: str) -> str:
    return " ".join(_COMMENT.sub("", text).split())
