"""Faults strike what they are told to strike, and stop."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.console.errors import PageError
from bot.console.faults import Fault, FaultKind, Faults, fault_from, kind_from
from bot.console.rates import Rates


class StandingClock:
    """A clock that moves when it is told to."""

    def __init__(self) -> None:
        self.at = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at


def test_fault_ends_after_its_times_and_spares_other_methods() -> None:
    faults = Faults(StandingClock())
    faults.add(Fault(FaultKind.SERVER_ERROR, times=2, method="chat.*"))
    assert faults.strikes(FaultKind.SERVER_ERROR, method="views.open") is None
    assert [bool(faults.strikes(FaultKind.SERVER_ERROR, method="chat.update")) for _ in range(3)] == [True, True, False]
    assert faults.on == []
    assert faults.struck == {"500": 2}


def test_fault_ends_when_its_time_is_up() -> None:
    clock = StandingClock()
    faults = Faults(clock)
    faults.add(fault_from({"kind": "down", "lasts": "120"}, clock.now()))
    assert faults.strikes(FaultKind.DOWN)
    clock.at += timedelta(seconds=120)
    assert faults.strikes(FaultKind.DOWN) is None


def test_share_is_kept_and_the_same_seed_strikes_the_same() -> None:
    def struck(seed: int) -> list[bool]:
        faults = Faults(StandingClock(), seed)
        faults.add(Fault(FaultKind.DUPLICATE, share=0.2))
        return [bool(faults.strikes(FaultKind.DUPLICATE)) for _ in range(1000)]

    assert struck(7) == struck(7) != struck(8)
    assert 150 < sum(struck(7)) < 250


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"kind": "x"},
        {"kind": "500", "share": "2"},
        {"kind": "429", "seconds": "inf"},
        {"kind": "500", "times": "-1"},
    ],
)
def test_senseless_fault_is_refused(raw: dict[str, Any]) -> None:
    with pytest.raises(PageError):
        fault_from(raw, datetime(2026, 1, 5, tzinfo=UTC))


def test_a_kind_of_fault_is_known_by_its_name_only() -> None:
    assert (kind_from("429"), kind_from("")) == (FaultKind.RATE_LIMITED, None)
    with pytest.raises(PageError, match="Known: 429"):
        kind_from("x")


def test_posts_past_the_burst_wait_a_second_each_channel_for_itself() -> None:
    clock = StandingClock()
    rates = Rates(clock)
    assert [rates.wait_before("C1") for _ in range(9)] == [0] * 8 + [1]
    assert rates.wait_before("C2") == 0
    clock.at += timedelta(seconds=1)
    assert [rates.wait_before("C1") for _ in range(2)] == [0, 1]
    assert rates.most_in_a_second == 8
