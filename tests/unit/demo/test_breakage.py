"""What can be broken, and what is said about the rest."""

from __future__ import annotations

import pytest

from bot.demo.breakage import POSSIBLE, check_possible, mending_order
from bot.demo.errors import Refused
from bot.demo.record import Breakage
from bot.demo.systems import all_systems


@pytest.mark.parametrize(("mode", "system"), [(mode, system) for mode, names in POSSIBLE.items() for system in names])
def test_what_is_offered_is_possible(mode: str, system: str) -> None:
    check_possible(mode, system)


@pytest.mark.parametrize(
    ("mode", "system"), [("wal-gap", "docs"), ("empty", "orders-db"), ("melt", "dns"), ("gone", "x")]
)
def test_anything_else_is_answered_with_all_that_is_possible(mode: str, system: str) -> None:
    with pytest.raises(Refused, match=r"not possible.*gone.*wal-gap.*empty.*wrong-password") as refusal:
        check_possible(mode, system)
    assert "\n" not in str(refusal.value)


def test_every_system_can_be_gone() -> None:
    assert set(POSSIBLE["gone"]) == set(all_systems())


def test_backups_are_mended_before_systems_and_systems_in_the_order_of_their_dependencies() -> None:
    broken = [Breakage(mode, system, "") for mode, system in (("gone", "docs"), ("gone", "dns"), ("empty", "docs"))]
    mended = [(item.mode, item.system) for item in sorted(broken, key=mending_order)]
    assert mended == [("empty", "docs"), ("gone", "dns"), ("gone", "docs")]
