"""The inbox in a file of its own: what it accepted is on the disk, counts once, and is found again."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.store.inbox_file import FileInbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

AT = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
COMMAND = {"command": "/recovery", "text": "ünïcode & <!channel>"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bot-inbox.db"


@pytest.fixture
def inbox(path: Path) -> Iterator[FileInbox]:
    opened = FileInbox(path)
    yield opened
    opened.close()


async def test_what_was_accepted_is_there_after_the_process_died(inbox: FileInbox, path: Path) -> None:
    assert await inbox.accept("slack", "command:1", "command", COMMAND, AT)
    with closing(sqlite3.connect(path)) as other:  # nothing was closed, as after kill -9
        assert other.execute("SELECT key FROM deliveries").fetchall() == [("slack/command:1",)]


async def test_deliveries_of_the_same_moment_each_count_once(inbox: FileInbox) -> None:
    keys = [f"command:{number % 40}" for number in range(80)]
    new = await asyncio.gather(*(inbox.accept("slack", key, "command", COMMAND, AT) for key in keys))
    assert new == [True] * 40 + [False] * 40
    assert await inbox.undone("slack") == 40


async def test_deliveries_in_several_threads_each_count_once(inbox: FileInbox) -> None:
    new: list[bool] = []

    async def some() -> None:
        new.extend([await inbox.accept("slack", f"command:{number}", "command", COMMAND, AT) for number in range(20)])

    threads = [threading.Thread(target=lambda: asyncio.run(some())) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        await asyncio.to_thread(thread.join)
    assert (new.count(True), new.count(False)) == (20, 40)


async def test_undone_work_comes_back_whole_and_oldest_first(inbox: FileInbox) -> None:
    await inbox.accept("slack", "command:late", "command", COMMAND, AT + timedelta(seconds=1))
    await inbox.accept("slack", "command:early", "command", COMMAND, AT)
    taken = await inbox.take_undone("slack", AT, alone=True)
    assert [one.key for one in taken] == ["command:early", "command:late"]
    assert (taken[0].payload, taken[0].received_at, taken[0].attempts) == (COMMAND, AT, 2)


async def test_work_that_is_leased_is_left_alone_until_the_lease_ends(inbox: FileInbox) -> None:
    await inbox.accept("slack", "command:1", "command", COMMAND, AT)
    assert await inbox.take_undone("slack", AT + timedelta(seconds=100)) == []
    assert len(await inbox.take_undone("slack", AT + timedelta(seconds=121))) == 1


async def test_what_is_done_keeps_its_key_until_it_is_forgotten(inbox: FileInbox) -> None:
    await inbox.accept("slack", "command:1", "command", COMMAND, AT)
    await inbox.done("slack", "command:1", AT, "done")
    assert await inbox.take_undone("slack", AT, alone=True) == []
    assert not await inbox.accept("slack", "command:1", "command", COMMAND, AT)
    assert await inbox.forget(AT + timedelta(days=1)) == 1
    assert await inbox.accept("slack", "command:1", "command", COMMAND, AT)


async def test_a_delivery_that_cannot_be_kept_is_not_accepted(tmp_path: Path) -> None:
    inbox = FileInbox(tmp_path / "nowhere" / "bot-inbox.db")
    with pytest.raises(ConnectionError, match="was not committed"):
        await inbox.accept("slack", "command:1", "command", COMMAND, AT)


def test_only_its_owner_reads_the_file(inbox: FileInbox, path: Path) -> None:
    assert asyncio.run(inbox.accept("slack", "command:1", "command", COMMAND, AT))
    assert path.stat().st_mode & 0o777 == 0o600
