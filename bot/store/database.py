"""Opens the store: one connection to SQLite, or a pool to PostgreSQL, with the schema brought up to date."""

from __future__ import annotations

import sqlite3
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tortoise import Tortoise
from tortoise.exceptions import OperationalError
from tortoise.migrations.api import migrate as run_migrations

from bot.domain.errors import BringbackError
from bot.store.answers import Answers
from bot.store.inbox import Inbox
from bot.store.inbox_file import FileInbox
from bot.store.inbox_table import TableInbox
from bot.store.installations import Installations, OAuthStates
from bot.store.ledger import Ledger
from bot.store.messages import Messages
from bot.store.proofs import Proofs
from bot.store.readings import Readings
from bot.store.recoveries import Recoveries
from bot.store.reviews import Reviews
from bot.store.tables import Tables
from bot.store.transactions import Transactions

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from bot.domain.clock import Clock
    from bot.domain.events import Event

SQLITE = "sqlite://"


@dataclass(frozen=True, slots=True)
class Store:
    """Everything that is kept."""

    ledger: Ledger
    recoveries: Recoveries
    answers: Answers
    readings: Readings
    proofs: Proofs
    reviews: Reviews
    inbox: Inbox
    messages: Messages
    installations: Installations
    oauth_states: OAuthStates
    tables: Tables


def orm_config(url: str) -> dict[str, object]:
    """Tortoise's configuration for this database."""
    models = ["bot.store.records", "bot.store.slack_records"]
    return {
        "connections": {"default": url},
        "apps": {
            "bringback": {"models": models, "default_connection": "default", "migrations": "bot.store.migrations"}
        },
        "use_tz": True,
        "timezone": "UTC",
    }


async def migrate(url: str) -> None:
    """Bring the schema up to date. An SQLite file that will change is copied first: `NAME.before-migration`."""
    old: Path | None = None
    if url.startswith(SQLITE):
        path = sqlite_path(url)
        path.parent.mkdir(parents=True, exist_ok=True)
        old = path if path.exists() else None
        # Tortoise rebuilds a table to alter it; with foreign keys on, the rebuild would delete what refers to it.
        url = with_parameter(url, "foreign_keys=OFF")

    def copy_first(_connection: str, plan: Sequence[object], *_: object) -> None:
        if plan and old:
            _copy_database(old, old.with_name(f"{old.name}.before-migration"))

    try:
        await run_migrations(config=orm_config(url), reporter=copy_first)
    finally:
        await Tortoise.close_connections()


def _copy_database(path: Path, copy: Path) -> None:
    """Copy an SQLite database with what its write-ahead log holds; a copied file alone would lack that."""
    copy.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    copy.chmod(path.stat().st_mode & 0o777)


@asynccontextmanager
async def open_store(
    url: str,
    clock: Clock,
    *,
    nudge: Callable[[str], None] = lambda _stream: None,
    reach: Callable[[str], None] = lambda _point: None,
    clean: Callable[[Event], Event] = lambda event: event,
    read_only: bool = False,
) -> AsyncIterator[Store]:
    """The store over an up-to-date database. Read only, an SQLite file may be open elsewhere at the same time.

    `nudge` gets each stream that was added to, `reach` each crash point; `clean` makes an event fit to be kept.
    """
    inbox: FileInbox | TableInbox = TableInbox()
    if url.startswith(SQLITE):
        inbox = FileInbox(inbox_path(sqlite_path(url)))
        url = with_parameter(url, "query_only=ON" if read_only else "synchronous=FULL")
    await Tortoise.init(config=orm_config(url), _enable_global_fallback=True)
    try:
        store = make_store(clock, nudge, reach, clean, inbox)
        if read_only:
            await _expect_tables(store)
        yield store
    finally:
        inbox.close()
        await Tortoise.close_connections()


async def _expect_tables(store: Store) -> None:
    try:
        _ = await store.ledger.count()
        _ = await store.recoveries.rows(limit=1)
        _ = await store.reviews.kept()
    except OperationalError as error:
        raise BringbackError(
            f"The database is not as this version needs it ({error}).",
            "`bringback migrate` brings it up to date, and so does every start of the bot.",
        ) from error


def make_store(
    clock: Clock,
    nudge: Callable[[str], None],
    reach: Callable[[str], None],
    clean: Callable[[Event], Event],
    inbox: Inbox,
) -> Store:
    """The store's parts over the connection that is open."""
    transactions = Transactions(reach)
    ledger = Ledger(transactions, clock, nudge, clean)
    return Store(
        ledger=ledger,
        recoveries=Recoveries(transactions, ledger, clock),
        answers=Answers(transactions, ledger),
        readings=Readings(transactions),
        proofs=Proofs(transactions, ledger),
        reviews=Reviews(transactions, ledger),
        inbox=inbox,
        messages=Messages(),
        installations=Installations(),
        oauth_states=OAuthStates(),
        tables=Tables(),
    )


def sqlite_path(url: str) -> Path:
    """The file of an SQLite URL."""
    return Path(url.removeprefix(SQLITE).partition("?")[0])


def inbox_path(database: Path) -> Path:
    """The file of the inbox beside an SQLite database."""
    return database.with_name(f"{database.stem}-inbox{database.suffix}")


def with_parameter(url: str, parameter: str) -> str:
    """The URL with one more parameter."""
    return f"{url}{'&' if '?' in url else '?'}{parameter}"
