"""Starting and stopping systems, live ones and scratch copies, and moving their data."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import signal
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bot.demo.clock import compact, utc_now
from bot.demo.environment import for_programs, project_folder
from bot.demo.errors import Refused, SystemSilent
from bot.demo.ports import free_port
from bot.demo.processes import end, identify, is_alive, spawn
from bot.demo.record import Instance

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.demo.book import Book
    from bot.demo.systems import Ground, System

_READY_SECONDS = 60.0
_POLL_SECONDS = 0.05


class Serving:
    """Runs systems on data. Everything it starts is in the book before it is waited for."""

    def __init__(self, book: Book, ground: Ground, systems: dict[str, System]) -> None:
        self._book = book
        self._ground = ground
        self._systems = systems
        self._children: dict[str, asyncio.subprocess.Process] = {}

    def target(self, system: str, path: str) -> Path:
        """The data folder that a request names; the live one when it names none. Raises Refused."""
        if system not in self._systems:
            raise Refused(f"There is no system {system!r}. There are: {', '.join(self._systems)}.")
        target = Path(path) if path else self._ground.layout.data(system)
        if target not in (self._ground.layout.data(system), self._ground.layout.scratch(system)):
            raise Refused(f"{target} is neither the live data nor the scratch folder of {system}.")
        return target

    def is_live(self, system: str, target: Path) -> bool:
        """Whether that is the system's live data."""
        return target == self._ground.layout.data(system)

    def name(self, system: str, target: Path) -> str:
        """What people call a system on that data; shorter than the path of it."""
        return system if self.is_live(system, target) else f"the scratch copy of {system}"

    async def start(self, system: str, target: Path) -> Instance:
        """Starts a system on data and waits until it is ready. Writers and backups stay out until `open`."""
        if self.running(target):
            raise Refused(f"{self.name(system, target)} already runs.")
        if not await asyncio.to_thread(_holds_something, target):
            raise Refused(f"{self.name(system, target)} cannot be started: {target} holds nothing.")
        live = self.is_live(system, target)
        port = self._ground.ports[system] if live else free_port(self._ground.ports.values())
        instance = Instance(system, str(target), port, live)
        await asyncio.to_thread(self._systems[system].prepare, self._ground, instance)
        name = process_name(instance)
        await self.launch(name, self._systems[system].command(self._ground, instance))
        self._book.change(lambda record: record.with_instance(instance))
        await self._wait_until_ready(instance, name)
        return instance

    async def launch(self, name: str, command: Sequence[str], extra: Mapping[str, str] | None = None) -> None:
        """Starts a program, with `extra` in its environment, and enters it in the book."""
        log = self._ground.layout.log(name)
        environment = for_programs(self._ground.layout) | dict(extra or {})
        child = await spawn(command, environment=environment, log=log, folder=project_folder())
        self._children[name] = child
        process = identify(name, child.pid, command)
        self._book.change(lambda record: record.with_process(process))

    def running(self, target: Path) -> bool:
        """Whether a process serves that data now."""
        instance = self._book.record.instance(target)
        if instance is None:
            return False
        process = self._book.record.process(process_name(instance))
        return process is not None and is_alive(process)

    async def stop(self, target: Path, *, kill: bool = False) -> bool:
        """Ends what serves that data, gently or at once; True when something did."""
        instance = self._book.record.instance(target)
        if instance is None:
            return False
        name = process_name(instance)
        first = signal.SIGKILL if kill else signal.SIGINT if instance.system == "orders-db" else signal.SIGTERM
        was_there = await self.finish(name, first=first)
        self._book.change(lambda record: record.without_instance(target))
        return was_there

    async def finish(self, name: str, *, first: signal.Signals = signal.SIGTERM) -> bool:
        """Ends a process of the book by its name; True when it was still there."""
        process = self._book.record.process(name)
        was_there = process is not None and await end(process, first=first)
        if name in self._children:
            await self._children.pop(name).wait()
        self._book.change(lambda record: record.without_process(name))
        return was_there

    async def set_aside(self, system: str, target: Path) -> Path | None:
        """Moves data out of the way; where it lies now, or None when there was none. Scratch data is only removed."""
        if self.running(target):
            raise Refused(f"{self.name(system, target)} still runs: stop it before its data is moved.")
        if self.is_live(system, target):
            aside = self._ground.layout.aside / f"{system}-{compact(utc_now())}"
            return await asyncio.to_thread(_move_if_there, target, aside)
        await asyncio.to_thread(shutil.rmtree, target, ignore_errors=True)
        return None

    async def discard(self, system: str, target: Path) -> None:
        """Stops a scratch copy and removes its data. Raises Refused for live data."""
        if self.is_live(system, target):
            raise Refused(f"That is the live data of {system}: only scratch copies are discarded.")
        await self.stop(target)
        await self.set_aside(system, target)

    def open(self, target: Path) -> None:
        """Lets writers and backups in."""
        instance = self._book.record.instance(target)
        if instance is None or not self.running(target):
            raise Refused(f"Nothing runs on {target}.")
        self._book.change(lambda record: record.with_instance(replace(instance, open=True)))

    async def _wait_until_ready(self, instance: Instance, name: str) -> None:
        process = self._book.record.process(name)
        assert process is not None
        log = self._ground.layout.log(name)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_READY_SECONDS):
                while not await self._is_ready(instance):
                    if not is_alive(process):
                        await self.stop(Path(instance.target))
                        raise Refused(f"{instance.system} ended right after its start. {tail(log)}")
                    await asyncio.sleep(_POLL_SECONDS)
                return
        await self.stop(Path(instance.target), kill=True)
        raise Refused(f"{instance.system} was not ready {_READY_SECONDS:g} s after its start. {tail(log)}")

    async def _is_ready(self, instance: Instance) -> bool:
        try:
            return await self._systems[instance.system].ready(self._ground, instance)
        except SystemSilent:
            return False


def process_name(instance: Instance) -> str:
    """What the process of an instance is called."""
    return instance.system if instance.live else f"{instance.system}-scratch"


def _holds_something(folder: Path) -> bool:
    return folder.is_dir() and any(folder.iterdir())


def _move_if_there(data: Path, aside: Path) -> Path | None:
    return data.rename(aside) if data.exists() else None


def tail(log: Path, lines: int = 3) -> str:
    """The last lines of a log, as a sentence."""
    if not log.exists():
        return "It wrote nothing."
    said = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-lines:]
    return f"It said: {' / '.join(said)}" if said else "It wrote nothing."
