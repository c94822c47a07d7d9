"""The inbox in the database that several processes share.

Deliveries that come at the same time are committed together: a commit waits for the disk, and a person for the commit.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from tortoise.expressions import F

from bot.store.inbox import LEASE, MARK_SECONDS, Delivery
from bot.store.slack_records import InboxRecord

if TYPE_CHECKING:
    from collections.abc import Mapping

TOGETHER = 100  # deliveries of one commit


@dataclass(slots=True)
class _Waiting:
    """A delivery that waits to be written: `new` is None until it is, then whether it was the first of its key."""

    key: str
    kind: str
    text: str
    at: datetime
    new: bool | None = None


@dataclass(frozen=True, slots=True)
class _Ended:
    """A delivery whose work is done, waiting to be marked so."""

    key: str
    at: datetime
    outcome: str


class TableInbox:
    """An inbox (see `bot.store.inbox.Inbox`) over the connection that is open."""

    any_thread = False

    def __init__(self) -> None:
        self._waiting: list[_Waiting] = []
        self._ended: list[_Ended] = []
        self._accepting = asyncio.Lock()
        self._ending = asyncio.Lock()

    def close(self) -> None:
        """Nothing: the connection is the store's."""

    async def accept(self, surface: str, key: str, kind: str, payload: Mapping[str, Any], at: datetime) -> bool:
        """Commit a delivery, leased to this process. False when this key was accepted before."""
        text = json.dumps(payload, separators=(",", ":"))  # escaped: halves of characters too can be stored
        mine = _Waiting(_id(surface, key), kind, text, at)
        self._waiting.append(mine)
        async with self._accepting:
            while mine.new is None and mine in self._waiting:
                batch, self._waiting = self._waiting[:TOGETHER], self._waiting[TOGETHER:]
                await _write(batch)
        if mine.new is None:
            raise ConnectionError(f"{key} was not committed: the write that it was part of failed")
        return mine.new

    async def done(self, surface: str, key: str, at: datetime, outcome: str = "") -> None:
        """The work of a delivery is done; its payload is let go, its key is kept."""
        mine = _Ended(_id(surface, key), at, outcome)
        self._ended.append(mine)
        await asyncio.sleep(MARK_SECONDS)
        async with self._ending:
            if mine in self._ended:
                batch, self._ended = self._ended, []
                await _mark(batch)

    async def take_undone(self, surface: str, at: datetime, *, alone: bool = False, most: int = 100) -> list[Delivery]:
        """Take what was acknowledged and not done."""
        undone = InboxRecord.filter(key__startswith=_id(surface, ""), done_at=None)
        if not alone:
            undone = undone.filter(lease_until__lt=at)
        taken = []
        for row in await undone.order_by("received_at").limit(most):
            claim = InboxRecord.filter(key=row.key, done_at=None, lease_until=row.lease_until, attempts=row.attempts)
            if await claim.update(lease_until=at + LEASE, attempts=F("attempts") + 1):
                key = row.key.removeprefix(_id(surface, ""))
                taken.append(Delivery(key, row.kind, json.loads(row.text), row.received_at, row.attempts + 1))
        return taken

    async def undone(self, surface: str) -> int:
        """How many deliveries were acknowledged and are not done."""
        return await InboxRecord.filter(key__startswith=_id(surface, ""), done_at=None).count()

    async def forget(self, before: datetime) -> int:
        """Drop the keys of deliveries done before then; returns how many."""
        return await InboxRecord.filter(done_at__lt=before).delete()


COLUMNS = ("key", "kind", "text", "received_at", "lease_until", "attempts", "outcome")


async def _write(batch: list[_Waiting]) -> None:
    """Commit the deliveries whose key is not there yet, all in one statement."""
    first = {waiting.key: waiting for waiting in reversed(batch)}
    rows = [(one.key, one.kind, one.text, one.at, one.at + LEASE, 1, "") for one in first.values()]
    client = InboxRecord._meta.db  # noqa: SLF001 - Tortoise's own way to the connection of a model
    sql = _insertion(len(rows), numbered=client.capabilities.dialect == "postgres")
    stored = await client.execute_query_dict(sql, [value for row in rows for value in row])
    keys = {str(row["key"]) for row in stored}
    for waiting in batch:
        waiting.new = waiting.key in keys and waiting is first[waiting.key]


@cache
def _insertion(count: int, *, numbered: bool) -> str:
    """The statement for so many rows. It returns the keys that were new."""
    marks = [f"${place}" if numbered else "?" for place in range(1, count * len(COLUMNS) + 1)]
    tuples = [", ".join(marks[start : start + len(COLUMNS)]) for start in range(0, len(marks), len(COLUMNS))]
    columns = ", ".join(f'"{name}"' for name in COLUMNS)
    values = ", ".join(f"({marks})" for marks in tuples)
    table = InboxRecord.Meta.table
    return f'INSERT INTO {table} ({columns}) VALUES {values} ON CONFLICT ("key") DO NOTHING RETURNING "key"'  # noqa: S608 - names and marks of our own


async def _mark(batch: list[_Ended]) -> None:
    """Mark all of them, in one commit for each outcome."""
    for outcome in {ended.outcome for ended in batch}:
        keys = [ended.key for ended in batch if ended.outcome == outcome]
        at = max(ended.at for ended in batch if ended.outcome == outcome)
        await InboxRecord.filter(key__in=keys).update(done_at=at, outcome=outcome, text="{}")


def _id(surface: str, key: str) -> str:
    return f"{surface}/{key}"
