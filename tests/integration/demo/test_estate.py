"""A whole estate through its commands."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bot.demo.layout import Layout
from bot.demo.processes import is_alive
from bot.demo.record import read_record

if TYPE_CHECKING:
    from collections.abc import Iterator

PROJECT = Path(__file__).parents[3]


def _demo(state: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bot.demo", *words, "--state", str(state)]
    return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=110, check=False)


@pytest.fixture
def estate(tmp_path: Path) -> Iterator[Layout]:
    layout = Layout(tmp_path / "an estate")
    try:
        yield layout
    finally:
        _demo(layout.state, "down")


def test_an_estate_comes_up_agrees_with_its_truth_breaks_is_mended_and_goes_down(estate: Layout) -> None:
    up = _demo(estate.state, "up")
    assert up.returncode == 0, up.stderr
    assert "export STATE_DIR=" in estate.bot_exports.read_text(encoding="utf-8")
    findings: list[dict[str, Any]] = json.loads(_demo(estate.state, "verify", "--json").stdout)
    assert [finding["detail"] for finding in findings if not finding["agrees"]] == []

    assert "carries a time in the future" in _demo(estate.state, "break", "future-dated", "storage").stdout
    assert _demo(estate.state, "break", "gone", "docs").returncode == 0
    assert not estate.data("docs").exists()
    assert _demo(estate.state, "verify").returncode == 1
    mended = _demo(estate.state, "mend").stdout
    assert "storage: no copy is from the future any more" in mended
    assert "docs: its data is back" in mended

    processes = read_record(estate.record).processes
    _demo(estate.state, "down")
    assert not [process.name for process in processes if is_alive(process)]
    assert not estate.bot_exports.exists()


def test_an_estate_that_is_down_says_how_to_start_it(estate: Layout) -> None:
    refused = _demo(estate.state, "break", "gone", "dns")
    assert refused.returncode == 1
    assert "`./run demo up`" in refused.stderr
    assert "Traceback" not in refused.stderr
