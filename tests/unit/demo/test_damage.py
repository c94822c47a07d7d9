"""Copies that are damaged, held up, or dated ahead; and whole again."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.demo.backups.jobs import Jobs
from bot.demo.backups.snapshot import MANIFEST, SUMS, complete_snapshots, take_snapshot
from bot.demo.book import Book
from bot.demo.clock import utc_now
from bot.demo.damage import damage, newest_file, put_back
from bot.demo.errors import Refused
from bot.demo.layout import Layout
from bot.demo.record import Breakage, Instance, new_record

if TYPE_CHECKING:
    from pathlib import Path

AT = datetime(2025, 11, 22, 10, 15, tzinfo=UTC)


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    """An estate with two copies of docs, whose large file is one and the same."""
    layout = Layout(tmp_path)
    layout.make()
    layout.data("docs").mkdir()
    (layout.data("docs") / "large.bin").write_bytes(bytes(range(256)))
    (layout.data("docs") / "small.txt").write_text("small", encoding="ascii")
    for n in range(2):
        take_snapshot(layout.data("docs"), layout.snapshots("docs"), "docs", AT + timedelta(seconds=n))
    return layout


def _sums_agree(copy: Path) -> bool:
    check = ["sha256sum", "--check", "--status", SUMS]
    return subprocess.run(check, cwd=copy, check=False).returncode == 0


def test_the_largest_file_of_the_newest_copy_is_damaged(layout: Layout) -> None:
    assert newest_file(layout, "docs") == complete_snapshots(layout.snapshots("docs"))[-1] / "large.bin"


def test_a_copy_from_the_future_does_not_count_as_the_newest(layout: Layout) -> None:
    take_snapshot(layout.data("docs"), layout.snapshots("docs"), "docs", utc_now() + timedelta(days=1))
    assert newest_file(layout, "docs").parent == complete_snapshots(layout.snapshots("docs"))[1]


@pytest.mark.parametrize("system", ["docs", "storage", "orders-db", "reporting"])
def test_a_system_without_a_copy_has_nothing_to_damage(tmp_path: Path, system: str) -> None:
    with pytest.raises(Refused, match=f"no copy of {system} yet"):
        newest_file(Layout(tmp_path), system)


@pytest.mark.parametrize(("mode", "size"), [("truncated", 128), ("bit-flip", 256)])
def test_damage_befalls_one_copy_though_its_file_is_linked_into_others(layout: Layout, mode: str, size: int) -> None:
    older, newest = complete_snapshots(layout.snapshots("docs"))
    damage(newest / "large.bin", layout.removed / "away", mode)
    assert (newest / "large.bin").stat().st_size == size
    assert (_sums_agree(newest), _sums_agree(older)) == (False, True)


def test_who_remembers_a_copy_by_its_manifest_looks_at_it_again(layout: Layout) -> None:
    newest = complete_snapshots(layout.snapshots("docs"))[-1]
    before = (newest / MANIFEST).stat().st_mtime_ns
    damage(newest / "large.bin", layout.removed / "away", "truncated")
    assert (newest / MANIFEST).stat().st_mtime_ns > before


def test_a_damaged_copy_is_put_back_as_it_was(layout: Layout) -> None:
    newest = complete_snapshots(layout.snapshots("docs"))[-1]
    damage(newest / "large.bin", layout.removed / "away", "bit-flip")
    assert put_back(newest / "large.bin", layout.removed / "away")
    assert _sums_agree(newest)


def test_a_copy_that_is_gone_meanwhile_is_not_made_up(layout: Layout) -> None:
    assert not put_back(layout.snapshots("docs") / "gone" / "large.bin", layout.removed / "away")


def _jobs(layout: Layout, *modes: str) -> tuple[Jobs, Book]:
    live = Instance("docs", str(layout.data("docs")), 20080, live=True, open=True)
    record = new_record({}).with_instance(live)
    for mode in modes:
        record = record.with_breakage(Breakage(mode, "docs", "2025-11-22T10:15:00.000000Z"))
    book = Book(layout.record, record)
    return Jobs(layout, book), book


@pytest.mark.parametrize("mode", ["truncated", "bit-flip"])
async def test_no_newer_copy_hides_a_damaged_one(layout: Layout, mode: str) -> None:
    jobs, _ = _jobs(layout, mode)
    assert not await jobs.copy("docs")
    assert len(complete_snapshots(layout.snapshots("docs"))) == 2


async def test_one_copy_carries_a_time_in_the_future_and_the_next_is_right_again(layout: Layout) -> None:
    jobs, book = _jobs(layout, "future-dated")
    assert await jobs.copy("docs")
    assert await jobs.copy("docs")
    *_, now, future = complete_snapshots(layout.snapshots("docs"))
    assert now.name < f"{utc_now():%Y%m%dT%H%M%S.%fZ}" < future.name
    assert [breakage.detail for breakage in book.record.breakages] == [str(future)]
    assert len(complete_snapshots(layout.snapshots("docs"))) == 4
