"""Snapshot folders with a manifest."""

from __future__ import annotations

import json
import subprocess
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.demo.backups.snapshot import complete_snapshots, prune, take_snapshot

if TYPE_CHECKING:
    from pathlib import Path

AT = datetime(2026, 11, 22, 10, 15, 0, 123456, tzinfo=UTC)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    (tmp_path / "data" / "pages").mkdir(parents=True)
    (tmp_path / "data" / "canary.json").write_text("{}", encoding="utf-8")
    (tmp_path / "data" / "pages" / "a b.md").write_text("text", encoding="utf-8")
    return tmp_path / "data"


def test_a_snapshot_is_named_after_the_moment_it_is_consistent_as_of(source: Path, tmp_path: Path) -> None:
    assert take_snapshot(source, tmp_path / "copies", "docs", AT).name == "20261122T101500.123456Z"


def test_the_manifest_lists_every_file_with_size_and_checksum(source: Path, tmp_path: Path) -> None:
    snapshot = take_snapshot(source, tmp_path / "copies", "docs", AT)
    manifest = json.loads((snapshot / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["system"], manifest["started_at"]) == ("docs", "2026-11-22T10:15:00.123456Z")
    assert [(file["path"], file["bytes"]) for file in manifest["files"]] == [("canary.json", 2), ("pages/a b.md", 4)]


def test_sha256sum_agrees_with_the_sums(source: Path, tmp_path: Path) -> None:
    snapshot = take_snapshot(source, tmp_path / "copies", "docs", AT)
    subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=snapshot, check=True, capture_output=True)


def test_what_did_not_change_is_linked_and_what_changed_is_copied(source: Path, tmp_path: Path) -> None:
    first = take_snapshot(source, tmp_path / "copies", "docs", AT)
    (source / "canary.json").write_text('{"newer": true}', encoding="utf-8")
    second = take_snapshot(source, tmp_path / "copies", "docs", AT + timedelta(seconds=5))
    assert (second / "pages/a b.md").samefile(first / "pages/a b.md")
    assert (first / "canary.json").read_text(encoding="utf-8") == "{}"
    assert (second / "canary.json").read_text(encoding="utf-8") == '{"newer": true}'


def test_a_snapshot_without_manifest_is_not_complete(source: Path, tmp_path: Path) -> None:
    snapshot = take_snapshot(source, tmp_path / "copies", "docs", AT)
    (snapshot / "manifest.json").unlink()
    assert complete_snapshots(tmp_path / "copies") == []


def test_a_broken_job_makes_a_complete_snapshot_of_nothing(source: Path, tmp_path: Path) -> None:
    snapshot = take_snapshot(source, tmp_path / "copies", "docs", AT, empty=True)
    assert json.loads((snapshot / "manifest.json").read_text(encoding="utf-8"))["files"] == []
    assert complete_snapshots(tmp_path / "copies") == [snapshot]


def test_a_source_that_is_gone_makes_no_snapshot(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="nothing to copy"):
        take_snapshot(tmp_path / "data", tmp_path / "copies", "docs", AT)
    assert not (tmp_path / "copies").exists()


def test_a_restored_copy_does_not_carry_its_old_manifest_along(source: Path, tmp_path: Path) -> None:
    (source / "manifest.json").write_text("{}", encoding="utf-8")
    (source / "SHA256SUMS").write_text("", encoding="utf-8")
    snapshot = take_snapshot(source, tmp_path / "copies", "docs", AT)
    files = json.loads((snapshot / "manifest.json").read_text(encoding="utf-8"))["files"]
    assert [file["path"] for file in files] == ["canary.json", "pages/a b.md"]


def test_pruning_keeps_the_newest(source: Path, tmp_path: Path) -> None:
    taken = [take_snapshot(source, tmp_path / "copies", "docs", AT + timedelta(seconds=n)) for n in range(4)]
    prune(tmp_path / "copies", 2)
    assert complete_snapshots(tmp_path / "copies") == taken[2:]
    assert not taken[0].exists()
