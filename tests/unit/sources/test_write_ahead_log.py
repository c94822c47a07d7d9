"""Which segment follows which, and where the first one is missing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources.write_ahead_log import DEFAULT_SEGMENT, Segment, reach, segment_bytes

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MEGABYTE = 1 << 20


def at(number: int) -> datetime:
    return NOON + number * timedelta(seconds=1)


def present(*numbers: int, timeline: int = 1) -> dict[Segment, datetime]:
    return {Segment(timeline, number): at(number) for number in numbers}


@pytest.mark.parametrize("size", [MEGABYTE, DEFAULT_SEGMENT, 1 << 30])
def test_names_roll_over_into_the_next_log_file(size: int) -> None:
    last = (1 << 32) // size - 1
    name = f"0000000200000007{last:08X}"
    segment = Segment.parse(name, size)
    assert segment is not None
    assert segment.name(size) == name
    assert segment.next().name(size) == "000000020000000800000000"


@pytest.mark.parametrize(
    "name",
    ["00000002.history", "000000010000000000000003.00000028.backup", "000000010000000000000003.partial", "xlog.db", ""],
)
def test_other_files_of_the_archive_are_no_segments(name: str) -> None:
    assert Segment.parse(name) is None


@pytest.mark.parametrize(
    ("name", "lsn", "size"),
    [
        ("000000010000000000000008", "0/8000028", DEFAULT_SEGMENT),
        ("000000010000000000000018", "0/18000028", DEFAULT_SEGMENT),
        ("000000010000000000000080", "0/8000028", MEGABYTE),
        ("00000001000000020000000A", "2/28000000", 1 << 26),
        ("000000010000000200000000", "2/28", DEFAULT_SEGMENT),
        ("odd", "0/8000028", DEFAULT_SEGMENT),
        ("000000010000000000000008", "odd", DEFAULT_SEGMENT),
    ],
)
def test_the_size_of_segments_follows_from_a_position_and_its_segment(name: str, lsn: str, size: int) -> None:
    assert segment_bytes(name, lsn) == size


def test_a_whole_log_reaches_its_end() -> None:
    found = reach(Segment(1, 3), present(3, 4, 5), frozenset())
    assert (found.last, found.claimed, found.missing) == (Segment(1, 5), Segment(1, 5), None)


def test_a_log_reaches_up_to_its_first_hole() -> None:
    found = reach(Segment(1, 3), present(2, 3, 4, 6, 8), frozenset())
    assert (found.last, found.claimed, found.missing) == (Segment(1, 4), Segment(1, 8), Segment(1, 5))


def test_a_segment_that_only_the_catalogue_knows_is_a_hole() -> None:
    found = reach(Segment(1, 3), present(3, 4), frozenset({Segment(1, 5)}))
    assert (found.last, found.claimed, found.missing) == (Segment(1, 4), Segment(1, 5), Segment(1, 5))


def test_a_log_that_lacks_its_own_beginning_reaches_nothing() -> None:
    found = reach(Segment(1, 3), present(4, 5), frozenset())
    assert (found.last, found.missing) == (None, Segment(1, 3))
    assert reach(Segment(1, 3), {}, frozenset()).missing is None


def test_other_timelines_neither_carry_on_nor_leave_holes() -> None:
    found = reach(Segment(1, 3), {**present(3, 4), **present(5, 7, timeline=2)}, frozenset({Segment(2, 9)}))
    assert (found.last, found.claimed, found.missing) == (Segment(1, 4), Segment(1, 4), None)


@given(st.sets(st.integers(0, 30)), st.integers(0, 30))
def test_everything_up_to_the_reach_is_there_and_the_next_is_not(numbers: set[int], begin: int) -> None:
    found = reach(Segment(1, begin), present(*numbers), frozenset())
    end = begin - 1 if found.last is None else found.last.number
    assert set(range(begin, end + 1)) <= numbers
    assert end + 1 not in numbers
    assert (found.missing is None) == all(number <= end for number in numbers if number >= begin)
