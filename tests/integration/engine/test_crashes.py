"""Killed at every named crash point: ledger and effects agree, nothing is lost, nothing is doubled."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import pytest

from bot.engine.crash_points import POINTS
from tests.fakes.crash_runs import KILLED, CrashRuns, crash_runs, prepare_known, wrong_with

if TYPE_CHECKING:
    from pathlib import Path

AT_ONCE = 4
BATCHES = {f"batch {place + 1} of 3": POINTS[place::3] for place in range(3)}


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An estate whose bot was started once."""
    folder = tmp_path_factory.mktemp("started") / "estate"
    asyncio.run(prepare_known(folder))
    return folder


@pytest.mark.parametrize("points", BATCHES.values(), ids=BATCHES.keys())
async def test_killed_at_a_crash_point_a_recovery_goes_on_to_its_end(
    tmp_path: Path, started: Path, points: tuple[str, ...]
) -> None:
    limit = asyncio.Semaphore(AT_ONCE)
    folders = {point: tmp_path / point.replace(" ", "-") for point in points}

    async def killed(runs: CrashRuns, point: str) -> tuple[int, int]:
        async with limit:
            return await runs.killed_once(folders[point], point)

    async with crash_runs(started) as runs:
        ended = await asyncio.gather(*(killed(runs, point) for point in points))
    wrong = {
        point: await wrong_with(folders[point], ends, (KILLED, 0)) for point, ends in zip(points, ended, strict=True)
    }
    assert {point: faults for point, faults in wrong.items() if faults} == {}


async def test_killed_together_with_what_it_runs_a_recovery_goes_on_or_asks(tmp_path: Path, started: Path) -> None:
    points = ("after wrapper", "after gate", "after attempt end")
    folders = {point: tmp_path / point.replace(" ", "-") for point in points}
    async with crash_runs(started) as runs:
        ended = await asyncio.gather(*(runs.killed_once(folders[point], point, commands=True) for point in points))
    wrong = [await wrong_with(folders[point], ends, (KILLED, 0)) for point, ends in zip(points, ended, strict=True)]
    assert wrong == [[], [], []]


async def test_a_recovery_that_nothing_disturbs_passes_every_crash_point(tmp_path: Path, started: Path) -> None:
    async with crash_runs(started) as runs:
        folder = runs.furnish(tmp_path / "estate")
        assert await runs.bot(folder) == 0
    assert await wrong_with(folder) == []
    passed = json.loads((folder / "passed.json").read_text(encoding="utf-8"))
    assert set(POINTS) - set(passed) == set()
