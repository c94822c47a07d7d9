"""The review and the summary in a terminal."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.domain import summary
from bot.domain.figures import figures_of
from bot.domain.review import Review, build_review
from tests.fakes.histories import one_system
from tests.unit.cli.terminal import NOW, FakeVerbs, bringback, world

if TYPE_CHECKING:
    from pathlib import Path


def reviewed() -> Review:
    told = one_system()
    return build_review(told.plan, told.events, "estate:4812:7c1e00")


def run(*words: str) -> Any:
    return bringback(world(FakeVerbs({"review": reviewed()})), *words)


def test_the_review_says_outcome_time_loss_and_exceptions() -> None:
    shown = run("review", "R-1").output
    assert "R-1 REAL: RECOVERED, 1 of 1 verified" in shown
    assert "RTA 34 min" in shown
    assert "RPA 10 min" in shown
    assert "Skipped: none. Break-glass: none." in shown


def test_the_review_prints_the_ledgers_head_as_verify_takes_it() -> None:
    assert "bringback ledger verify --head estate:4812:7c1e00" in run("review", "R-1").output


def test_the_review_as_json_and_as_markdown() -> None:
    assert json.loads(run("review", "R-1", "--json").stdout)["recovery"] == "R-1"
    assert run("review", "R-1", "--markdown").stdout.startswith("#")


def test_the_review_is_written_as_one_page(tmp_path: Path) -> None:
    result = run("review", "R-1", "--html", str(tmp_path / "r.html"))
    assert result.exit_code == 0
    assert (tmp_path / "r.html").read_text().lstrip().lower().startswith("<!doctype html")
    assert result.stdout == ""


def test_a_page_that_cannot_be_written_is_told_in_words(tmp_path: Path) -> None:
    result = run("review", "R-1", "--html", str(tmp_path / "none" / "r.html"))
    assert result.exit_code == 1
    assert "cannot be written: No such file or directory." in result.stderr


def summarized(since: Any, until: Any, tiers: Any) -> summary.Summary:
    return summary.summarize([figures_of(reviewed())], since, until, tiers=tiers or ())


def test_the_summary_covers_thirty_days_unless_told_otherwise() -> None:
    verbs = FakeVerbs({"summarize": summarized})
    result = bringback(world(verbs), "summary")
    assert result.exit_code == 0
    assert verbs.called("summarize") == [(NOW - timedelta(days=30), NOW, None)]


def test_the_summary_takes_a_stretch_of_time_and_tiers() -> None:
    verbs = FakeVerbs({"summarize": summarized})
    bringback(world(verbs), "summary", "--since", "7d", "--until", "1d", "--tier", "1", "--tier", "2")
    assert verbs.called("summarize") == [(NOW - timedelta(days=7), NOW - timedelta(days=1), (1, 2))]


def test_the_summary_as_json_lists_recoveries() -> None:
    told = json.loads(bringback(world(FakeVerbs({"summarize": summarized})), "summary", "--json").stdout)
    assert [one["recovery"] for one in told["recoveries"]] == ["R-1"]


def test_the_summary_as_markdown_and_as_a_page(tmp_path: Path) -> None:
    verbs = FakeVerbs({"summarize": summarized})
    assert "| R-1 |" in bringback(world(verbs), "summary", "--markdown").stdout
    result = bringback(world(verbs), "summary", "--html", str(tmp_path / "s.html"))
    assert (result.exit_code, result.stdout) == (0, "")
    assert '<td class="head">R-1 ' in (tmp_path / "s.html").read_text()


@pytest.mark.parametrize("text", ["soon", "2027-01-01"])
def test_a_time_that_is_none_or_lies_ahead_is_told_in_words(text: str) -> None:
    assert bringback(world(), "summary", "--since", text).exit_code == 1
