from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.cli.times import Times, length, read_moment, read_past
from bot.domain.errors import BringbackError

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 22, 2, 20, tzinfo=UTC)


def test_a_time_is_shown_in_the_readers_zone_with_utc_beside() -> None:
    assert Times(BERLIN, NOW).at(NOW) == "03:20:00 CET (02:20:00 UTC)"


def test_a_reader_in_utc_reads_it_once() -> None:
    assert Times(UTC, NOW).at(NOW) == "02:20:00 UTC"


def test_a_time_a_day_away_has_its_date() -> None:
    assert Times(UTC, NOW).at(NOW - timedelta(days=1)) == "2026-11-21 02:20:00 UTC"


def test_a_date_that_differs_in_utc_is_shown_there_too() -> None:
    late = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    assert Times(BERLIN, NOW).at(late) == "2026-11-21 00:30:00 CET (2026-11-20 23:30:00 UTC)"


def test_a_time_that_is_not_known_is_a_dash() -> None:
    times = Times(UTC, NOW)
    assert (times.at(None), times.clock(None), times.ago(None)) == ("-", "-", "never")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (40, "40 s"), (94, "1 min 34 s"), (3900, "1 h 5 min"), (3605, "1 h"), (183600, "2 d 3 h")],
)
def test_a_length_of_time_is_shown_in_its_two_largest_units(seconds: int, text: str) -> None:
    assert length(timedelta(seconds=seconds)) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("now", NOW),
        ("15m", NOW - timedelta(minutes=15)),
        ("15m ago", NOW - timedelta(minutes=15)),
        ("03:02", datetime(2026, 11, 22, 2, 2, tzinfo=UTC)),
        ("03:21", datetime(2026, 11, 21, 2, 21, tzinfo=UTC)),
        ("2026-11-22T03:02:30+01:00", datetime(2026, 11, 22, 2, 2, 30, tzinfo=UTC)),
        ("2026-11-22T03:02", datetime(2026, 11, 22, 2, 2, tzinfo=UTC)),
    ],
)
def test_a_moment_is_read_as_people_write_it(text: str, expected: datetime) -> None:
    assert read_moment(text, NOW, BERLIN) == expected


@pytest.mark.parametrize("text", ["yesterday", "25:00", "", "2026-13-01T00:00"])
def test_what_is_no_moment_gets_one_sentence(text: str) -> None:
    with pytest.raises(BringbackError, match="no time"):
        read_moment(text, NOW, BERLIN)


def test_a_start_that_lies_ahead_is_refused() -> None:
    with pytest.raises(BringbackError, match="lies ahead"):
        read_past("2026-11-22T04:00+01:00", NOW, BERLIN)
