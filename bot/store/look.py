"""A look at the database without changing it: whether it answers, whether its schema is up to date, what time it has.

Not by Tortoise, which makes an SQLite file that is missing and waits for ever on one that is none.
"""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import asyncpg  # type: ignore[import-untyped] # it has no types

from bot.store.database import SQLITE, sqlite_path

if TYPE_CHECKING:
    from collections.abc import Iterable

APPLIED: Final = "select name from tortoise_migrations"
MIGRATIONS: Final = Path(__file__).parent / "migrations"
BUSY_SECONDS: Final = 2.0


@dataclass(frozen=True, slots=True)
class DatabaseLook:
    """`fault`: why it does not answer. `pending`: migrations that it lacks. `now`: its clock, where it has its own.

    `new`: there is none yet, and the first start makes it.
    """

    fault: str = ""
    pending: tuple[str, ...] = ()
    now: datetime | None = None
    new: bool = False


async def look_at_database(url: str, *, ours: bool = True) -> DatabaseLook:
    """How a database stands, and its schema when it is the ledger's (`ours`). Give it a deadline."""
    if url.startswith(SQLITE):
        return await asyncio.to_thread(_look_at_file, sqlite_path(url), ours=ours)
    try:
        return await _ask_server(url, ours=ours)
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, ValueError) as error:
        return DatabaseLook(fault=f"{type(error).__name__}: {error}")


def _look_at_file(path: Path, *, ours: bool) -> DatabaseLook:
    if not path.exists():
        return DatabaseLook(new=True)
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=BUSY_SECONDS)) as opened:
            names = {row[0] for row in opened.execute("select name from sqlite_master")}
            applied = opened.execute(APPLIED).fetchall() if "tortoise_migrations" in names else []
    except sqlite3.Error as error:
        return DatabaseLook(fault=f"{path}: {error}")
    return DatabaseLook(pending=_pending(row[0] for row in applied) if ours else ())


async def _ask_server(url: str, *, ours: bool) -> DatabaseLook:
    connection = await asyncpg.connect(url.partition("?")[0])
    try:
        now: datetime = await connection.fetchval("select clock_timestamp()")
        known = await connection.fetchval("select to_regclass('tortoise_migrations')")
        applied = await connection.fetch(APPLIED) if known else []
    finally:
        await connection.close()
    return DatabaseLook(pending=_pending(row["name"] for row in applied) if ours else (), now=now)


def _pending(applied: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({path.stem for path in MIGRATIONS.glob("[0-9]*.py")} - set(applied)))
