"""Builds the desk from settings, without the engine and Slack: what a terminal needs that reads, or writes down.

Beside `bot.app` because importing those takes longer than most of what is asked here.
"""

from __future__ import annotations

import errno
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bot.domain.clock import Clock, SystemClock
from bot.engine.redaction import keeper
from bot.operations.desk import Desk, LaterEngine, RecoveryEngine
from bot.runbook.folder import RunbookFolder
from bot.runbook.inputs import secret_reader
from bot.runbook.secrets import RunbookSecrets
from bot.sources.registry import Sources
from bot.store.database import Store, migrate, open_store, sqlite_path
from bot.store.holder import hold

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from bot.settings import Settings

SQLITE = "sqlite://"
LARGEST_SECRET = 65_536


@asynccontextmanager
async def open_reader(settings: Settings, clock: Clock | None = None) -> AsyncIterator[Desk]:
    """A desk that reads what is kept, and hinders nobody. Before the first start there is nothing: it reads that."""
    clock = clock or SystemClock()
    url = settings.database_url
    if url.startswith(SQLITE) and not sqlite_path(url).exists():
        await migrate(url)
    async with open_store(url, clock, read_only=True) as store:
        yield make_desk(settings, store, LaterEngine(), clock, make_folder(settings, clock))


@asynccontextmanager
async def open_writer(settings: Settings, clock: Clock | None = None) -> AsyncIterator[Desk]:
    """A desk that writes down what a person decides where no bot runs; the next bot carries it on. Raises NotHolder."""
    clock = clock or SystemClock()
    with hold(settings.state_dir):
        await migrate(settings.database_url)
        folder = make_folder(settings, clock)
        async with open_store(settings.database_url, clock, clean=keeper(make_secrets(settings, folder))) as store:
            yield make_desk(settings, store, LaterEngine(), clock, folder)


def make_folder(settings: Settings, clock: Clock) -> RunbookFolder:
    """The runbooks: one for all that reads them, for reading a thousand takes seconds."""
    return RunbookFolder(settings.runbooks_dir, settings.environment, clock)


def make_secrets(settings: Settings, folder: RunbookFolder) -> RunbookSecrets:
    """What tells the secrets that nobody may read: the bot's own, and those that runbooks name."""
    return RunbookSecrets(folder.read, secret_reader(settings.environment, read_secret_file), settings.secrets)


def read_secret_file(path: str) -> str:
    """The text of a file that holds a secret. Raises OSError, also for what is no file, or too large for a secret."""
    file = Path(path).expanduser()
    if not file.is_file() or file.stat().st_size > LARGEST_SECRET:
        raise OSError(errno.EINVAL, "it is no file, or too large")
    return file.read_text(encoding="utf-8", errors="replace")


def make_desk(
    settings: Settings,
    store: Store,
    engine: RecoveryEngine,
    clock: Clock,
    folder: RunbookFolder,
    review_url: Callable[[str], str | None] = lambda _recovery: None,
) -> Desk:
    """The desk that operations work with."""
    return Desk(
        read_library=folder.read,
        store=store,
        engine=engine,
        make_source=Sources(settings.environment),
        clock=clock,
        command=settings.slack_command,
        review_url=review_url,
        site=settings.site,
        attachments=settings.state_dir / "attachments",
        alone=settings.on_sqlite,
    )
