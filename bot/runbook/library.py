"""All runbooks of a folder and their policy: read together, checked together."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from bot.domain.errors import RunbookError
from bot.domain.estate import Estate, make_estate
from bot.domain.policy import Policy
from bot.domain.runbook import Fault, Runbook
from bot.runbook.cross_checks import cross_faults
from bot.runbook.expansion import Expansion
from bot.runbook.parse import Parsed, parse, with_faults
from bot.runbook.policy import POLICY_FILE, read_policy
from bot.runbook.source import MOST_BYTES, read_source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


@dataclass(frozen=True, slots=True)
class Library:
    """What a folder of runbooks says. `faults` holds every fault and warning of every file, in order.

    `declaring` are the files whose faults stand in the way of an estate: policy.yaml, and those that declare a system
    or a plan. A plain runbook with a fault can still be walked.
    """

    runbooks: tuple[Runbook, ...] = ()
    policy: Policy | None = None
    faults: tuple[Fault, ...] = ()
    declaring: frozenset[str] = frozenset()

    def estate(self) -> Estate:
        """All systems, plans and runbooks. Raises RunbookError with all faults of the declaring files."""
        faults = [fault for fault in self.faults if fault.severity == "fault" and fault.file in self.declaring]
        if faults:
            raise RunbookError(faults)
        return make_estate(self.runbooks)


def load(folder: Path, environment: Mapping[str, str]) -> Library:
    """Every `*.md` below `folder` and its policy.yaml. Faults are values here; nothing is raised.

    A folder that does not exist is a fault. `environment` is what `${NAME}` in targets, backups and truth stands for.
    """
    if not folder.is_dir():
        fault = Fault(str(folder), 1, "there is no such folder.", "Set RUNBOOKS_DIR to the folder of your runbooks.")
        return Library(faults=(fault,), declaring=frozenset({fault.file}))
    parsed = [read_runbook(folder, path, environment) for path in runbook_files(folder)]
    policy, policy_faults = policy_in(folder)
    more = cross_faults(parsed)
    runbooks = tuple(with_faults(item.runbook, more.get(item.runbook.file, ())) for item in parsed)
    return Library(
        runbooks=runbooks,
        policy=policy,
        faults=(*(fault for runbook in runbooks for fault in runbook.faults), *policy_faults),
        declaring=frozenset(
            {str(folder / POLICY_FILE), *(item.runbook.file for item in parsed if item.front.declares)}
        ),
    )


def runbook_files(folder: Path) -> list[Path]:
    """Every `*.md` below a folder, in the order of their paths; hidden folders are passed over."""
    found: list[Path] = []
    for top, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [Path(top) / name for name in files if name.endswith(".md") and not name.startswith(".")]
    return sorted(found)


def read_runbook(folder: Path, path: Path, environment: Mapping[str, str]) -> Parsed:
    """One file of a folder, with `${NAME}` expanded; what only shows across files is not looked at."""
    name = path.relative_to(folder).with_suffix("").as_posix()
    parsed = parse(read_source(path, str(path)), name, file_digest_in(folder, path.parent))
    system = parsed.runbook.system
    if not system:
        return parsed
    expansion = Expansion(environment, parsed.front.marked, parsed.runbook.file)
    runbook = with_faults(replace(parsed.runbook, system=expansion.system(system)), expansion.faults)
    return replace(parsed, runbook=runbook)


def file_digest_in(folder: Path, beside: Path) -> Callable[[str], str]:
    """How commands of a runbook in `beside` find the files they name: beside it, and never outside `folder`."""
    root = folder.resolve()

    def file_digest(path: str) -> str:
        try:
            target = beside / path
            if not target.is_file() or target.stat().st_size > MOST_BYTES:
                return ""
            if not target.resolve().is_relative_to(root):
                return ""
            return hashlib.sha256(target.read_bytes()).hexdigest()
        except (OSError, ValueError):
            return ""

    return file_digest


def policy_in(folder: Path) -> tuple[Policy | None, Iterable[Fault]]:
    """The policy of a folder, or None where there is none or it is unsound, with its faults."""
    path = folder / POLICY_FILE
    return read_policy(path, str(path)) if path.is_file() else (None, ())
