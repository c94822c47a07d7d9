"""The inbox in a file of its own: on the disk before anybody is answered, in whichever thread."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from contextlib import closing
from datetime import UTC, datetime
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


async def test_a_delivery_that_cannot_be_kept_is_not_accepted(tmp_path: Path) -> None:
    inbox = FileInbox(tmp_path / "nowhere" / "bot-inbox.db")
    with pytest.raises(ConnectionError, match="was not committed"):
        await inbox.accept("slack", "command:1", "command", COMMAND, AT)


def test_only_its_owner_reads_the_file(inbox: FileInbox, path: Path) -> None:
    assert asyncio.run(inbox.accept("slack", "command:1", "command", COMMAND, AT))
    assert path.stat().st_mode & 0o777 == 0o600
