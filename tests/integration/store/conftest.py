"""The store on SQLite and on PostgreSQL: one contract for both."""

from __future__ import annotations

import asyncio
import shutil
from typing import TYPE_CHECKING

import asyncpg  # type: ignore[import-untyped] # it has no types
import pytest
from tortoise.backends.base.executor import EXECUTOR_CACHE

from bot.store.database import Store, migrate, open_store
from tests.fakes.fixed_clock import FixedClock
from tests.fakes.histories import at

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def up_to_date(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with an empty, up-to-date schema: to copy, for migrating anew takes far longer."""
    path = tmp_path_factory.mktemp("sqlite") / "store.sqlite"
    asyncio.run(migrate(f"sqlite://{path}"))
    return path


EMPTY = """
do $$ declare name text; begin
  for name in select tablename from pg_tables where schemaname = 'public' and tablename not like 'tortoise%' loop
    execute format('truncate %I restart identity cascade', name);
  end loop;
end $$
"""


async def _empty(address: str) -> None:
    connection = await asyncpg.connect(address)
    try:
        await connection.execute(EMPTY)
    finally:
        await connection.close()


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty, up-to-date database."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("up_to_date"), tmp_path / "store.sqlite")
        address = f"sqlite://{tmp_path}/store.sqlite"
    else:
        address = request.getfixturevalue("postgres")
        asyncio.run(_empty(address))
    # Tortoise keeps the SQL of a table for a process, whatever the database: elsewhere a process has but one.
    EXECUTOR_CACHE.clear()
    yield address
    EXECUTOR_CACHE.clear()


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(at(0))


@pytest.fixture
def nudged() -> list[str]:
    return []


@pytest.fixture
async def store(url: str, clock: FixedClock, nudged: list[str]) -> AsyncIterator[Store]:
    async with open_store(url, clock, nudge=nudged.append) as opened:
        yield opened
