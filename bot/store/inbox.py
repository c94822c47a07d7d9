"""The inbox: every delivery from Slack once, under a unique key, and what was acknowledged but not done.

Two of them keep the same promises: `bot.store.inbox_file` where one process holds everything, and
`bot.store.inbox_table` where several share a database.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

LEASE = timedelta(minutes=2)
MARK_SECONDS = 0.05
"""Nobody waits for a delivery to be marked as done: a moment lets those of the same time share a commit."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One delivery. `attempts` counts from 1: more means that an earlier attempt ended with its process."""

    key: str
    kind: str
    payload: Mapping[str, Any]
    received_at: datetime
    attempts: int = 1


class Inbox(Protocol):
    """Keeps deliveries until their work is done, and their keys for as long as Slack might send them again.

    `any_thread`: `accept` may be awaited in any thread's loop, else only in that of the store.
    """

    any_thread: bool

    async def accept(self, surface: str, key: str, kind: str, payload: Mapping[str, Any], at: datetime) -> bool:
        """Commit a delivery, leased to this process. False when this key was accepted before."""
        ...

    async def done(self, surface: str, key: str, at: datetime, outcome: str = "") -> None:
        """The work of a delivery is done; its payload is let go, its key is kept."""
        ...

    async def take_undone(self, surface: str, at: datetime, *, alone: bool = False, most: int = 100) -> list[Delivery]:
        """Deliveries that were acknowledged and not done, oldest first, now leased to this process.

        Those leased to another process are passed over while the lease lasts, unless this one is `alone`.
        """
        ...

    async def undone(self, surface: str) -> int:
        """How many deliveries were acknowledged and are not done."""
        ...

    async def forget(self, before: datetime) -> int:
        """Drop the keys of deliveries done before then; returns how many."""
        ...
