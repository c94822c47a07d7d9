"""Real processes: what a tool sees, and that none outlives its call."""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.domain.recovery_points import FaultKind, SourceFault
from bot.sources.process import ProcessRunner, small_environment

if TYPE_CHECKING:
    from collections.abc import Callable

ENVIRONMENT = small_environment({"PATH": "/usr/bin:/bin", "STORE_PASS": "hunter2hunter2"}, ["STORE_PASS"])
RUN = ProcessRunner(ENVIRONMENT)
LONG = timedelta(seconds=30)


def shell(script: str) -> list[str]:
    return ["sh", "-c", script]


async def until(condition: Callable[[], bool]) -> bool:
    """Whether it comes true within five seconds."""
    for _ in range(500):
        if condition():
            return True
        await asyncio.sleep(0.01)
    return False


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


async def gone(pid: int) -> bool:
    """Whether that process ends; a zombie has ended."""
    return await until(lambda: not _lives(pid))


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not (status.exists() and status.read_text().rpartition(")")[2].split()[0] == "Z")


async def pid_in(path: Path) -> int:
    """The process id that a script writes down, once it stands there."""
    assert await until(lambda: _read(path).endswith("\n"))
    return int(_read(path))


def _read(path: Path) -> str:
    return path.read_text() if path.exists() else ""


async def test_a_tool_ends_with_its_code_and_words() -> None:
    outcome = await RUN(shell("echo out; echo err >&2; exit 3"))
    assert (outcome.code, outcome.stdout, outcome.stderr) == (3, "out\n", "err\n")


async def test_a_tool_sees_a_small_environment_and_no_input() -> None:
    outcome = await RUN(["env"], environment={"EXTRA": "1"})
    assert set(outcome.stdout.split()) >= {"LC_ALL=C.UTF-8", "TZ=UTC", "EXTRA=1"}
    assert "HOME=" not in outcome.stdout
    assert (await RUN(["cat"])).stdout == ""
    assert (await RUN(["cat"], stdin=b"said")).stdout == "said"


async def test_secrets_are_taken_out_of_a_tools_errors() -> None:
    assert (await RUN(shell('echo "no: $STORE_PASS" >&2'))).stderr == "no: ***\n"


async def test_input_nobody_reads_does_no_harm() -> None:
    assert (await RUN(["true"], stdin=b"x" * 300_000)).code == 0


async def test_a_late_tool_is_killed_with_all_that_it_started(tmp_path: Path) -> None:
    script = shell(f"sleep 60 & echo $! > {tmp_path}/pid; wait")
    with pytest.raises(SourceFault, match=r"sh gave no answer in 0\.5 s\.") as caught:
        await RUN(script, timeout=timedelta(seconds=0.5))
    assert caught.value.kind is FaultKind.TIMEOUT
    assert await gone(await pid_in(tmp_path / "pid"))


async def test_what_a_tool_left_behind_is_killed_though_the_tool_itself_has_ended(tmp_path: Path) -> None:
    with pytest.raises(SourceFault):
        await RUN(shell(f"sleep 60 & echo $! > {tmp_path}/pid"), timeout=timedelta(seconds=0.5))
    assert await gone(await pid_in(tmp_path / "pid"))


async def test_a_cancelled_call_leaves_no_orphan(tmp_path: Path) -> None:
    script = shell(f"sleep 60 & echo $! > {tmp_path}/pid; wait")
    call = asyncio.create_task(RUN(script, timeout=LONG), name="a call to cancel")
    pid = await pid_in(tmp_path / "pid")
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert await gone(pid)


async def test_a_call_that_is_cancelled_while_its_tool_starts_leaves_no_orphan(tmp_path: Path) -> None:
    call = asyncio.create_task(RUN(shell(f"sleep 60 & echo $! > {tmp_path}/pid; wait"), timeout=LONG), name="a call")
    for _ in range(2):
        await asyncio.sleep(0)
    while not _read(tmp_path / "pid").endswith("\n"):  # the loop stands still: the call does not hear that it started
        os.sched_yield()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert await gone(int(_read(tmp_path / "pid")))


async def test_a_tool_that_says_too_much_is_ended() -> None:
    with pytest.raises(SourceFault, match="said more than 100,000 bytes") as caught:
        await ProcessRunner(ENVIRONMENT, cap=100_000)(["yes"], timeout=LONG)
    assert caught.value.kind is FaultKind.CORRUPT


@pytest.mark.parametrize(("cap", "limit"), [(100_000, LONG), (10**12, timedelta(seconds=0.2))])
async def test_a_tool_that_is_ended_while_it_speaks_leaves_no_pipe_open(cap: int, limit: timedelta) -> None:
    before = open_files()
    with pytest.raises(SourceFault):
        await ProcessRunner(ENVIRONMENT, cap=cap)(["yes"], timeout=limit)
    assert await until(lambda: open_files() <= before)


async def test_a_missing_tool_and_a_forbidden_one_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "tool").write_text("#!/bin/sh\n")
    with pytest.raises(SourceFault) as missing:
        await RUN(["nosuchtool"])
    with pytest.raises(SourceFault) as forbidden:
        await RUN([str(tmp_path / "tool")])
    with pytest.raises(SourceFault) as too_long:
        await RUN(["true", "x" * 3_000_000])
    kinds = [caught.value.kind for caught in (missing, forbidden, too_long)]
    assert kinds == [FaultKind.TOOL_MISSING, FaultKind.PERMISSION, FaultKind.UNKNOWN]
    assert "PATH" in missing.value.helps


@pytest.mark.skipif(sys.platform != "linux", reason="/proc tells the group")
async def test_a_tool_has_a_session_of_its_own() -> None:
    session = (await RUN(shell("cut -d' ' -f6 /proc/$$/stat"))).stdout.strip()
    assert session
    assert session != str(os.getsid(0))
