"""Comparing a living system with the truth."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.demo.samples import Sample
from bot.demo.verify import compare

START = datetime(2026, 11, 22, 10, 15, tzinfo=UTC)
TRUTH = [Sample(f"dns-{n}", START + timedelta(seconds=2 * n), {"records": 100 + n}) for n in range(5)]


def test_a_system_that_holds_the_newest_canary_and_its_counts_agrees() -> None:
    finding = compare("dns", TRUTH[-1], TRUTH)
    assert finding.agrees
    assert finding.detail == "dns-4, 104 records"


def test_one_canary_may_be_written_while_the_question_is_on_its_way() -> None:
    assert compare("dns", TRUTH[-2], TRUTH).agrees


def test_older_data_do_not_agree() -> None:
    finding = compare("dns", TRUTH[0], TRUTH)
    assert not finding.agrees
    assert "4 canaries older" in finding.detail


def test_lost_rows_do_not_agree_though_the_canary_is_the_newest() -> None:
    finding = compare("dns", Sample("dns-4", TRUTH[-1].written_at, {"records": 3}), TRUTH)
    assert not finding.agrees
    assert "counts differ" in finding.detail


def test_a_canary_that_nobody_recorded_does_not_agree() -> None:
    finding = compare("dns", Sample("stranger", START, {}), TRUTH)
    assert not finding.agrees
    assert "not in the truth" in finding.detail
