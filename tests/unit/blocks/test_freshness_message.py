"""What people read about freshness."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.blocks.freshness import freshness_message
from bot.console.blocks_seen import all_text
from bot.domain.flaws import Rule
from bot.domain.freshness import Freshness, FreshnessState, Ignored
from bot.domain.recovery_points import FaultKind, ReadingFault, RecoveryPoint

NOW = datetime(2026, 11, 22, 3, 2, tzinfo=UTC)
POINT = RecoveryPoint("p1", "barman", NOW - timedelta(minutes=10), NOW - timedelta(hours=1), location="onsite")
EMPTY = RecoveryPoint("p2", "barman", NOW - timedelta(minutes=4), NOW - timedelta(minutes=4))


def fresh(name: str = "orders-db") -> Freshness:
    return Freshness(
        name,
        FreshnessState.FRESH,
        timedelta(minutes=15),
        timedelta(minutes=10),
        POINT,
        checked_at=NOW - timedelta(seconds=40),
        ignored=(Ignored(EMPTY, Rule.EMPTY, "empty (0 rows)"),),
    )


def unknown(name: str) -> Freshness:
    fault = ReadingFault(FaultKind.AUTH, "rclone refuses the password.", "Set it again.")
    return Freshness(name, FreshnessState.UNKNOWN, timedelta(minutes=15), None, None, fault=fault, checked_at=NOW)


def test_one_system_says_first_what_would_be_lost() -> None:
    said = all_text(freshness_message([fresh()], {"orders-db": "PROVEN, last restored 12 Nov"}, NOW))
    assert "orders-db  FRESH" in said
    assert ": could bring back to 02:52:00 UTC, would lose 10 min (RPO 15 min)" in said
    assert "Use: barman onsite, 02:52:00 UTC. PROVEN, last restored 12 Nov" in said
    assert "Ignored: 02:58:00 UTC, empty (0 rows)" in said
    assert "Checked 40 s ago" in said


def test_unknown_shows_its_cause_and_no_age() -> None:
    said = all_text(freshness_message([unknown("storage")], {}, NOW))
    assert "storage  UNKNOWN" in said
    assert "rclone refuses the password. Set it again." in said
    assert "would lose" not in said


def test_many_systems_are_a_table_with_the_worst_first() -> None:
    made = freshness_message([fresh(f"s{number:02}") for number in range(20)] + [unknown("bad")], {}, NOW)
    table = next(block for block in made["blocks"] if block["type"] == "table")
    assert table["rows"][1][0]["text"] == "bad"
    assert len(table["rows"]) == 16
    assert "… 6 more systems" in all_text(made)
    assert not [block for block in made["simple_blocks"] if block["type"] == "table"]


def test_an_estate_without_systems_says_so() -> None:
    assert "No runbook declares a system yet" in all_text(freshness_message([], {}, NOW))
