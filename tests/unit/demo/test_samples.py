"""Canaries and the truth about them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bot.demo.samples import Sample, new_token, read_truth, record_truth, sample_from_json

if TYPE_CHECKING:
    from pathlib import Path

AT = datetime(2026, 11, 22, 10, 15, 0, 123456, tzinfo=UTC)
SAMPLE = Sample("orders-db-01", AT, {"orders": 12345})


def test_a_sample_is_written_as_bringback_reads_it() -> None:
    assert SAMPLE.as_json() == {
        "token": "orders-db-01",
        "written_at": "2026-11-22T10:15:00.123456Z",
        "counts": {"orders": 12345},
    }


def test_what_was_recorded_is_read_back(tmp_path: Path) -> None:
    record_truth(tmp_path / "truth.jsonl", SAMPLE)
    record_truth(tmp_path / "truth.jsonl", SAMPLE)
    assert read_truth(tmp_path / "truth.jsonl") == [SAMPLE, SAMPLE]


def test_a_line_that_is_still_being_written_is_left_out(tmp_path: Path) -> None:
    truth = tmp_path / "truth.jsonl"
    record_truth(truth, SAMPLE)
    with truth.open("a", encoding="utf-8") as file:
        file.write('{"token": "half')
    assert read_truth(truth) == [SAMPLE]


def test_a_system_that_recorded_nothing_has_an_empty_truth(tmp_path: Path) -> None:
    assert read_truth(tmp_path / "none.jsonl") == []


def test_counts_that_are_no_object_are_refused() -> None:
    with pytest.raises(ValueError, match="counts"):
        sample_from_json({"token": "a", "written_at": "2026-11-22T10:15:00Z", "counts": 3})


def test_tokens_differ_and_name_their_system() -> None:
    tokens = {new_token("dns") for _ in range(100)}
    assert len(tokens) == 100
    assert all(token.startswith("dns-") for token in tokens)
