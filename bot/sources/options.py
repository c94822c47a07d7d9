"""A backup entry's options, with `${NAME}` filled in from the environment the source is given."""

from __future__ import annotations

from string import Template
from typing import TYPE_CHECKING

from bot.domain.recovery_points import FaultKind, SourceFault

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.domain.runbook import Backup

ALWAYS = frozenset({"env"})  # names of further variables that the tool may see, separated by commas


class Options:
    """The options of one backup entry. Every method raises SourceFault with what to write instead."""

    def __init__(self, backup: Backup, environment: Mapping[str, str]) -> None:
        self._backup = backup
        self._environment = environment

    def get(self, name: str, default: str = "") -> str:
        """The option with its variables filled in."""
        text = self._backup.option(name)
        try:
            return Template(text).substitute(self._environment) if text else default
        except KeyError as unset:
            what = f"The option “{name}” of a {self._backup.tool} backup names {unset.args[0]}, which is not set."
            raise SourceFault(FaultKind.UNKNOWN, what, "Set it in the environment of the bot.") from None
        except ValueError:
            what = f"The option “{name}” of a {self._backup.tool} backup has a $ that starts no name."
            raise SourceFault(FaultKind.UNKNOWN, what, "Write ${NAME} for a variable and $$ for a dollar.") from None

    def need(self, name: str, example: str) -> str:
        """The option, which must be there and may not look like a flag of the tool."""
        value = self.get(name)
        tool = self._backup.tool
        if not value:
            helps = f"Add it to the runbook's entry, such as: {{tool: {tool}, {name}: {example}}}."
            raise SourceFault(FaultKind.UNKNOWN, f"A {tool} backup lacks the option “{name}”.", helps)
        if value.startswith("-"):
            raise SourceFault(FaultKind.UNKNOWN, f"The option “{name}” of a {tool} backup begins with a dash.")
        return value

    def variables(self) -> set[str]:
        """The names of the variables that the options mention: the tool may see these."""
        texts = [text for _, text in self._backup.options]
        mentioned = {found for text in texts for found in Template(text).get_identifiers()}
        return mentioned | {name.strip() for name in self.get("env").split(",") if name.strip()}
