"""Parts of an estate on loopback, in a folder of their own, ended at the end."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.demo.backups import archive, barman
from bot.demo.book import Book
from bot.demo.canaries import Writers
from bot.demo.layout import Layout
from bot.demo.ports import free_port
from bot.demo.record import new_record
from bot.demo.serving import Serving
from bot.demo.systems import Ground, System, all_systems
from bot.demo.systems.cache import Cache
from bot.demo.systems.dns import Dns
from bot.demo.systems.orders_db import OrdersDb
from bot.demo.systems.storage import Storage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from bot.demo.record import Instance
    from bot.demo.samples import Sample


class Part:
    """One system of an estate, served without its supervisor."""

    def __init__(self, layout: Layout, name: str) -> None:
        self.layout, self.name = layout, name
        ports: dict[str, int] = {}
        for each in ("archive", *all_systems()):
            ports[each] = free_port(ports.values())
        self.book = Book(layout.record, new_record(ports))
        self.ground = Ground(layout, ports)
        small: list[System] = [
            Dns(hosts=50),
            Cache(first_sessions=100),
            OrdersDb(first_orders=500),
            Storage(medium_bytes=4096),
        ]
        self.systems = all_systems() | {system.name: system for system in small}
        self.serving = Serving(self.book, self.ground, self.systems)
        self.writers = Writers(self.book, self.ground, self.systems)

    @property
    def system(self) -> System:
        return self.systems[self.name]

    @property
    def data(self) -> Path:
        return self.layout.data(self.name)

    @property
    def scratch(self) -> Path:
        return self.layout.scratch(self.name)

    async def begin(self) -> Instance:
        self.layout.make()
        self.data.mkdir()
        archive.write_configuration(self.layout, self.ground.ports["archive"], self.book.record.archive_password)
        barman.write_configuration(self.layout, self.ground.ports["orders-db"])
        await asyncio.to_thread(self.system.furnish, self.ground, self.data)
        return await self.serving.start(self.name, self.data)

    async def write(self) -> Sample:
        instance = self.book.record.instance(self.data)
        assert instance is not None
        return await self.writers.write(instance)

    async def ask(self, target: Path) -> Sample:
        instance = self.book.record.instance(target)
        assert instance is not None
        return await self.system.ask(self.ground, instance)

    async def end(self) -> None:
        for instance in self.book.record.instances:
            await self.serving.stop(Path(instance.target))
        for process in self.book.record.processes:
            await self.serving.finish(process.name)


@pytest.fixture
async def begun(tmp_path: Path) -> AsyncIterator[Callable[[str], Awaitable[Part]]]:
    """Starts one system, furnished, and ends it after the test."""

    @asynccontextmanager
    async def running(name: str) -> AsyncIterator[Part]:
        part = Part(Layout(tmp_path), name)
        try:
            await part.begin()
            yield part
        finally:
            await part.end()

    async with AsyncExitStack() as stack:

        async def begin(name: str) -> Part:
            return await stack.enter_async_context(running(name))

        yield begin
