"""All runbooks of a folder and their policy: read together, checked together."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bot.domain.errors import RunbookError
from bot.domain.estate import Estate, make_estate
from bot.domain.policy import Policy
from bot.domain.runbook import Fault, Runbook
from bot.runbook.cross_checks import circle_faults, cross_faults, declared, recovery_value
from bot.runbook.expansion import Expansion
from bot.runbook.named_files import NamedFiles
from bot.runbook.opened_digests import with_opened
from bot.runbook.parse import Parsed, no_files, parse, with_faults
from bot.runbook.policy import POLICY_FILE, read_policy
from bot.runbook.source import read_source

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


NOUNS = ("system", "plan")


@dataclass(frozen=True, slots=True)
class Library:
    """What a folder of runbooks says. `faults` holds every fault and warning of every file, in order.

    `broken` and `broken_systems` are those of the estate: what a fault in a declaring file takes out. A plain runbook
    with a fault can still be walked. `policy_faults` stand in the way of acting, `folder_faults` of everything.
    `files` are those that commands name: the real path of each, with its time and size as they were read.
    """

    runbooks: tuple[Runbook, ...] = ()
    policy: Policy | None = None
    faults: tuple[Fault, ...] = ()
    broken: Mapping[str, tuple[Fault, ...]] = field(default_factory=dict)
    broken_systems: Mapping[str, int] = field(default_factory=dict)
    broken_files: frozenset[str] = frozenset()
    policy_faults: tuple[Fault, ...] = ()
    folder_faults: tuple[Fault, ...] = ()
    files: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    def estate(self) -> Estate:
        """The sound systems, plans and runbooks, and the broken ones. Raises RunbookError where there is no folder."""
        if self.folder_faults:
            raise RunbookError(self.folder_faults)
        sound = [runbook for runbook in self.runbooks if runbook.file not in self.broken_files]
        return make_estate(sound, self.broken, self.broken_systems)


def load(folder: Path, environment: Mapping[str, str]) -> Library:
    """Every `*.md` below `folder` and its policy.yaml. Faults are values here; nothing is raised.

    A folder that does not exist is a fault. `environment` is what `${NAME}` in targets, backups and truth stands for.
    """
    if not folder.is_dir():
        fault = no_folder(folder)
        return Library(faults=(fault,), policy_faults=(fault,), folder_faults=(fault,))
    files = NamedFiles(folder)
    parsed = [read_runbook(folder, path, environment, files=files) for path in runbook_files(folder)]
    policy, policy_faults = policy_in(folder)
    more = cross_faults(parsed)
    parsed = [replace(one, runbook=with_faults(one.runbook, more.get(one.runbook.file, ()))) for one in parsed]
    parsed = with_opened(parsed)
    by_declared = _faults_by_declared(parsed)
    by_runbook = [(one.runbook, faults) for one in parsed if (faults := _standing_in_the_way(one, by_declared))]
    return Library(
        runbooks=tuple(one.runbook for one in parsed),
        policy=policy,
        faults=(*(fault for one in parsed for fault in one.runbook.faults), *policy_faults),
        broken=_by_name(by_declared, by_runbook),
        broken_systems={
            name: _tier(one) for one in parsed if ("system", name := declared(one, "system")) in by_declared
        },
        broken_files=frozenset(runbook.file for runbook, _ in by_runbook),
        policy_faults=_grave(policy_faults),
        files=files.seen,
    )


def no_folder(folder: Path) -> Fault:
    """The fault of a folder that is not there."""
    return Fault(str(folder), 0, "there is no such folder.", "Set RUNBOOKS_DIR to the folder of your runbooks.")


def _grave(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    return tuple(fault for fault in faults if fault.severity == "fault")


def _faults_by_declared(parsed: Sequence[Parsed]) -> dict[tuple[str, str], tuple[Fault, ...]]:
    """What is wrong with each declared system and plan, by ("system" or "plan", name): of every file that names it."""
    found: dict[tuple[str, str], list[Fault]] = defaultdict(list)
    for one in parsed:
        for noun in NOUNS:
            if one.front.declares and (name := declared(one, noun)):
                found[noun, name] += _grave(one.runbook.faults)
    for names, fault in circle_faults(parsed):
        for name in names:
            found["system", name].append(fault)
    return {key: tuple(dict.fromkeys(faults)) for key, faults in found.items() if faults}


def _standing_in_the_way(one: Parsed, by_declared: Mapping[tuple[str, str], tuple[Fault, ...]]) -> tuple[Fault, ...]:
    """The faults of a file that declares something, and those of what it declares that stand elsewhere."""
    own = _grave(one.runbook.faults) if one.front.declares else ()
    shared = [fault for noun in NOUNS for fault in by_declared.get((noun, declared(one, noun)), ())]
    return tuple(dict.fromkeys((*own, *shared)))


def _by_name(
    by_declared: Mapping[tuple[str, str], tuple[Fault, ...]], by_runbook: Sequence[tuple[Runbook, tuple[Fault, ...]]]
) -> dict[str, tuple[Fault, ...]]:
    """Both by name: a runbook is often called as what it declares."""
    merged: dict[str, dict[Fault, None]] = defaultdict(dict)
    for (_, name), faults in by_declared.items():
        merged[name] |= dict.fromkeys(faults)
    for runbook, faults in by_runbook:
        merged[runbook.name] |= dict.fromkeys(faults)
    return {name: tuple(faults) for name, faults in merged.items()}


def _tier(one: Parsed) -> int:
    """The tier of a broken system: one that cannot be read counts as the highest."""
    tier = recovery_value(one, "tier")
    return tier if isinstance(tier, int) and tier > 0 else 1


def folder_above(path: Path, within: Path | None) -> Path | None:
    """The folder of runbooks in which a resolved path lies.

    That is `within` when it stands above, else the nearest one that holds a policy; None when there is neither.
    """
    if within and within.resolve() in path.parents:
        return within
    return next((folder for folder in path.parents if (folder / POLICY_FILE).is_file()), None)


def runbook_files(folder: Path) -> list[Path]:
    """Every `*.md` below a folder, in the order of their paths; hidden folders are passed over."""
    found: list[Path] = []
    for top, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [Path(top) / name for name in files if name.endswith(".md") and not name.startswith(".")]
    return sorted(found)


def read_runbook(
    folder: Path, path: Path, environment: Mapping[str, str], unset: str = "fault", files: NamedFiles | None = None
) -> Parsed:
    """One file of a folder, with `${NAME}` expanded; what only shows across files is not looked at.

    `unset` is the severity of a NAME that the environment does not hold. Without `files` no digest covers any.
    """
    place = path.relative_to(folder)
    named = partial(files.of, beside=str(place.parent)) if files else no_files
    parsed = parse(read_source(path, str(path)), place.with_suffix("").as_posix(), named)
    system = parsed.runbook.system
    if not system:
        return parsed
    expansion = Expansion(environment, parsed.front.marked, parsed.runbook.file, unset)
    runbook = with_faults(replace(parsed.runbook, system=expansion.system(system)), expansion.faults)
    return replace(parsed, runbook=runbook)


def policy_in(folder: Path) -> tuple[Policy | None, Iterable[Fault]]:
    """The policy of a folder, or None where there is none or it is unsound, with its faults."""
    path = folder / POLICY_FILE
    return read_policy(path, str(path)) if path.is_file() else (None, ())
