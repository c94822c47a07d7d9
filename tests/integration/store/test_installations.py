"""Workspaces in which the app is installed, and installations that were begun."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.store.installations import Installation
from tests.fakes.histories import at

if TYPE_CHECKING:
    from bot.store.database import Store

ACME = Installation("T1", "sealed", "B1", "U9", at(0), "Acme", "https://acme.slack.com/", ("chat:write", "commands"))
SOON = at(0) + timedelta(minutes=10)


async def test_an_installation_is_found_by_its_workspace(store: Store) -> None:
    await store.installations.keep(ACME)
    assert await store.installations.of("T1") == ACME
    assert await store.installations.of("T2") is None


async def test_installing_again_replaces_what_was_there(store: Store) -> None:
    await store.installations.keep(ACME)
    await store.installations.keep(Installation("T1", "newer", "B1", "U9", at(1)))
    assert [one.token for one in await store.installations.all()] == ["newer"]


async def test_what_is_removed_is_gone_with_its_token(store: Store) -> None:
    await store.installations.keep(ACME)
    assert await store.installations.remove("T1")
    assert not await store.installations.remove("T1")
    assert await store.installations.all() == []


def test_an_installation_does_not_show_its_token() -> None:
    assert "sealed" not in repr(ACME)


async def test_of_many_who_take_a_state_one_gets_it(store: Store) -> None:
    await store.oauth_states.keep("digest", at(0), SOON)
    taken = await asyncio.gather(*(store.oauth_states.take("digest", at(1)) for _ in range(8)))
    assert sorted(taken) == [False] * 7 + [True]


async def test_a_state_that_has_expired_or_was_never_made_is_not_taken(store: Store) -> None:
    await store.oauth_states.keep("digest", at(0), SOON)
    assert not await store.oauth_states.take("digest", SOON)
    assert not await store.oauth_states.take("other", at(1))
