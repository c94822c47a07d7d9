"""What litestream prints becomes a chain of files, and recovery points."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.recovery_points import FaultKind, RecoveryPoint, SourceFault
from bot.domain.runbook import Backup
from bot.sources.litestream import LitestreamSource, Ltx, longest_chain, parse_table
from bot.sources.process import Outcome
from tests.fakes.recorded_tool import RecordedTool

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HEAD = "level  min_txid          max_txid          size    created\n"
RECORDED = HEAD + (
    "0      0000000000000001  0000000000000001  558754  2026-11-22T09:12:43Z\n"
    "0      0000000000000002  0000000000000002  3985    2026-11-22T09:12:44Z\n"
    "0      0000000000000003  0000000000000003  4036    2026-11-22T09:12:45Z\n"
)


def ltx(first: int, last: int, level: int = 0) -> Ltx:
    return Ltx(level, first, last, 100, NOON + last * timedelta(seconds=1))


def row(file: Ltx) -> str:
    return f"{file.level}  {file.first:016x}  {file.last:016x}  {file.size}  {file.created_at:%Y-%m-%dT%H:%M:%SZ}\n"


async def listed(*files: Ltx) -> tuple[RecoveryPoint, ...]:
    tool = RecordedTool({"ltx": Outcome(0, HEAD + "".join(map(row, files)), "")})
    return await LitestreamSource(Backup("litestream", "", (("database", "/srv/a.db"),)), {}, tool).list_points()


def test_the_recorded_table_is_read() -> None:
    files = parse_table(RECORDED, "x")
    assert [file.last for file in files] == [1, 2, 3]
    assert (files[0].size, files[0].created_at) == (558754, datetime(2026, 11, 22, 9, 12, 43, tzinfo=UTC))


@pytest.mark.parametrize("text", ["", "odd", HEAD + "0 1 2 3\n", RECORDED.replace("2026-11-22T09:12:44Z", "yesterday")])
def test_a_table_that_is_none_is_a_fault(text: str) -> None:
    with pytest.raises(SourceFault) as caught:
        parse_table(text, "litestream x")
    assert caught.value.kind is FaultKind.CORRUPT


async def test_the_newest_point_ends_the_chain() -> None:
    (point,) = await listed(ltx(1, 1), ltx(2, 2), ltx(3, 3))
    assert (point.id, point.gap, point.complete, point.size_bytes) == ("0000000000000003", "", True, 300)
    assert point.restorable_through == point.log_through == NOON + timedelta(seconds=3)


async def test_a_missing_file_cuts_the_chain_off() -> None:
    (point,) = await listed(ltx(1, 1), ltx(2, 2), ltx(4, 4), ltx(5, 5))
    assert (point.id, point.gap) == ("0000000000000002", "0000000000000003")
    assert point.restorable_through == NOON + timedelta(seconds=2)
    assert point.log_through == NOON + timedelta(seconds=5)


async def test_a_merged_file_stands_in_for_those_it_was_made_of() -> None:
    (point,) = await listed(ltx(1, 1), ltx(2, 5, level=1), ltx(6, 6))
    assert (point.id, point.gap) == ("0000000000000006", "")


async def test_a_later_snapshot_heals_a_hole_before_it() -> None:
    points = await listed(ltx(1, 1, level=9), ltx(3, 3), ltx(1, 4, level=9), ltx(5, 5))
    assert [(point.id, point.gap) for point in points] == [
        ("0000000000000001", ""),
        ("0000000000000004", ""),
        ("0000000000000005", ""),
    ]


async def test_a_snapshot_made_later_does_not_make_its_data_newer() -> None:
    late = Ltx(9, 1, 3, 100, NOON + timedelta(hours=1))
    (point,) = await listed(ltx(1, 3), late)
    assert point.restorable_through == NOON + timedelta(seconds=3)


async def test_files_without_a_beginning_bring_nothing_back() -> None:
    (point,) = await listed(ltx(2, 2), ltx(3, 3))
    assert (point.complete, point.gap) == (False, "0000000000000001")


async def test_an_empty_replica_has_no_points() -> None:
    assert await listed() == ()


async def test_a_refusal_is_a_fault() -> None:
    tool = RecordedTool({"ltx": Outcome(1, "", "Error: database not found in config: /srv/a.db")})
    source = LitestreamSource(Backup("litestream", "", (("database", "/srv/a.db"), ("config", "/c.yml"))), {}, tool)
    with pytest.raises(SourceFault) as caught:
        await source.probe()
    assert caught.value.kind is FaultKind.MISSING_REPOSITORY
    assert tool.asked[0][-3:] == ("-config", "/c.yml", "/srv/a.db")


async def test_the_address_of_a_replica_is_handed_on_without_its_password_in_messages() -> None:
    tool = RecordedTool({"ltx": Outcome(1, "", "dial tcp: connection refused")})
    replica = "sftp://bob:hunter2@host/db"
    source = LitestreamSource(Backup("litestream", "", (("replica", replica),)), {}, tool)
    with pytest.raises(SourceFault) as caught:
        await source.list_points()
    assert tool.asked[0][-1] == replica
    assert "hunter2" not in caught.value.what


@given(st.lists(st.tuples(st.integers(1, 12), st.integers(0, 4)), max_size=10))
def test_a_chain_has_no_hole_and_nothing_carries_it_further(ranges: list[tuple[int, int]]) -> None:
    files = [ltx(first, first + more) for first, more in ranges]
    chain = longest_chain(files)
    ends = [0, *(file.last for file in chain.files)]
    assert all(file.first <= end + 1 for file, end in zip(chain.files, ends, strict=False))
    assert not any(chain.files and file.first <= ends[-1] + 1 and file.last > ends[-1] for file in files)
    assert (chain.missing is not None) == (bool(chain.files) and any(file.last > ends[-1] for file in files))
