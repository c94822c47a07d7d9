"""The estate's supervisor: a daemon that brings the systems up, backs them up, and takes requests.

Used as ``python -m bot.demo.supervisor STATE``; `./run demo up` starts it.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

from aiohttp import web

from bot.demo.backups import archive, barman, litestream
from bot.demo.backups.jobs import Jobs
from bot.demo.book import Book
from bot.demo.canaries import Writers
from bot.demo.control import Control, application
from bot.demo.errors import DemoError
from bot.demo.layout import Layout
from bot.demo.processes import identify
from bot.demo.record import read_record
from bot.demo.serving import Serving
from bot.demo.systems import Ground, System, all_systems
from bot.demo.toolbox import write_toolbox

_ARCHIVE = "archive"
_log = logging.getLogger(__name__)


class Supervisor:
    """One estate, from up to down."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._book = Book(layout.record, read_record(layout.record))
        self._ground = Ground(layout, self._book.record.ports)
        self._systems = all_systems()
        self._serving = Serving(self._book, self._ground, self._systems)
        self._writers = Writers(self._book, self._ground, self._systems)
        self._jobs = Jobs(layout, self._book)
        self._control = Control(layout, self._book, self._serving, self._writers, self._jobs)

    async def run(self) -> None:
        """Brings the estate up and keeps it until it is told to go down."""
        myself = identify("supervisor", os.getpid())
        self._book.change(lambda record: replace(record.with_process(myself), state="starting", instances=()))
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, self._control.down.set)
        runner = await self._listen()
        try:
            await self._bring_up()
            await self._supervise()
        finally:
            await runner.cleanup()
            await self._take_down()

    async def _listen(self) -> web.AppRunner:
        runner = web.AppRunner(application(self._control, self._book.record.key), access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", self._ground.ports["supervisor"]).start()
        return runner

    async def _bring_up(self) -> None:
        try:
            await asyncio.to_thread(self._configure)
            port, password = self._ground.ports[_ARCHIVE], self._book.record.archive_password
            command = archive.server_command(self._layout, port)
            await self._serving.launch(_ARCHIVE, command, archive.server_environment(password))
            await asyncio.gather(*(self._furnish(system) for system in self._systems.values()))
            await self._start_in_order()
            await self._jobs.first()
        except DemoError as failure:
            reason = f"failed: {failure}"
            self._book.change(lambda record: replace(record, state=reason))
            raise
        self._book.change(lambda record: replace(record, state="up"))
        _log.info("up")

    def _configure(self) -> None:
        self._layout.make()
        archive.write_configuration(self._layout, self._ground.ports[_ARCHIVE], self._reader_password())
        barman.write_configuration(self._layout, self._ground.ports["orders-db"])
        litestream.write_configuration(self._layout)
        write_toolbox(self._layout)

    def _reader_password(self) -> str:
        wrong = self._book.record.broken("wrong-password", "storage")
        return "not-the-password" if wrong else self._book.record.archive_password

    async def _furnish(self, system: System) -> None:
        if system.name in self._book.record.furnished:
            return
        data = self._layout.data(system.name)
        data.mkdir()
        await asyncio.to_thread(system.furnish, self._ground, data)
        self._book.change(lambda record: replace(record, furnished=(*record.furnished, system.name)))

    async def _start_in_order(self) -> None:
        """Starts every system that has data, the moment those it depends on are ready."""
        ready = {name: asyncio.Event() for name in self._systems}

        async def start(system: System) -> None:
            for other in system.depends_on:
                await ready[other].wait()
            data = self._layout.data(system.name)
            try:
                if data.is_dir():
                    await self._serving.start(system.name, data)
                    await self._control.open_live(system.name)
            finally:
                ready[system.name].set()

        await asyncio.gather(*(start(system) for system in self._systems.values()))

    async def _supervise(self) -> None:
        loops = dict(self._jobs.loops()) | {
            f"writer {name}": partial(self._writers.follow, name) for name in self._systems
        }
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(loop(), name=name) for name, loop in loops.items()]
            await self._control.down.wait()
            for task in tasks:
                task.cancel()

    async def _take_down(self) -> None:
        await self._serving.finish(litestream.PROCESS)
        instances = self._book.record.instances
        await asyncio.gather(*(self._serving.stop(Path(instance.target)) for instance in instances))
        await self._serving.finish(_ARCHIVE)
        self._book.change(lambda record: replace(record.without_process("supervisor"), state="down"))


def main(state: Path) -> None:
    """Runs until the estate goes down."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    asyncio.run(Supervisor(Layout(state)).run())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
