"""Opening the store: the schema, the copy before a change, reading beside a writer, and the lock of the holder."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from tortoise.exceptions import OperationalError

from bot.domain.errors import NotHolder
from bot.domain.events import EventKind, make_event
from bot.store.database import migrate, open_store, sqlite_path, with_parameter
from bot.store.holder import hold
from tests.fakes.fixed_clock import FixedClock
from tests.fakes.histories import at

if TYPE_CHECKING:
    from pathlib import Path

CLOCK = FixedClock(at(0))
NOTE = make_event("R-1", EventKind.NOTED, at(0), data={"text": "hm"})


async def test_a_database_that_is_up_to_date_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "state" / "store.sqlite"
    for _ in range(2):
        await migrate(f"sqlite://{path}")
    assert sorted(file.name for file in path.parent.iterdir() if "before" in file.name) == []


async def test_a_database_that_will_change_is_copied_with_what_its_log_holds(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    writer = sqlite3.connect(path)
    writer.execute("pragma journal_mode = wal")
    writer.execute("create table kept (text)")
    writer.execute("insert into kept values ('in the log')")
    writer.commit()
    await migrate(f"sqlite://{path}")
    writer.close()
    with closing(sqlite3.connect(path.with_name("store.sqlite.before-migration"))) as copy:
        assert copy.execute("select text from kept").fetchall() == [("in the log",)]


async def test_a_reader_reads_beside_the_writer_and_writes_nothing(tmp_path: Path) -> None:
    url = f"sqlite://{tmp_path}/store.sqlite"
    await migrate(url)
    async with open_store(url, CLOCK) as store:
        await store.ledger.append([NOTE])
    async with open_store(url, CLOCK, read_only=True) as store:
        assert await store.ledger.count() == 1
        with pytest.raises(OperationalError, match="readonly"):
            await store.ledger.append([make_event("R-2", EventKind.NOTED, at(0))])


async def test_crash_points_stand_before_and_after_each_commit(tmp_path: Path) -> None:
    url = f"sqlite://{tmp_path}/store.sqlite"
    await migrate(url)
    reached: list[str] = []
    async with open_store(url, CLOCK, reach=reached.append) as store:
        await store.ledger.append([NOTE])
    assert reached == ["before commit", "after commit"]


def test_the_file_of_an_address_is_told_apart_from_its_parameters() -> None:
    assert str(sqlite_path("sqlite:///tmp/x.sqlite?a=b")) == "/tmp/x.sqlite"
    assert with_parameter("sqlite:///x?a=b", "c=d") == "sqlite:///x?a=b&c=d"
    assert with_parameter("sqlite:///x", "c=d") == "sqlite:///x?c=d"


def test_one_process_holds_the_state_and_the_next_hears_which(tmp_path: Path) -> None:
    state = tmp_path / "state"
    another = rf"Another bot holds the state in .*process {os.getpid()}"
    with hold(state), pytest.raises(NotHolder, match=another), hold(state):
        pass
    with hold(state):
        assert state.stat().st_mode & 0o777 == 0o700
