"""A desk over a real store and a real folder of runbooks, with an engine that tells what it was told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.domain.events import Actor, Source
from bot.operations.desk import Desk
from bot.runbook.folder import RunbookFolder
from bot.store.database import migrate, open_store
from tests.fakes.fixed_clock import FixedClock
from tests.fakes.histories import at
from tests.fakes.recording_engine import RecordingEngine
from tests.fakes.small_estate import write_estate

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.domain.runbook import Backup
    from bot.operations.desk import Source as RecoveryPoints
    from bot.store.database import Store

RILEY = Actor("U1RESPONDER", "Riley", Source.SLACK)
ALEX = Actor("U2APPROVER", "Alex", Source.SLACK)
EVE = Actor("U9", "Eve", Source.SLACK)


def no_source(_backup: Backup) -> RecoveryPoints:
    raise NotImplementedError


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(at(60))


@pytest.fixture
def runbooks(tmp_path: Path) -> Path:
    """The folder of the small estate: a test may change its files before it uses the desk."""
    folder = tmp_path / "runbooks"
    write_estate(folder)
    return folder


@pytest.fixture
async def store(tmp_path: Path, clock: FixedClock) -> AsyncIterator[Store]:
    await migrate(f"sqlite://{tmp_path}/bot.sqlite3")
    async with open_store(f"sqlite://{tmp_path}/bot.sqlite3", clock) as opened:
        yield opened


@pytest.fixture
def engine(store: Store, clock: FixedClock) -> RecordingEngine:
    return RecordingEngine(store, clock)


@pytest.fixture
def desk(runbooks: Path, store: Store, engine: RecordingEngine, clock: FixedClock) -> Desk:
    return Desk(RunbookFolder(runbooks, {}, clock).read, store, engine, no_source, clock)
