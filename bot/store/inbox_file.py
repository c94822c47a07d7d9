"""The inbox of the one process that holds everything: an SQLite file of its own, beside the database.

A person waits for its commits. In the database they would wait for each other's transactions too: SQLite has one writer
at a time, and a recovery's transaction ends only when the loop comes round to it. So `accept` commits on the spot, in
the thread that heard the delivery, and whatever came meanwhile shares the next commit.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from bot.store.inbox import LEASE, MARK_SECONDS, Delivery

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

T = TypeVar("T")

SCHEMA = """
CREATE TABLE IF NOT EXISTS deliveries (
    key TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    received_at TEXT NOT NULL,
    lease_until TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 1,
    done_at TEXT,
    outcome TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS deliveries_undone ON deliveries (received_at) WHERE done_at IS NULL;
CREATE INDEX IF NOT EXISTS deliveries_done ON deliveries (done_at) WHERE done_at IS NOT NULL;
"""
# Gives the write-ahead log the length that it will have from the start. A commit into a file that grows waits for the
# file system's own journal, and so for all that a restore is writing beside it.
GROW = """
PRAGMA wal_autocheckpoint = 500;
BEGIN;
CREATE TABLE room (bytes);
INSERT INTO room VALUES (zeroblob(2000000));
DROP TABLE room;
COMMIT;
PRAGMA wal_checkpoint(RESTART);
"""
ACCEPT = (
    "INSERT INTO deliveries (key, kind, text, received_at, lease_until) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
)
DONE = "UPDATE deliveries SET done_at = ?, outcome = ?, text = '{}' WHERE key = ?"
UNDONE = """
SELECT key, kind, text, received_at, attempts FROM deliveries
WHERE done_at IS NULL AND substr(key, 1, ?) = ? AND (? OR lease_until < ?) ORDER BY received_at LIMIT ?
"""
TAKE = "UPDATE deliveries SET lease_until = ?, attempts = attempts + 1 WHERE key = ?"
COUNT = "SELECT count(*) FROM deliveries WHERE done_at IS NULL AND substr(key, 1, ?) = ?"
FORGET = "DELETE FROM deliveries WHERE done_at < ?"


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A delivery that waits to be committed, and who waits for it."""

    row: tuple[str, ...]
    is_new: asyncio.Future[bool]


class FileInbox:
    """An inbox (see `bot.store.inbox.Inbox`) in the file at `path`, which is made when it is first needed."""

    any_thread = True

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: sqlite3.Connection | None = None
        self._lock = threading.Lock()
        self._waiting: dict[asyncio.AbstractEventLoop, list[_Waiting]] = {}
        self._ended: list[tuple[str, str, str]] = []
        self._ending = asyncio.Lock()

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            if self._file:
                self._file.close()
            self._file = None

    async def accept(self, surface: str, key: str, kind: str, payload: Mapping[str, Any], at: datetime) -> bool:
        """Commit a delivery."""
        loop = asyncio.get_running_loop()
        text = json.dumps(payload, separators=(",", ":"))  # escaped: halves of characters too can be stored
        mine = _Waiting((_id(surface, key), kind, text, _stamp(at), _stamp(at + LEASE)), loop.create_future())
        waiting = self._waiting.setdefault(loop, [])
        waiting.append(mine)
        if len(waiting) == 1:
            _ = loop.call_soon(self._commit_waiting, loop)  # after all that has arrived by now
        return await mine.is_new

    def _commit_waiting(self, loop: asyncio.AbstractEventLoop) -> None:
        batch = self._waiting.pop(loop)
        try:
            new = self._write(lambda file: _accept(file, batch), alone=len(batch) == 1)
        except sqlite3.Error as fault:
            for one in batch:
                if not one.is_new.done():
                    one.is_new.set_exception(ConnectionError(f"a delivery was not committed: {fault}"))
        else:
            for one, is_new in zip(batch, new, strict=True):
                if not one.is_new.done():
                    one.is_new.set_result(is_new)

    async def done(self, surface: str, key: str, at: datetime, outcome: str = "") -> None:
        """Mark the work of a delivery as done."""
        mine = (_stamp(at), outcome, _id(surface, key))
        self._ended.append(mine)
        await asyncio.sleep(MARK_SECONDS)
        async with self._ending:
            if mine in self._ended:
                batch, self._ended = self._ended, []
                await asyncio.to_thread(self._write, lambda file: _mark(file, batch), alone=True)

    async def take_undone(self, surface: str, at: datetime, *, alone: bool = False, most: int = 100) -> list[Delivery]:
        """Take what was acknowledged and not done."""
        prefix = _id(surface, "")

        def take(file: sqlite3.Connection) -> list[Delivery]:
            rows = file.execute(UNDONE, (len(prefix), prefix, alone, _stamp(at), most)).fetchall()
            file.executemany(TAKE, [(_stamp(at + LEASE), row[0]) for row in rows])
            return [_delivery(prefix, row) for row in rows]

        return await asyncio.to_thread(self._write, take)

    async def undone(self, surface: str) -> int:
        """Count what was acknowledged and is not done."""
        prefix = _id(surface, "")
        query = (len(prefix), prefix)
        return await asyncio.to_thread(self._write, lambda file: int(file.execute(COUNT, query).fetchone()[0]))

    async def forget(self, before: datetime) -> int:
        """Drop old keys."""
        return await asyncio.to_thread(self._write, lambda file: file.execute(FORGET, (_stamp(before),)).rowcount)

    def _write(self, work: Callable[[sqlite3.Connection], T], *, alone: bool = False) -> T:
        """The result of work, committed: it is on the disk when this returns. Any thread may call.

        `alone`: work is one statement, a transaction by itself (a thread that comes back to Python three times less
        waits less), or has a transaction of its own.
        """
        with self._lock:
            file = self._file = self._file or _open(self._path)
            if alone:
                return work(file)
            file.execute("BEGIN IMMEDIATE")
            try:
                result = work(file)
            except BaseException:
                file.rollback()
                raise
            file.commit()
            return result


def _accept(file: sqlite3.Connection, batch: Sequence[_Waiting]) -> list[bool]:
    return [file.execute(ACCEPT, one.row).rowcount == 1 for one in batch]


def _mark(file: sqlite3.Connection, batch: Sequence[tuple[str, str, str]]) -> None:
    """Mark all without waiting for the disk, which is left to what people wait for.

    A mark that a power cut takes back means work that is taken up again, as after any crash before the mark.
    """
    file.execute("PRAGMA synchronous = NORMAL")
    try:
        file.execute("BEGIN IMMEDIATE")
        file.executemany(DONE, batch)
        file.execute("COMMIT")
    finally:
        if file.in_transaction:
            file.rollback()
        file.execute("PRAGMA synchronous = FULL")


def _open(path: Path) -> sqlite3.Connection:
    file = sqlite3.connect(path, timeout=5.0, check_same_thread=False, isolation_level=None)
    path.chmod(0o600)
    file.execute("PRAGMA journal_mode = wal")
    file.execute("PRAGMA synchronous = FULL")
    file.executescript(SCHEMA)
    file.executescript(GROW)
    return file


def _delivery(prefix: str, row: Sequence[Any]) -> Delivery:
    key, kind, text, received_at, attempts = row
    at = datetime.fromisoformat(received_at)
    return Delivery(key.removeprefix(prefix), kind, json.loads(text), at, attempts + 1)


def _stamp(at: datetime) -> str:
    """A time as text that sorts as time does."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _id(surface: str, key: str) -> str:
    return f"{surface}/{key}"
