"""Trigger ids and response URLs end when Slack's do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.console.clock import Timestamps
from bot.console.errors import ApiError
from bot.console.journal import Journal
from bot.console.passes import ResponseUrls, Triggers

if TYPE_CHECKING:
    from pathlib import Path


class StandingClock:
    """A clock that moves when it is told to."""

    def __init__(self) -> None:
        self.at = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


def test_trigger_opens_one_view(clock: StandingClock) -> None:
    triggers = Triggers(clock)
    trigger_id = triggers.give("U1")
    assert triggers.take(trigger_id).user == "U1"
    with pytest.raises(ApiError, match="exchanged_trigger_id"):
        triggers.take(trigger_id)


def test_trigger_expires_after_three_seconds(clock: StandingClock) -> None:
    triggers = Triggers(clock)
    early, late = triggers.give("U1"), triggers.give("U1")
    clock.at += timedelta(seconds=3)
    triggers.take(early)
    clock.at += timedelta(milliseconds=1)
    with pytest.raises(ApiError, match="expired_trigger_id"):
        triggers.take(late)
    with pytest.raises(ApiError, match="invalid_trigger_id"):
        triggers.take("1.2.3")


def test_response_url_is_good_five_times_in_half_an_hour(clock: StandingClock, tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    journal.open()
    urls = ResponseUrls(journal, clock)
    key, other = urls.give("C1", "U1"), urls.give("C1", "U1")
    for _ in range(5):
        urls.take(key)
    with pytest.raises(ApiError, match="used_url"):
        ResponseUrls(journal, clock).take(key)
    clock.at += timedelta(minutes=30, seconds=1)
    with pytest.raises(ApiError, match="expired_url"):
        urls.take(other)
    journal.close()


def test_timestamps_rise_while_the_clock_stands_still(clock: StandingClock) -> None:
    stamps = Timestamps(clock)
    first = stamps.next()
    stamps.start_after("1800000000.000009")
    assert (first, stamps.next()) == ("1767603600.000000", "1800000000.000010")
