"""Snapshot folders and their manifests."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources.snapshots import ManifestBroken, missing_of, moment_of, parse_manifest, point_of, tree_point

NAME = "20261122T101500.123456Z"
BEGAN = datetime(2026, 11, 22, 10, 15, 0, 123456, tzinfo=UTC)


def manifest(**changes: object) -> str:
    files = [{"path": "media/a.bin", "bytes": 70, "sha256": "x"}, {"path": "b", "bytes": 7, "sha256": "y"}]
    told = {
        "system": "storage",
        "started_at": "2026-11-22T10:15:00.123456Z",
        "finished_at": "2026-11-22T10:15:09Z",
        "files": files,
    }
    return json.dumps({**told, **changes})


@pytest.mark.parametrize(
    ("name", "moment"),
    [
        (NAME, BEGAN),
        ("20261122T101500Z", BEGAN.replace(microsecond=0)),
        ("20261122T101500.5Z", BEGAN.replace(microsecond=500_000)),
        ("20261322T101500Z", None),
        ("20261122T101500", None),
        ("latest", None),
        (f"{NAME}.partial", None),
    ],
)
def test_a_snapshots_name_tells_its_moment(name: str, moment: datetime | None) -> None:
    assert moment_of(name) == moment


@given(st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)))  # noqa: DTZ001 - hypothesis wants naive bounds
def test_every_moment_has_a_name_that_tells_it(moment: datetime) -> None:
    assert moment_of(moment.strftime("%Y%m%dT%H%M%S.%fZ")) == moment.replace(tzinfo=UTC)


def test_a_snapshot_is_as_of_its_start_and_as_large_as_its_files() -> None:
    point = point_of(NAME, "rclone", "offsite", parse_manifest(manifest()))
    assert point.restorable_through == point.taken_at == BEGAN
    assert point.finished_at == datetime(2026, 11, 22, 10, 15, 9, tzinfo=UTC)
    assert (point.id, point.size_bytes, point.files, point.complete) == (NAME, 77, 2, True)


def test_a_snapshot_of_nothing_holds_zero_files_and_bytes() -> None:
    point = point_of(NAME, "files", "", parse_manifest(manifest(files=[])))
    assert (point.files, point.size_bytes, point.complete) == (0, 0, True)


def test_without_a_manifest_a_snapshot_is_incomplete() -> None:
    point = point_of(NAME, "files", "", None)
    assert (point.complete, point.flaw, point.taken_at) == (False, "it has no manifest", BEGAN)


def test_another_snapshots_manifest_is_not_believed() -> None:
    other = parse_manifest(manifest(started_at="2026-11-22T11:15:00Z"))
    assert not point_of(NAME, "files", "", other).complete


def test_a_manifest_that_is_still_to_finish_has_no_end() -> None:
    assert parse_manifest(manifest(finished_at=None)).finished_at is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        manifest(files=None),
        manifest(started_at="yesterday"),
        manifest(files=[{"path": "../../etc/passwd", "bytes": 1}]),
        manifest(files=[{"path": "/etc/passwd", "bytes": 1}]),
        manifest(files=[{"path": "a", "bytes": "many"}]),
    ],
)
def test_a_broken_manifest_is_refused(text: str) -> None:
    with pytest.raises(ManifestBroken, match="its manifest cannot be read"):
        parse_manifest(text)


def test_a_file_that_is_gone_or_cut_is_named() -> None:
    told = parse_manifest(manifest())
    assert missing_of(told, {"media/a.bin": 70, "b": 7, "manifest.json": 300}) == ""
    assert missing_of(told, {"media/a.bin": 69, "b": 7}) == "1 of 2 files is not as its manifest says: media/a.bin"
    assert missing_of(told, {}) == "2 of 2 files are not as its manifest says: media/a.bin and 1 more"


def test_a_plain_tree_is_as_of_its_newest_file() -> None:
    point = tree_point({"a": (70, BEGAN), "b/c": (7, BEGAN + timedelta(seconds=5))}, "files", "onsite")
    assert point is not None
    assert point.restorable_through == BEGAN + timedelta(seconds=5)
    assert (point.files, point.size_bytes) == (2, 77)
    assert tree_point({}, "files", "onsite") is None
