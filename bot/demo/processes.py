"""Starting, recognising and ending processes: by process id and start time, never by name."""

from __future__ import annotations

import asyncio
import os
import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psutil  # type: ignore[import-untyped] # it ships no types

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_POLL_SECONDS = 0.05
_SAME_START_SECONDS = 1.5  # a start time is read through the wall clock, which may be stepped a little


@dataclass(frozen=True, slots=True)
class ProcessRecord:
    """A process that was started here. `started_at` is its start in seconds since 1970, as the system tells it."""

    name: str
    pid: int
    started_at: float
    command: tuple[str, ...]


def identify(name: str, pid: int, command: Sequence[str] = ()) -> ProcessRecord:
    """The record of a living process. Raises ProcessLookupError."""
    try:
        process = psutil.Process(pid)
        return ProcessRecord(name, pid, process.create_time(), tuple(command) or tuple(process.cmdline()))
    except psutil.NoSuchProcess as gone:
        raise ProcessLookupError(pid) from gone


def is_alive(record: ProcessRecord) -> bool:
    """Whether this very process still runs; another one that got its number does not count."""
    try:
        process = psutil.Process(record.pid)
        same = abs(process.create_time() - record.started_at) < _SAME_START_SECONDS
        return bool(same and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


async def spawn(
    command: Sequence[str], *, environment: Mapping[str, str], log: Path, folder: Path
) -> asyncio.subprocess.Process:
    """Starts a program in a session of its own, so that Ctrl-C here does not reach it; its output goes to `log`."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        return await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=dict(environment),
            cwd=folder,
            start_new_session=True,
        )


def signal_group(pid: int, number: signal.Signals) -> None:
    """Signals a process that leads a group, with all of its group. Does nothing when it is gone."""
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        return
    except PermissionError:  # macOS says so about a group that has only zombies left
        return


async def run(
    command: Sequence[str], *, environment: Mapping[str, str], folder: Path, seconds: float, text: bytes | None = None
) -> tuple[int, str]:
    """Runs a program to its end: its exit code and all its output. Past `seconds` it is killed (code 124)."""
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL if text is None else asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env=dict(environment),
        cwd=folder,
        start_new_session=True,
    )
    try:
        output, _ = await asyncio.wait_for(process.communicate(text), seconds)
    except TimeoutError:
        return 124, f"{command[0]} was killed: it took longer than {seconds:g} s"
    finally:
        if process.returncode is None:
            signal_group(process.pid, signal.SIGKILL)
            await process.wait()
    return process.returncode or 0, output.decode(errors="replace")


async def end(record: ProcessRecord, *, grace_seconds: float = 5.0, first: signal.Signals = signal.SIGTERM) -> bool:
    """Ends a recorded process and its group; True when it was still there. Kills what has not gone after the grace."""
    if not is_alive(record):
        return False
    for number, seconds in ((first, grace_seconds), (signal.SIGKILL, 5.0)):
        signal_group(record.pid, number)
        for _ in range(int(seconds / _POLL_SECONDS)):
            if not is_alive(record):
                return True
            await asyncio.sleep(_POLL_SECONDS)
    return True
