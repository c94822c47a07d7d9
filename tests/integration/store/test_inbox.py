"""The inbox, whichever database keeps it: what it accepted counts once, and is found again."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.store.inbox_table import TableInbox
from tests.fakes.histories import at

if TYPE_CHECKING:
    from bot.store.database import Store

COMMAND = {"command": "/recovery", "text": "ünïcode & <!channel>"}
AT = at(0)


async def test_deliveries_of_the_same_moment_each_count_once(store: Store) -> None:
    keys = [f"command:{number % 40}" for number in range(80)]
    new = await asyncio.gather(*(store.inbox.accept("slack", key, "command", COMMAND, AT) for key in keys))
    assert new == [True] * 40 + [False] * 40
    assert await store.inbox.undone("slack") == 40


async def test_of_two_processes_one_gets_the_delivery(store: Store) -> None:
    if store.inbox.any_thread:
        pytest.skip("on SQLite there is one process")
    keys, inboxes = [f"command:{number}" for number in range(20)], (store.inbox, TableInbox())
    both = [inbox.accept("slack", key, "command", COMMAND, AT) for key in keys for inbox in inboxes]
    assert sorted(await asyncio.gather(*both)) == [False] * 20 + [True] * 20


async def test_undone_work_comes_back_whole_and_oldest_first(store: Store) -> None:
    await store.inbox.accept("slack", "command:late", "command", COMMAND, AT + timedelta(seconds=1))
    await store.inbox.accept("slack", "command:early", "command", COMMAND, AT)
    taken = await store.inbox.take_undone("slack", AT, alone=True)
    assert [one.key for one in taken] == ["command:early", "command:late"]
    assert (taken[0].payload, taken[0].received_at, taken[0].attempts) == (COMMAND, AT, 2)


async def test_work_that_is_leased_is_left_alone_until_the_lease_ends(store: Store) -> None:
    await store.inbox.accept("slack", "command:1", "command", COMMAND, AT)
    assert await store.inbox.take_undone("slack", AT + timedelta(seconds=100)) == []
    assert len(await store.inbox.take_undone("slack", AT + timedelta(seconds=121))) == 1


async def test_each_workspace_has_its_own_deliveries(store: Store) -> None:
    assert await store.inbox.accept("slack", "command:1", "command", COMMAND, AT)
    assert await store.inbox.accept("console", "command:1", "command", COMMAND, AT)
    assert len(await store.inbox.take_undone("slack", AT, alone=True)) == 1
    assert await store.inbox.undone("console") == 1


async def test_what_is_done_keeps_its_key_until_it_is_forgotten(store: Store) -> None:
    await store.inbox.accept("slack", "command:1", "command", COMMAND, AT)
    await store.inbox.done("slack", "command:1", AT, "done")
    assert await store.inbox.take_undone("slack", AT, alone=True) == []
    assert not await store.inbox.accept("slack", "command:1", "command", COMMAND, AT)
    assert await store.inbox.forget(AT + timedelta(days=1)) == 1
    assert await store.inbox.accept("slack", "command:1", "command", COMMAND, AT)
