"""The real surface against the local workspace, over a real store, with an engine that is done at once."""

from __future__ import annotations

import asyncio
import shutil
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from bot.console.client import Desk as Page
from bot.console.client import sign_in
from bot.console.config import ConsoleConfig, Shortcut
from bot.console.server import Console, serve
from bot.domain.clock import SystemClock
from bot.domain.events import Source
from bot.operations.desk import Desk
from bot.slack.pace import Rates
from bot.slack.surface import SlackSurface
from bot.store.database import migrate, open_store
from handlers.registry import registry
from tests.fakes.quick_engine import QuickEngine
from tests.fakes.small_estate import read_estate, write_estate

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.domain.runbook import Backup
    from bot.operations.desk import Source as BackupSource
    from bot.slack.call import Routes

SHORTCUTS = (
    Shortcut("start_recovery", "Start a recovery"),
    Shortcut("use_as_evidence", "Use as evidence", on_message=True),
)
CONSOLE = ConsoleConfig(
    ack_seconds=1.0, settle_seconds=0.3, event_retry_seconds=(0.05, 0.05, 0.05), shortcuts=SHORTCUTS
)
RATES = Rates(channel_seconds=0.05, update_seconds=0.05)


@dataclass
class World:
    """Everything that runs in one test."""

    console: Console
    desk: Desk
    surface: SlackSurface
    page: Page


def no_source(_backup: Backup) -> BackupSource:
    raise AssertionError


@pytest.fixture
async def console(tmp_path: Path) -> AsyncIterator[Console]:
    running = await serve(CONSOLE, tmp_path / "console")
    yield running
    await running.close()


@pytest.fixture(scope="session")
def blank_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database with its schema, made once: making it takes most of a second."""
    path = tmp_path_factory.mktemp("blank") / "bot.db"
    asyncio.run(migrate(f"sqlite://{path}"))
    return path


@pytest.fixture
def database(blank_database: Path, tmp_path: Path) -> str:
    return f"sqlite://{shutil.copy(blank_database, tmp_path / 'bot.db')}"


@pytest.fixture
async def desk(database: str, tmp_path: Path) -> AsyncIterator[Desk]:
    write_estate(tmp_path / "runbooks")
    async with open_store(database, SystemClock()) as store:
        yield Desk(
            read_library=read_estate(tmp_path / "runbooks"),
            store=store,
            engine=QuickEngine(store, SystemClock()),
            make_source=no_source,
            clock=SystemClock(),
            attachments=tmp_path / "attachments",
        )


def make_surface(
    console: Console, desk: Desk, routes: Routes | None = None, refresh_seconds: float = 0.1
) -> SlackSurface:
    return SlackSurface(
        name="console",
        api_url=console.url,
        bot_token=console.tokens.bot,
        app_token=console.tokens.app,
        via=Source.CONSOLE,
        desk=desk,
        routes=routes or registry(),
        rates=RATES,
        refresh_seconds=refresh_seconds,
    )


@asynccontextmanager
async def running(surface: SlackSurface) -> AsyncIterator[SlackSurface]:
    await surface.start()
    try:
        yield surface
    finally:
        await surface.stop()


@pytest.fixture
async def world(console: Console, desk: Desk) -> AsyncIterator[World]:
    async with running(make_surface(console, desk)) as surface, sign_in(console.login_url()) as page:
        await page.person("responder").wait_for(lambda _state: console.sockets.connected, seconds=5)
        yield World(console, desk, surface, page)
