"""What `bringback doctor` finds of the ledger's database and the engine's, and of the clock beside theirs."""

from __future__ import annotations

import asyncio
from importlib.metadata import version
from typing import TYPE_CHECKING

from bot.domain.checkup import Found, Health

if TYPE_CHECKING:
    from bot.domain.clock import Clock
    from bot.settings import Settings
    from bot.store.look import DatabaseLook

ANSWERS_SECONDS = 10.0
MAY_DIFFER_SECONDS = 30.0


async def databases(settings: Settings, clock: Clock) -> list[Found]:
    """Both databases."""
    ledger, engine = await asyncio.gather(
        _look("DATABASE_URL", settings.database_url, clock),
        _look("ENGINE_DATABASE_URL", settings.engine_database_url, clock, engine=True),
    )
    return [*ledger, *engine]


async def _look(name: str, url: str, clock: Clock, *, engine: bool = False) -> list[Found]:
    from bot.store.look import look_at_database  # noqa: PLC0415 - the database takes a while to import

    about = "engine" if engine else "database"
    try:
        async with asyncio.timeout(ANSWERS_SECONDS):
            seen = await look_at_database(url, ours=not engine)
    except TimeoutError:
        what = f"{name}: no answer within {ANSWERS_SECONDS:.0f} s."
        return [Found(about, Health.FAULT, what, "Look at the server and the network.")]
    found = _engine(name, seen) if engine else _ledger(name, seen)
    return [found, *([_clock(name, clock, seen)] if seen.now else [])]


def _ledger(name: str, seen: DatabaseLook) -> Found:
    if seen.fault:
        return Found("database", Health.FAULT, _unusable(name, seen.fault), "Mend the address or the server.")
    if seen.new:
        return Found("database", Health.OK, "There is no database yet: the first start makes it.")
    if seen.pending:
        helps = "`bringback migrate` brings it up to date, and so does every start of the bot."
        return Found("database", Health.WARNING, f"The database lacks {', '.join(seen.pending)}.", helps)
    return Found("database", Health.OK, "The database answers and is up to date.")


def _engine(name: str, seen: DatabaseLook) -> Found:
    if seen.fault:
        return Found("engine", Health.FAULT, _unusable(name, seen.fault), "Mend the address or the server.")
    said = "makes its database at the first start" if seen.new else "finds its database"
    return Found("engine", Health.OK, f"The engine (DBOS {version('dbos')}) {said}.")


def _unusable(name: str, fault: str) -> str:
    return f"{name} cannot be used: {fault.rstrip('.')}."


def _clock(name: str, clock: Clock, seen: DatabaseLook) -> Found:
    assert seen.now is not None
    seconds = (clock.now() - seen.now).total_seconds()
    if abs(seconds) <= MAY_DIFFER_SECONDS:
        return Found("clock", Health.OK, f"The clock agrees with that of {name}.")
    ahead = "ahead of" if seconds > 0 else "behind"
    what = f"The clock is {abs(seconds):.0f} s {ahead} that of {name}."
    return Found("clock", Health.FAULT, what, "Set both by NTP: every measured time rests on it.")
