"""Processes are known by id and start time."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.demo.processes import end, identify, is_alive, run, spawn

if TYPE_CHECKING:
    from pathlib import Path

SLEEPER = (sys.executable, "-c", "import time; time.sleep(60)")


async def test_a_recorded_process_is_ended(tmp_path: Path) -> None:
    child = await spawn(SLEEPER, environment={}, log=tmp_path / "log", folder=tmp_path)
    record = identify("sleeper", child.pid, SLEEPER)
    assert is_alive(record)
    assert await end(record)
    await child.wait()
    assert not is_alive(record)


async def test_another_process_that_got_the_same_number_is_left_alone(tmp_path: Path) -> None:
    child = await spawn(SLEEPER, environment={}, log=tmp_path / "log", folder=tmp_path)
    record = identify("sleeper", child.pid, SLEEPER)
    assert not await end(replace(record, started_at=record.started_at - 60))
    assert is_alive(record)
    await end(record)
    await child.wait()


async def test_a_program_that_takes_too_long_is_killed_and_says_so(tmp_path: Path) -> None:
    code, said = await run(SLEEPER, environment={}, folder=tmp_path, seconds=0.2)
    assert (code, "longer than 0.2 s" in said) == (124, True)
