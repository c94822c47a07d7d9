"""The desk: what operations work with. Built once, by `bot.app`; everything on it is a port or a value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from bot.domain.clock import Clock
from bot.domain.policy import Policy
from bot.domain.runbook import Backup
from bot.runbook.library import Library
from bot.store.database import Store

if TYPE_CHECKING:
    from bot.domain.estate import Estate
    from bot.domain.recovery_points import RecoveryPoint
    from bot.store.answers import PendingAnswer


class RecoveryEngine(Protocol):
    """Carries recoveries on. Each call may be repeated: the engine follows the store."""

    async def start(self, recovery: str) -> None:
        """Start the workflow of a recovery that the store says is running."""
        ...

    async def deliver(self, answer: PendingAnswer) -> None:
        """Tell a waiting workflow of an answer that the store has."""
        ...

    async def control(self, recovery: str, control: str) -> None:
        """Wake what waits: "abort" or "resume"."""
        ...


class LaterEngine:
    """The engine where none runs: the store has it all, and the next bot that holds it carries it on."""

    async def start(self, recovery: str) -> None:
        """Nothing yet."""

    async def deliver(self, answer: PendingAnswer) -> None:
        """Nothing yet."""

    async def control(self, recovery: str, control: str) -> None:
        """Nothing yet."""


class Source(Protocol):
    """Where recovery points are listed from."""

    async def probe(self) -> str:
        """A cheap token that changes when there may be something new. Raises SourceFault."""
        ...

    async def version(self) -> str:
        """The tool's version. Raises SourceFault."""
        ...

    async def list_points(self) -> tuple[RecoveryPoint, ...]:
        """Every recovery point there is. Raises SourceFault."""
        ...


@dataclass(frozen=True, slots=True)
class Desk:
    """Runbooks and policy as they are now, the store, the engine, the sources, the clock, and how people call us.

    `site` is where this bot's own commands run; `alone`: no other process carries recoveries on, at any other site.
    `workspace_link` makes an address that signs a person, by id, in to the local workspace beside Slack; None where
    there is none.
    """

    read_library: Callable[[], Library]
    store: Store
    engine: RecoveryEngine
    make_source: Callable[[Backup], Source]
    clock: Clock
    command: str = "/recovery"
    review_url: Callable[[str], str | None] = lambda _recovery: None
    site: str = "local"
    attachments: Path | None = None
    alone: bool = False
    workspace_link: Callable[[str], str | None] = lambda _person: None

    @property
    def estate(self) -> Estate:
        """The sound systems, plans and runbooks, and the faults of the others. Raises RunbookError without a folder."""
        return self.read_library().estate()

    @property
    def policy(self) -> Policy:
        """Who may do what; nobody may do anything where there is no policy.

        One with faults says nothing but them: reading goes on by the defaults, `access.require` refuses to act.
        """
        library = self.read_library()
        return library.policy or Policy(faults=library.policy_faults)
