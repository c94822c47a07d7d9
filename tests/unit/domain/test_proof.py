"""Proof: what a check found, held against the recorded truth."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from bot.domain.errors import BringbackError
from bot.domain.proof import (
    Compared,
    Comparison,
    Sample,
    compare,
    comparison_json,
    parse_sample,
    samples_through,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

START = datetime(2026, 11, 22, 2, 52, 10, tzinfo=UTC)
EVERY = timedelta(seconds=5)
SECOND = timedelta(seconds=1)


def canary(number: int, **counts: int) -> Sample:
    return Sample(f"token-{number}", START + number * EVERY, counts or {"orders": 1000 + 10 * number})


TRUTH = tuple(canary(number) for number in range(20))


def judged(found: Sample | None, through: Sample, *, hole: bool = False) -> Comparison:
    return compare(found, TRUTH, through.written_at + SECOND, EVERY, hole=hole)


def test_the_newest_promised_canary_with_its_counts_is_verified() -> None:
    comparison = judged(canary(19), canary(19))
    assert comparison.verdict is Compared.VERIFIED
    assert comparison.detail == "Everything up to 02:53:45 UTC came back: 1,190 orders."


def test_the_last_canary_may_still_have_been_in_flight() -> None:
    assert judged(canary(18), canary(19)).verdict is Compared.VERIFIED


def test_a_recorded_canary_newer_than_promised_is_fine() -> None:
    assert judged(canary(19), canary(10)).verdict is Compared.VERIFIED


def test_missing_rows_are_counted_and_dated() -> None:
    comparison = judged(canary(3), canary(19))
    assert comparison.verdict is Compared.FAILED
    assert comparison.missing == {"orders": 140}
    assert comparison.detail == (
        "140 of 1,170 orders are missing: nothing written between 02:52:25 and 02:53:35 UTC came back."
    )
    assert (comparison.missing_from, comparison.missing_to) == (canary(3).written_at, canary(17).written_at)
    assert comparison.helps


def test_rows_missing_across_midnight_are_dated_with_their_day() -> None:
    truth = (replace(canary(0), written_at=START - timedelta(hours=4)), *TRUTH[1:])
    assert "between 2026-11-21 22:52:10 UTC and" in compare(truth[0], truth, canary(9).written_at, EVERY).detail


def test_a_hole_the_source_knows_of_leaves_no_slack() -> None:
    truth, through = TRUTH[:3], canary(2).written_at + 3 * SECOND
    assert compare(canary(1), truth, through, EVERY).verdict is Compared.VERIFIED
    comparison = compare(canary(1), truth, through, EVERY, hole=True)
    assert comparison.verdict is Compared.FAILED
    assert comparison.missing == {"orders": 10}


def test_an_idle_stretch_that_is_missing_is_still_missing() -> None:
    truth = tuple(replace(sample, counts={"orders": 5}) for sample in TRUTH)
    comparison = compare(truth[2], truth, canary(19).written_at, EVERY)
    assert comparison.verdict is Compared.FAILED
    assert comparison.detail == "Nothing written between 02:52:20 and 02:53:35 UTC came back."


def test_rows_missing_at_a_canary_that_came_back_are_a_failure() -> None:
    comparison = judged(canary(19, orders=1189), canary(19))
    assert comparison.verdict is Compared.FAILED
    assert comparison.missing == {"orders": 1}
    assert comparison.detail == ("1 of 1,190 orders is missing, though the canary written at 02:53:45 UTC came back.")


def test_rows_that_were_never_there_are_a_failure() -> None:
    comparison = judged(canary(19, orders=1195), canary(19))
    assert comparison.verdict is Compared.FAILED
    assert comparison.detail == "5 orders came back that were not there at 02:53:45 UTC."


def test_a_kind_of_row_that_was_not_counted_is_a_failure() -> None:
    comparison = judged(canary(19, customers=3), canary(19))
    assert comparison.verdict is Compared.FAILED
    assert comparison.detail == "The check did not count orders."


def test_counts_beyond_those_recorded_are_not_held_against_it() -> None:
    assert judged(canary(19, orders=1190, customers=3), canary(19)).verdict is Compared.VERIFIED


def test_a_truth_without_counts_compares_tokens_alone() -> None:
    truth = tuple(replace(sample, counts={}) for sample in TRUTH)
    comparison = compare(truth[-1], truth, canary(19).written_at, EVERY)
    assert comparison.verdict is Compared.VERIFIED
    assert comparison.detail == "Everything up to 02:53:45 UTC came back."


def test_a_token_nobody_recorded_is_a_failure() -> None:
    comparison = judged(replace(canary(19), token="invented"), canary(19))
    assert comparison.verdict is Compared.FAILED
    assert "never recorded" in comparison.detail


def test_data_from_before_the_truth_began_are_missing_rows() -> None:
    old = Sample("older", START - timedelta(hours=1), {"orders": 400})
    comparison = judged(old, canary(19))
    assert comparison.verdict is Compared.FAILED
    assert comparison.missing == {"orders": 770}


def test_data_and_promise_from_before_the_truth_began_cannot_be_judged() -> None:
    old = Sample("older", START - timedelta(hours=1), {"orders": 400})
    assert compare(old, TRUTH, START, EVERY).verdict is Compared.NO_TRUTH


def test_no_canary_at_all_is_a_failure_once_one_was_promised() -> None:
    comparison = judged(None, canary(19))
    assert comparison.verdict is Compared.FAILED
    assert comparison.missing == {"orders": 1170}
    assert judged(None, canary(0)).verdict is Compared.NO_TRUTH


def test_without_samples_there_is_no_truth() -> None:
    comparison = compare(canary(1), (), START, EVERY)
    assert comparison.verdict is Compared.NO_TRUTH
    assert comparison.helps


def test_the_time_of_what_was_found_is_the_truths_own() -> None:
    found = replace(canary(19), written_at=START + timedelta(days=300))
    comparison = judged(found, canary(19))
    assert comparison.found is not None
    assert comparison.found.written_at == canary(19).written_at


def test_samples_through_a_moment_are_sorted_and_include_it() -> None:
    assert samples_through(reversed(TRUTH), canary(4).written_at) == TRUTH[:5]


def test_the_json_of_a_comparison_is_what_the_ledger_keeps() -> None:
    data = comparison_json(judged(canary(3), canary(19)))
    assert (data["verdict"], data["missing"]) == ("failed", {"orders": 140})
    assert data["missing_from"] == "2026-11-22T02:52:25+00:00"
    assert data["found"]["token"] == "token-3"
    empty = comparison_json(compare(None, (), START, EVERY))
    assert (empty["verdict"], empty["expected"], empty["missing_to"]) == ("no_truth", None, None)


def test_a_sample_is_read_from_its_json() -> None:
    data = {"token": "a", "written_at": "2026-11-22T03:52:10+01:00", "counts": {"orders": 7}}
    assert parse_sample(data) == Sample("a", START, {"orders": 7})
    moment = START.astimezone(timezone(timedelta(hours=9)))
    assert parse_sample({"token": "a", "written_at": moment}).written_at == START


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ([], "not a JSON object"),
        ({"written_at": "2026-11-22T02:52:10Z"}, "has no token"),
        ({"token": ""}, "has no token"),
        ({"token": "a", "written_at": "yesterday"}, "is not one: 'yesterday'"),
        ({"token": "a"}, "is not one: None"),
        ({"token": "a", "written_at": "2026-11-22T02:52:10"}, "does not say its zone"),
        ({"token": "a", "written_at": "2026-11-22T02:52:10Z", "counts": {"orders": "7"}}, "not whole numbers"),
        ({"token": "a", "written_at": "2026-11-22T02:52:10Z", "counts": {"orders": True}}, "not whole numbers"),
        ({"token": "a", "written_at": "2026-11-22T02:52:10Z", "counts": {"orders": -1}}, "not whole numbers"),
        ({"token": "a", "written_at": "2026-11-22T02:52:10Z", "counts": 7}, "not whole numbers"),
    ],
)
def test_a_broken_sample_is_named(data: Mapping[str, object], says: str) -> None:
    with pytest.raises(BringbackError, match=says) as caught:
        parse_sample(data)
    assert caught.value.helps.startswith("It looks like")
