"""`${NAME}` in targets, backups and truth, expanded from the environment that is handed in."""

from __future__ import annotations

import re
from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from bot.domain.runbook import Fault

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.domain.runbook import Backup, System
    from bot.runbook.marked_yaml import Marked, Path

_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_BARE = re.compile(r"(?<!\$)\$([A-Za-z_][A-Za-z0-9_]*)")
_NEAR = 0.8
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class Expansion:
    """Expands the values of one file. `faults` gathers the names that the environment does not hold.

    `unset` is how grave that is: a fault where the bot runs, a warning where its environment is not at hand.
    """

    def __init__(self, environment: Mapping[str, str], marked: Marked, file: str, unset: str = "fault") -> None:
        self._unset = unset
        self._environment = environment
        self._marked = marked
        self._file = file
        self._told: set[str] = set()
        self.faults: list[Fault] = []

    def system(self, system: System) -> System:
        """The system with its targets, backups and truth expanded."""
        truth = system.truth
        return replace(
            system,
            drill_target=self._text(system.drill_target, ("recovery", "targets", "drill")),
            real_target=self._text(system.real_target, ("recovery", "targets", "real")),
            backups=tuple(self._backup(backup, index) for index, backup in enumerate(system.backups)),
            truth=truth and replace(truth, file=self._text(truth.file, ("recovery", "truth", "file"))),
        )

    def _backup(self, backup: Backup, index: int) -> Backup:
        at: Path = ("recovery", "backups", index)
        options = tuple((key, self._text(value, (*at, key))) for key, value in backup.options)
        return replace(backup, location=self._text(backup.location, (*at, "location")), options=options)

    def _text(self, text: str, at: Path) -> str:
        def value(match: re.Match[str]) -> str:
            name = match[1]
            if name in self._environment:
                return self._environment[name]
            if self._unset == "fault" or name not in self._told:  # a hint is enough once a file
                self._told.add(name)
                self.faults.append(self._unknown(name, at))
            return match[0]

        if bare := _BARE.search(text):
            name = bare[1]
            what = f"${name} is taken as it is written: only ${{NAME}} is replaced."
            self.faults.append(Fault(self._file, self._marked.line(at), what, f"Write ${{{name}}}.", "warning"))
        return _VARIABLE.sub(value, text)

    def _unknown(self, name: str, at: Path) -> Fault:
        near = get_close_matches(name, list(self._environment), 1, _NEAR)
        helps = f"Did you mean ${{{near[0]}}}?" if near else "Set it, or write the value."
        severity = self._unset
        if not _NAME.fullmatch(name):
            severity, helps = "fault", "Write ${NAME}: letters, digits and underscores."
        return Fault(self._file, self._marked.line(at), f"${{{name}}} is not in the environment.", helps, severity)
