"""Freshness: what sources said, held against the RPO."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.flaws import span
from bot.domain.freshness import Freshness, FreshnessState, Rule, Severity, as_json, assess, unreadable
from bot.domain.policy import Thresholds
from bot.domain.recovery_points import FaultKind, Reading, ReadingFault, RecoveryPoint
from bot.domain.runbook import Backup, Fault, System

NOW = datetime(2026, 11, 22, 3, 2, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ONSITE, OFFSITE = Backup("barman", "onsite"), Backup("restic", "offsite")
ORDERS = System("orders-db", "orders-db", rpo=15 * MINUTE, backups=(ONSITE,))
TWICE = replace(ORDERS, backups=(ONSITE, OFFSITE))
REFUSED = ReadingFault(FaultKind.AUTH, "restic refused our password.", "Set the password.")


def copy(minutes_ago: float, *, size: int | None = 1000, files: int | None = 10, **more: object) -> RecoveryPoint:
    at = NOW - minutes_ago * MINUTE
    point = RecoveryPoint(f"at-{minutes_ago}", "barman", at, at, size_bytes=size, files=files)
    return replace(point, **more)  # type: ignore[arg-type] # a test's shorthand for any field


def said(*points: RecoveryPoint, backup: int = 0, ago: timedelta = timedelta(0), **more: object) -> Reading:
    tool, location = [("barman", "onsite"), ("restic", "offsite")][backup]
    reading = Reading("orders-db", backup, tool, location, NOW - ago, points=points)
    return replace(reading, **more)  # type: ignore[arg-type] # a test's shorthand for any field


def of(*points: RecoveryPoint) -> Freshness:
    return assess(ORDERS, [said(*points)], NOW)


def rules(freshness: Freshness) -> dict[Rule, Severity]:
    return {found.rule: found.severity for found in freshness.findings}


GOOD = (copy(40), copy(30), copy(20), copy(10))


def test_a_system_whose_runbook_has_faults_is_unknown_and_they_are_the_cause() -> None:
    fault = Fault("wiki.md", 4, "unknown key “owners” in recovery.", "Did you mean “owner”?")
    answer = unreadable("wiki", (fault,))
    assert (answer.state, answer.effective, answer.effective_age) == (FreshnessState.UNKNOWN, None, None)
    assert answer.fault
    assert answer.fault.detail == "wiki cannot be read: wiki.md:4: unknown key “owners” in recovery."
    assert answer.fault.helps == "Did you mean “owner”?"
    two = unreadable("wiki", (fault, fault)).fault
    assert two
    assert two.detail.endswith("(1 more: `bringback check` lists them)")


def test_a_copy_within_the_rpo_is_fresh() -> None:
    freshness = of(*GOOD)
    assert freshness.state is FreshnessState.FRESH
    assert freshness.effective == copy(10)
    assert freshness.effective_age == 10 * MINUTE


@pytest.mark.parametrize(
    ("age", "state", "severity"),
    [
        (15, FreshnessState.FRESH, None),
        (15.1, FreshnessState.LATE, Severity.WARNING),
        (18.75, FreshnessState.LATE, Severity.WARNING),
        (18.8, FreshnessState.STALE, Severity.CRITICAL),
    ],
)
def test_an_older_copy_is_late_within_the_grace_and_stale_beyond(
    age: float, state: FreshnessState, severity: Severity | None
) -> None:
    freshness = of(copy(age))
    assert freshness.state is state
    assert rules(freshness).get(Rule.RPO_MISSED) is severity


def test_the_newest_copy_is_the_one_that_reaches_furthest() -> None:
    freshness = of(copy(1, restorable_through=NOW - 20 * MINUTE), copy(12))
    assert freshness.effective == copy(12)


def test_a_source_without_any_copy_is_stale() -> None:
    freshness = of()
    assert freshness.state is FreshnessState.STALE
    assert freshness.effective is None
    assert freshness.effective_age is None
    assert rules(freshness) == {Rule.RPO_MISSED: Severity.CRITICAL}


@pytest.mark.parametrize(
    ("bad", "rule"),
    [
        (copy(1, files=0, size=0), Rule.EMPTY),
        (copy(1, files=None, size=0), Rule.EMPTY),
        (copy(1, size=9), Rule.EMPTY),
        (copy(1, size=190), Rule.SIZE_DROP),
        (copy(-6), Rule.FUTURE_TIMESTAMP),
    ],
)
def test_a_bad_newest_copy_is_ignored_and_never_fresh(bad: RecoveryPoint, rule: Rule) -> None:
    freshness = of(*GOOD, bad)
    assert freshness.state is FreshnessState.LATE
    assert freshness.effective == copy(10)
    assert rules(freshness)[rule] is Severity.CRITICAL
    assert [(ignored.point, ignored.rule) for ignored in freshness.ignored] == [(bad, rule)]


def test_a_bad_newest_copy_with_only_old_ones_behind_it_is_stale() -> None:
    assert of(copy(50), copy(1, files=0)).state is FreshnessState.STALE


def test_a_clock_a_little_ahead_is_no_future_and_no_negative_age() -> None:
    freshness = of(*GOOD, copy(-4))
    assert freshness.state is FreshnessState.FRESH
    assert freshness.effective_age == timedelta(0)


def test_an_empty_copy_that_a_good_one_followed_is_only_a_warning() -> None:
    freshness = of(*GOOD, copy(8, files=0), copy(6, files=0), copy(5))
    assert freshness.state is FreshnessState.FRESH
    assert rules(freshness)[Rule.EMPTY] is Severity.WARNING
    assert "So are 1 before it." in next(f.detail for f in freshness.findings if f.rule is Rule.EMPTY)


def test_a_future_copy_stays_critical_whatever_follows() -> None:
    freshness = of(*GOOD, copy(1), copy(-600))
    assert freshness.state is FreshnessState.LATE
    assert rules(freshness)[Rule.FUTURE_TIMESTAMP] is Severity.CRITICAL


def test_a_smaller_copy_is_used_and_warned_about() -> None:
    freshness = of(*GOOD, copy(1, size=400))
    assert freshness.state is FreshnessState.FRESH
    assert freshness.effective == copy(1, size=400)
    assert rules(freshness)[Rule.SIZE_DROP] is Severity.WARNING


def test_a_size_drop_of_the_past_is_not_mentioned_again() -> None:
    assert Rule.SIZE_DROP not in rules(of(*GOOD, copy(5, size=400), copy(1)))


def test_sizes_are_not_compared_before_three_copies_say_what_is_usual() -> None:
    assert of(copy(30), copy(20), copy(1, size=10)).effective == copy(1, size=10)


def test_bad_copies_do_not_become_what_is_usual() -> None:
    freshness = of(*GOOD, *(copy(9 - n, size=100) for n in range(9)))
    assert freshness.effective == copy(10)


def test_a_copy_without_a_size_is_used() -> None:
    assert of(*GOOD, copy(1, size=None, files=None)).state is FreshnessState.FRESH


def test_a_copy_in_the_making_is_passed_over_with_a_warning() -> None:
    freshness = of(*GOOD, copy(0, complete=False, flaw="no manifest"), copy(1, complete=False))
    assert freshness.state is FreshnessState.FRESH
    assert rules(freshness)[Rule.INCOMPLETE] is Severity.WARNING
    assert {ignored.reason for ignored in freshness.ignored} == {"incomplete (no manifest)", "incomplete"}


def test_a_gap_in_the_log_of_the_newest_copy_is_late_though_within_the_rpo() -> None:
    torn = copy(12, restorable_through=NOW - 10 * MINUTE, log_through=NOW - MINUTE, gap="00000001000000000000000A")
    freshness = of(torn)
    assert freshness.state is FreshnessState.LATE
    assert freshness.effective == torn
    assert rules(freshness)[Rule.WAL_GAP] is Severity.CRITICAL
    assert "00000001000000000000000A" in freshness.findings[0].detail


def test_a_gap_that_a_newer_base_bridges_is_only_a_warning() -> None:
    torn = copy(40, restorable_through=NOW - 30 * MINUTE, log_through=NOW - MINUTE, gap="A")
    freshness = of(torn, copy(20), copy(8, restorable_through=NOW - MINUTE))
    assert freshness.state is FreshnessState.FRESH
    assert rules(freshness)[Rule.WAL_GAP] is Severity.WARNING


def test_a_gap_before_any_copy_is_consistent_is_still_a_gap() -> None:
    freshness = of(copy(5, complete=False, gap="A", flaw="its log misses A"))
    assert freshness.state is FreshnessState.STALE
    assert rules(freshness)[Rule.WAL_GAP] is Severity.CRITICAL


def test_copies_that_bring_nothing_new_are_a_warning() -> None:
    idle = [copy(minutes, added_bytes=0) for minutes in (9, 6, 3)]
    assert rules(of(*GOOD, *idle))[Rule.ZERO_NEW_DATA] is Severity.WARNING
    assert Rule.ZERO_NEW_DATA not in rules(of(*GOOD, *idle, copy(1, added_bytes=5000)))


def test_few_copies_in_one_place_are_two_warnings() -> None:
    assert rules(of(copy(1))) == {Rule.FEW_COPIES: Severity.WARNING, Rule.SINGLE_LOCATION: Severity.WARNING}
    assert rules(of(copy(1), copy(2)))[Rule.FEW_COPIES] is Severity.WARNING
    assert assess(TWICE, [said(*GOOD), said(copy(9), backup=1)], NOW).findings == ()


def test_a_source_that_cannot_be_read_is_unknown_with_its_cause_and_no_age() -> None:
    freshness = assess(ORDERS, [said(*GOOD, fault=REFUSED)], NOW)
    assert freshness.state is FreshnessState.UNKNOWN
    assert (freshness.effective, freshness.effective_age) == (None, None)
    assert freshness.fault == REFUSED
    assert freshness.findings[0].helps == "Set the password."


def test_a_fault_that_says_nothing_helpful_still_gets_something_that_helps() -> None:
    mute = ReadingFault(FaultKind.UNKNOWN, "It failed.")
    assert assess(ORDERS, [said(fault=mute)], NOW).findings[0].helps


def test_one_source_that_answers_is_enough_and_the_other_is_a_finding() -> None:
    freshness = assess(TWICE, [said(*GOOD), said(backup=1, fault=REFUSED)], NOW)
    assert freshness.state is FreshnessState.FRESH
    assert freshness.fault is None
    assert rules(freshness)[Rule.SOURCE_UNREADABLE] is Severity.WARNING


def test_an_old_reading_does_not_speak_for_now() -> None:
    freshness = assess(ORDERS, [said(*GOOD, ago=16 * MINUTE)], NOW)
    assert freshness.state is FreshnessState.UNKNOWN
    assert rules(freshness) == {Rule.READING_OLD: Severity.CRITICAL}
    assert freshness.checked_at == NOW - 16 * MINUTE


def test_a_reading_from_the_future_does_not_speak_for_now() -> None:
    assert assess(ORDERS, [said(*GOOD, ago=-16 * MINUTE)], NOW).state is FreshnessState.UNKNOWN


def test_a_source_that_was_never_read_is_unknown() -> None:
    freshness = assess(ORDERS, [said(*GOOD, system="dns"), said(*GOOD, backup=1)], NOW)
    assert freshness.state is FreshnessState.UNKNOWN
    assert freshness.checked_at is None
    assert freshness.fault is not None
    assert freshness.fault.detail == "barman onsite has not been read yet."


def test_only_the_newest_reading_of_a_source_counts() -> None:
    assert assess(ORDERS, [said(ago=MINUTE, fault=REFUSED), said(*GOOD)], NOW).state is FreshnessState.FRESH


def test_the_answer_is_as_old_as_its_oldest_reading() -> None:
    assert assess(TWICE, [said(*GOOD), said(*GOOD, backup=1, ago=MINUTE)], NOW).checked_at == NOW - MINUTE


def test_no_declared_backup_is_unknown_with_its_cause() -> None:
    freshness = assess(replace(ORDERS, backups=()), [], NOW)
    assert freshness.state is FreshnessState.UNKNOWN
    assert rules(freshness) == {Rule.NO_BACKUP_DECLARED: Severity.CRITICAL}
    assert freshness.fault is not None


def test_no_declared_rpo_is_unknown_but_names_the_copy() -> None:
    freshness = assess(replace(ORDERS, rpo=None), [said(*GOOD)], NOW)
    assert freshness.state is FreshnessState.UNKNOWN
    assert (freshness.effective, freshness.effective_age) == (copy(10), None)
    assert freshness.fault is not None
    assert rules(freshness)[Rule.NO_RPO_DECLARED] is Severity.CRITICAL


def test_the_policy_sets_the_thresholds() -> None:
    strict = Thresholds(late=0.5, stale=0.6)
    assert assess(ORDERS, [said(copy(10))], NOW, strict).state is FreshnessState.STALE


def test_the_json_has_exactly_the_documented_keys() -> None:
    data = as_json(of(copy(60), copy(1, files=0)))
    assert list(data) == [
        *("system", "state", "rpo_seconds", "effective_age_seconds", "effective", "findings", "fault", "checked_at")
    ]
    assert (data["rpo_seconds"], data["effective_age_seconds"], data["state"]) == (900, 3600, "stale")
    assert data["effective"]["restorable_through"] == "2026-11-22T02:02:00+00:00"
    assert all(set(found) == {"rule", "severity", "detail", "helps"} and found["helps"] for found in data["findings"])


def test_the_json_of_the_unknown_shows_no_age() -> None:
    data = as_json(assess(ORDERS, [said(fault=REFUSED)], NOW))
    assert (data["effective_age_seconds"], data["effective"]) == (None, None)
    assert data["fault"] == "restic refused our password."


@pytest.mark.parametrize(
    ("seconds", "says"),
    [
        (0, "0 s"),
        (59, "59 s"),
        (600, "10 min"),
        (3600, "1 h"),
        (3900, "1 h 5 min"),
        (86400, "1 d"),
        (-97200, "1 d 3 h"),
    ],
)
def test_a_length_of_time_is_told_in_its_two_largest_units(seconds: int, says: str) -> None:
    assert span(timedelta(seconds=seconds)) == says


def test_a_time_a_day_away_is_told_with_its_date() -> None:
    assert "2026-11-20 03:02 UTC" in of(copy(2 * 24 * 60)).findings[0].detail
