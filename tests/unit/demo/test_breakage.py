"""What can be broken, and what is said about the rest."""

from __future__ import annotations

import pytest

from bot.demo.breakage import MEANING, check_possible, in_mending_order, possible
from bot.demo.errors import Refused
from bot.demo.record import Breakage
from bot.demo.systems import all_systems


@pytest.mark.parametrize(("mode", "system"), [(mode, system) for mode, names in possible().items() for system in names])
def test_what_is_offered_is_possible(mode: str, system: str) -> None:
    check_possible(mode, system)


@pytest.mark.parametrize(
    ("mode", "system", "said"),
    [
        ("wal-gap", "docs", r"wal-gap is for orders-db; docs can be broken by gone, empty, truncated"),
        (
            "future-dated",
            "reporting",
            r"future-dated is for dns.*; reporting can be broken by gone, truncated, bit-flip\.",
        ),
        ("melt", "dns", r"no way.*'melt'.*gone, empty, truncated, bit-flip, future-dated, wal-gap, wrong-password"),
        ("gone", "x", r"no system 'x'.*dns, storage, cache, orders-db, api, web, reporting, docs"),
    ],
)
def test_anything_else_is_answered_with_what_is_possible(mode: str, system: str, said: str) -> None:
    with pytest.raises(Refused, match=said) as refusal:
        check_possible(mode, system)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("mode", ["gone", "truncated", "bit-flip"])
def test_every_system_can_be_gone_and_have_a_bad_copy(mode: str) -> None:
    assert set(possible()[mode]) == set(all_systems())


def test_every_way_to_break_things_says_what_it_does() -> None:
    assert set(MEANING) == set(possible())


def test_the_last_damage_is_mended_first_for_two_may_have_been_done_to_one_file() -> None:
    broken = [Breakage(mode, "docs", "") for mode in ("truncated", "bit-flip")]
    assert [item.mode for item in in_mending_order(broken)] == ["bit-flip", "truncated"]


def test_backups_are_mended_before_systems_and_systems_in_the_order_of_their_dependencies() -> None:
    broken = [Breakage(mode, system, "") for mode, system in (("gone", "docs"), ("gone", "dns"), ("empty", "docs"))]
    mended = [(item.mode, item.system) for item in in_mending_order(broken)]
    assert mended == [("empty", "docs"), ("gone", "dns"), ("gone", "docs")]
