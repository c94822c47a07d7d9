"""Each system, really running: what is written into it is durable, served, and can be brought back."""

from __future__ import annotations

import asyncio
import shutil
from typing import TYPE_CHECKING

import pytest

from bot.demo import sessions
from bot.demo.backups.snapshot import take_snapshot
from bot.demo.clock import utc_now
from bot.demo.errors import Refused, SystemSilent
from bot.demo.samples import read_truth
from bot.demo.systems.port import http

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.integration.demo.conftest import Part

Begun = "Callable[[str], Awaitable[Part]]"


@pytest.mark.parametrize("name", ["dns", "storage", "cache", "api", "web", "reporting"])
async def test_a_canary_is_answered_by_the_system_and_recorded_as_truth(
    begun: Callable[[str], Awaitable[Part]], name: str
) -> None:
    part = await begun(name)
    await part.write()
    written = await part.write()
    assert await part.ask(part.data) == written
    assert read_truth(part.layout.truth(name))[-1] == written


async def test_a_killed_system_takes_no_canary_and_the_truth_claims_none(
    begun: Callable[[str], Awaitable[Part]],
) -> None:
    part = await begun("dns")
    instance = part.book.live("dns")
    assert instance is not None
    await part.serving.stop(part.data, kill=True)
    with pytest.raises(SystemSilent):
        await part.writers.write(instance)
    assert read_truth(part.layout.truth("dns")) == []


async def test_a_scratch_copy_holds_what_was_copied_and_leaves_the_living_one_alone(
    begun: Callable[[str], Awaitable[Part]],
) -> None:
    part = await begun("dns")
    before = await part.write()
    snapshot = take_snapshot(part.data, part.layout.snapshots("dns"), "dns", utc_now())
    after = await part.write()
    shutil.copytree(snapshot, part.scratch)
    await part.serving.start("dns", part.scratch)
    assert (await part.ask(part.scratch), await part.ask(part.data)) == (before, after)
    await part.serving.discard("dns", part.scratch)
    assert not part.scratch.exists()
    assert await part.ask(part.data) == after


async def test_a_cache_comes_back_from_its_saved_file_as_it_was_when_it_was_saved(
    begun: Callable[[str], Awaitable[Part]],
) -> None:
    part = await begun("cache")
    saved = await part.write()
    await asyncio.to_thread(sessions.save, part.ground.ports["cache"])
    await asyncio.to_thread(shutil.copytree, part.data, part.scratch)
    await part.write()
    await part.serving.start("cache", part.scratch)
    assert await part.ask(part.scratch) == saved


async def test_a_cache_does_not_start_on_a_damaged_file(begun: Callable[[str], Awaitable[Part]]) -> None:
    part = await begun("cache")
    part.scratch.mkdir(parents=True)
    whole = (part.data / "dump.rdb").read_bytes()
    (part.scratch / "dump.rdb").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(Refused, match="cache ended right after its start"):
        await part.serving.start("cache", part.scratch)


async def test_a_proxy_with_nothing_behind_it_shows_its_own_page(begun: Callable[[str], Awaitable[Part]]) -> None:
    part = await begun("web")
    with pytest.raises(SystemSilent, match=r"502: Bad Gateway .*We are bringing them back"):
        await http("GET", part.ground.ports["web"], "/api/orders")


async def test_data_that_something_runs_on_are_not_moved(begun: Callable[[str], Awaitable[Part]]) -> None:
    part = await begun("dns")
    with pytest.raises(Refused, match="still runs"):
        await part.serving.set_aside("dns", part.data)


async def test_damaged_data_are_moved_aside_and_kept(begun: Callable[[str], Awaitable[Part]]) -> None:
    part = await begun("dns")
    files = sorted(path.name for path in part.data.iterdir())
    await part.serving.stop(part.data)
    aside = await part.serving.set_aside("dns", part.data)
    assert aside is not None
    assert sorted(path.name for path in aside.iterdir()) == files
    assert not part.data.exists()


async def test_live_data_are_never_discarded(begun: Callable[[str], Awaitable[Part]]) -> None:
    part = await begun("dns")
    with pytest.raises(Refused, match="live data"):
        await part.serving.discard("dns", part.data)


async def test_a_folder_that_is_none_of_the_systems_is_refused(begun: Callable[[str], Awaitable[Part]]) -> None:
    part = await begun("dns")
    with pytest.raises(Refused, match="neither"):
        part.serving.target("dns", str(part.layout.data("api")))


async def test_a_system_that_ends_at_its_start_says_why(begun: Callable[[str], Awaitable[Part]]) -> None:
    part = await begun("dns")
    part.scratch.mkdir(parents=True)
    (part.scratch / "notes.txt").write_text("no zone", encoding="utf-8")
    with pytest.raises(Refused, match="holds no zone"):
        await part.serving.start("dns", part.scratch)
