"""Snapshot folders read from disk and through a real WebDAV server: what is wrong with them shows the same."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from bot.domain.recovery_points import FaultKind, SourceFault
from bot.sources.registry import make_source
from tests.integration.sources.webdav import RcloneWorld, obscured
from tests.integration.sources.worlds import ENVIRONMENT, SnapshotWorld, backup

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(params=[SnapshotWorld, RcloneWorld])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SnapshotWorld]:
    made = request.param(tmp_path)
    yield made
    if isinstance(made, RcloneWorld):
        made.stop()


@pytest.fixture
def webdav(tmp_path: Path) -> Iterator[RcloneWorld]:
    made = RcloneWorld(tmp_path)
    yield made
    made.stop()


async def test_sizes_and_files_come_from_the_manifest(store: SnapshotWorld) -> None:
    store.add_copy(b"1234567", b"12")
    (point,) = await store.source.list_points()
    assert (point.size_bytes, point.files, point.complete) == (9, 2, True)


async def test_a_snapshot_of_nothing_holds_nothing(store: SnapshotWorld) -> None:
    store.add_empty()
    (point,) = await store.source.list_points()
    assert (point.size_bytes, point.files, point.complete) == (0, 0, True)


async def test_a_snapshot_in_the_making_is_incomplete_until_its_manifest_is_there(store: SnapshotWorld) -> None:
    store.add_copy()
    made = store.add_copy(finished=False)
    before, token = await store.source.list_points(), await store.source.probe()
    assert [point.complete for point in before] == [True, False]
    shutil.copy(next(store.root.glob("*/manifest.json")), made)
    assert await store.source.probe() != token
    assert not (await store.source.list_points())[1].complete  # another snapshot's manifest


async def test_a_broken_manifest_is_incomplete(store: SnapshotWorld) -> None:
    (store.add_copy(finished=False) / "manifest.json").write_text('{"system":')
    (point,) = await store.source.list_points()
    assert "its manifest cannot be read" in point.flaw


async def test_the_newest_snapshot_with_a_file_gone_is_not_whole(store: SnapshotWorld) -> None:
    store.add_copy()
    (store.add_copy() / "media" / "0").unlink()
    points = await store.source.list_points()
    assert [point.complete for point in points] == [True, False]
    assert points[1].flaw == "1 of 2 files is not as its manifest says: media/0"


async def test_a_snapshot_that_retention_took_is_gone(store: SnapshotWorld) -> None:
    old = store.add_copy()
    store.add_copy()
    assert len(await store.source.list_points()) == 2
    shutil.rmtree(old)
    assert len(await store.source.list_points()) == 1


async def test_a_plain_tree_is_one_point(store: SnapshotWorld) -> None:
    assert await store.source.list_points() == ()
    (store.root / "a").write_bytes(b"1234")
    (store.root / "below").mkdir()
    (store.root / "below" / "b").write_bytes(b"12")
    (point,) = await store.source.list_points()
    assert (point.size_bytes, point.files, point.complete) == (6, 2, True)


async def test_a_wrong_password_is_a_fault_of_its_own(webdav: RcloneWorld) -> None:
    webdav.add_copy()
    webdav.password_file.write_text("not the password")
    with pytest.raises(SourceFault, match="401 Unauthorized") as caught:
        await webdav.source.list_points()
    assert caught.value.kind is FaultKind.AUTH
    assert "not the password" not in str(caught.value)
    assert not caught.value.retryable


async def test_a_password_in_the_configuration_works_as_well(webdav: RcloneWorld) -> None:
    webdav.add_copy()
    webdav.config.write_text(webdav.config.read_text() + f"pass = {obscured('correct horse battery staple')}\n")
    source = make_source(backup("rclone", remote="store:", config=webdav.config), ENVIRONMENT)
    assert len(await source.list_points()) == 1


async def test_a_password_file_that_is_gone_is_a_fault(webdav: RcloneWorld) -> None:
    webdav.password_file.unlink()
    with pytest.raises(SourceFault, match="password file") as caught:
        await webdav.source.list_points()
    assert caught.value.kind is FaultKind.MISSING_REPOSITORY


async def test_nobody_at_the_address_is_unreachable(webdav: RcloneWorld) -> None:
    webdav.stop()
    with pytest.raises(SourceFault, match="connection refused") as caught:
        await webdav.source.list_points()
    assert caught.value.kind is FaultKind.UNREACHABLE


async def test_a_folder_that_is_not_there_is_missing(webdav: RcloneWorld) -> None:
    options = {"config": webdav.config, "password_file": webdav.password_file}
    for remote in ("store:nowhere", "nosuch:x"):
        with pytest.raises(SourceFault) as caught:
            await make_source(backup("rclone", remote=remote, **options), ENVIRONMENT).list_points()
        assert caught.value.kind is FaultKind.MISSING_REPOSITORY
