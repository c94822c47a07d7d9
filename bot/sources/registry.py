"""Which backup tools there are, and how to make the source of a runbook's backup entry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from bot.domain.errors import nearest
from bot.domain.recovery_points import FaultKind, RecoveryPoint, SourceFault
from bot.sources.barman import BarmanSource
from bot.sources.files import FilesSource
from bot.sources.litestream import LitestreamSource
from bot.sources.rclone import RcloneSource

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.domain.runbook import Backup


class Source(Protocol):
    """Where recovery points are listed from. Every method raises SourceFault, and only that."""

    @property
    def tool(self) -> str:
        """The tool's name, as runbooks write it."""
        ...

    async def version(self) -> str:
        """The tool's version; empty when it does not say."""
        ...

    async def probe(self) -> str:
        """A cheap token. Unchanged means that there is nothing new, never that all is well."""
        ...

    async def list_points(self) -> tuple[RecoveryPoint, ...]:
        """Every recovery point, oldest first, incomplete ones too."""
        ...


_SOURCES = {source.tool: source for source in (BarmanSource, FilesSource, LitestreamSource, RcloneSource)}
TOOLS = tuple(sorted(_SOURCES))


def make_source(backup: Backup, environment: Mapping[str, str]) -> Source:
    """The source of one backup entry.

    `environment` is what the bot was started with; a tool sees of it only what it needs, what its options mention as
    `${NAME}`, and what the option `env` lists. Raises SourceFault for an unknown tool, a missing option, or a variable
    that is not set: to whoever asks for freshness that is one more reason for unknown.
    """
    chosen = _SOURCES.get(backup.tool)
    if chosen is None:
        near = nearest(backup.tool, TOOLS)
        helps = f"Did you mean {near[0]}? " if near else ""
        what = f"“{backup.tool}” is no backup tool that Bringback can read."
        raise SourceFault(FaultKind.UNKNOWN, what, f"{helps}Known: {', '.join(TOOLS)}.")
    return chosen(backup, environment)


class Sources:
    """Makes the source of each backup entry once, so that what a source has learned is not asked again."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._made: dict[Backup, Source] = {}

    def __call__(self, backup: Backup) -> Source:
        """The source of that entry. Raises SourceFault as `make_source` does, every time."""
        if backup not in self._made:
            self._made[backup] = make_source(backup, self._environment)
        return self._made[backup]
