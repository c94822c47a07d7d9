"""What holds of every source: the same claims for the fake and for each real tool."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.recovery_points import FaultKind, SourceFault
from tests.integration.sources.webdav import RcloneWorld
from tests.integration.sources.worlds import BarmanWorld, FakeWorld, LitestreamWorld, SnapshotWorld, World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(params=[FakeWorld, SnapshotWorld, RcloneWorld, LitestreamWorld, BarmanWorld])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    made = request.param(tmp_path)
    yield made
    if isinstance(made, RcloneWorld):
        made.stop()


async def test_a_new_copy_is_the_newest_point_and_changes_the_token(world: World) -> None:
    world.add_copy()
    before, token = await world.source.list_points(), await world.source.probe()
    assert await world.source.probe() == token
    world.add_copy()
    after = await world.source.list_points()
    assert after[-1].id != before[-1].id
    assert after[-1].complete
    assert await world.source.probe() != token


async def test_points_come_oldest_first_with_aware_times_and_where_they_lie(world: World) -> None:
    world.add_copy()
    world.add_copy()
    points = await world.source.list_points()
    assert [point.taken_at for point in points] == sorted(point.taken_at for point in points)
    assert all(point.restorable_through.utcoffset() == timedelta(0) for point in points)
    assert {(point.location, point.source) for point in points} == {("onsite", world.source.tool)}
    assert all(point.size_bytes and point.gap == "" for point in points)


async def test_a_store_that_is_gone_is_a_fault_and_never_an_empty_list(world: World) -> None:
    world.add_copy()
    world.vanish()
    with pytest.raises(SourceFault) as caught:
        await world.source.list_points()
    assert caught.value.kind in {FaultKind.MISSING_REPOSITORY, FaultKind.UNREACHABLE}
    assert caught.value.what
    assert caught.value.helps
    with pytest.raises(SourceFault):
        await world.source.probe()


async def test_a_tool_tells_its_version(world: World) -> None:
    assert (await world.source.version())[:1].isdigit()


@pytest.mark.parametrize("kind", [LitestreamWorld, BarmanWorld])
async def test_a_log_with_a_piece_gone_names_it_and_claims_more_than_it_brings_back(
    kind: type[LitestreamWorld | BarmanWorld], tmp_path: Path
) -> None:
    torn = kind(tmp_path)
    torn.add_copy()
    whole = (await torn.source.list_points())[-1]
    torn.tear()
    point = (await torn.source.list_points())[-1]
    assert whole.gap == ""
    assert point.gap
    assert point.log_through is not None
    assert point.restorable_through <= point.log_through
