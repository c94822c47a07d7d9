"""Bringing an estate up, taking it down, and telling how it stands: from outside, through its records."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.demo.bot_settings import write_bot_exports
from bot.demo.client import request
from bot.demo.environment import for_programs, project_folder
from bot.demo.errors import DemoError, NotRunning
from bot.demo.ports import free_port, is_free
from bot.demo.processes import end, is_alive, spawn
from bot.demo.record import Record, new_record, read_record, write_record
from bot.demo.serving import tail
from bot.demo.systems import all_systems

if TYPE_CHECKING:
    from bot.demo.layout import Layout

_UP_SECONDS = 90.0
_DOWN_SECONDS = 20.0
_POLL_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Standing:
    """How one system stands."""

    system: str
    depends_on: tuple[str, ...]
    state: str  # up | up, writers kept out | down | gone
    port: int
    breakages: tuple[str, ...]


def is_up(record: Record) -> bool:
    """Whether the supervisor lives."""
    supervisor = record.process("supervisor")
    return supervisor is not None and is_alive(supervisor)


async def bring_up(layout: Layout) -> Record:
    """Starts the estate of a state folder and waits until everything in it is up. Raises DemoError."""
    record = _prepared(layout)
    child = None if is_up(record) else await _start_supervisor(layout, record)
    up = await _wait_until_up(layout, child)
    write_bot_exports(layout)
    return up


async def _start_supervisor(layout: Layout, record: Record) -> asyncio.subprocess.Process:
    for process in record.processes:
        await end(process)  # left behind by a supervisor that was killed
    write_record(layout.record, replace(record, processes=(), instances=(), state="starting"))
    command = (sys.executable, "-m", "bot.demo.supervisor", str(layout.state))
    log = layout.log("supervisor")
    return await spawn(command, environment=for_programs(layout), log=log, folder=project_folder())


def _prepared(layout: Layout) -> Record:
    layout.make()
    record = read_record(layout.record) if layout.record.exists() else new_record({})
    return record if is_up(record) else replace(record, ports=_ports(record))


def _ports(record: Record) -> dict[str, int]:
    """A port for everything that listens: the one it had before, unless somebody else took it meanwhile."""
    mine = any(is_alive(process) for process in record.processes)  # left behind, and ended before the next start
    ports = {name: port for name, port in record.ports.items() if mine or is_free(port)}
    for name in ("supervisor", "archive", "console", "bot", *all_systems()):
        if name not in ports:
            ports[name] = free_port([*ports.values(), *record.ports.values()])
    return ports


async def _wait_until_up(layout: Layout, child: asyncio.subprocess.Process | None) -> Record:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_UP_SECONDS):
            while True:
                record = read_record(layout.record)
                if record.state == "up":
                    return record
                if record.state.startswith("failed"):
                    raise DemoError(f"The estate did not come up: {record.state.partition(': ')[2]}")
                if child is not None and child.returncode is not None:
                    raise DemoError(f"The supervisor ended. {tail(layout.log('supervisor'))}")
                await asyncio.sleep(_POLL_SECONDS)
    raise DemoError(f"The estate was not up after {_UP_SECONDS:g} s. {tail(layout.log('supervisor'))}")


async def take_down(layout: Layout) -> list[str]:
    """Ends everything that was recorded, and nothing else; returns the names of what had to be ended."""
    if not layout.record.exists():
        return []
    layout.bot_exports.unlink(missing_ok=True)
    record = read_record(layout.record)
    before = [process for process in record.processes if is_alive(process)]
    for process in before:
        if process.name in {"bot", "console"}:
            await end(process)
    with contextlib.suppress(NotRunning, DemoError):
        await asyncio.to_thread(request, layout, "down")
    supervisor = record.process("supervisor")
    for _ in range(int(_DOWN_SECONDS / _POLL_SECONDS)):
        if supervisor is None or not is_alive(supervisor):
            break
        await asyncio.sleep(_POLL_SECONDS)
    for process in read_record(layout.record).processes:
        await end(process)
    last = read_record(layout.record)
    write_record(layout.record, replace(last, processes=(), instances=(), state="down"))
    return [process.name for process in before]


def standings(layout: Layout, record: Record) -> list[Standing]:
    """How every system stands."""
    return [_standing(layout, record, name, tuple(system.depends_on)) for name, system in all_systems().items()]


def _standing(layout: Layout, record: Record, name: str, depends_on: tuple[str, ...]) -> Standing:
    instance = record.instance(layout.data(name))
    process = record.process(name)
    if instance is not None and process is not None and is_alive(process):
        state = "up" if instance.open else "up, writers kept out"
    else:
        state = "down" if layout.data(name).exists() else "gone"
    broken = tuple(item.mode for item in record.breakages if item.system == name)
    return Standing(name, depends_on, state, record.ports[name], broken)
