"""Recoveries that are killed at crash points and carried on to their end, and what must be true of them then."""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
from collections import Counter
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from bot.app import open_bot
from bot.domain.clock import SystemClock
from bot.domain.events import ESTATE_STREAM, EventKind
from bot.domain.recovery_state import Outcome, Verdict
from bot.settings import read_settings
from bot.store.database import open_store
from tests.fakes.crash_estate import EFFECTS, SYSTEMS, UNITS, effects, environment, furnish

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.domain.events import Event
    from bot.store.database import Store

KILLED = -9
LIVES_SECONDS = 100
RECOVERY = "R-1"


class CrashRuns:
    """Bots on request. `known`: files of a bot that was started before, which make the next start quicker."""

    def __init__(self, hosts: asyncio.subprocess.Process, known: Path) -> None:
        self._hosts = hosts
        self._known = known
        self._answers: dict[str, asyncio.Future[int]] = {}

    def furnish(self, folder: Path) -> Path:
        """An estate whose bot has not run yet."""
        furnish(folder)
        state = folder / "state"
        state.mkdir(mode=0o700)
        for name in ("bringback.sqlite3", "engine.sqlite3"):
            shutil.copy(self._known / "state" / name, state / name)
        return folder

    async def bot(self, folder: Path, **request: object) -> int:
        """How a bot's process over that estate ended: 0 when its recovery did. `request`: when to kill it."""
        assert self._hosts.stdin
        self._answers[str(folder)] = asyncio.get_running_loop().create_future()
        self._hosts.stdin.write(f"{json.dumps({'folder': str(folder), **request})}\n".encode())
        async with asyncio.timeout(LIVES_SECONDS):
            return await self._answers[str(folder)]

    async def killed_once(self, folder: Path, kill_at: str, *, commands: bool = False) -> tuple[int, int]:
        """Kill a bot over a new estate there, and let another one go on: how the two ended."""
        self.furnish(folder)
        return await self.bot(folder, kill_at=kill_at, commands=commands), await self.bot(folder)

    async def listen(self) -> None:
        """Take in what the hosts answer."""
        assert self._hosts.stdout
        while line := await self._hosts.stdout.readline():
            answer: dict[str, Any] = json.loads(line)
            self._answers[answer["folder"]].set_result(answer["status"])


async def prepare_known(folder: Path) -> None:
    """Start a bot there and stop it again: making its databases takes longer than a whole recovery."""
    furnish(folder)
    async with open_bot(read_settings(environment(folder)), surfaces=False):
        pass


@asynccontextmanager
async def crash_runs(known: Path) -> AsyncIterator[CrashRuns]:
    """Bots on request, until the end of the block."""
    pipe = asyncio.subprocess.PIPE
    hosts = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.fakes.crash_host", stdin=pipe, stdout=pipe
    )
    runs = CrashRuns(hosts, known)
    listener = asyncio.create_task(runs.listen(), name="crash hosts")
    try:
        yield runs
    finally:
        assert hosts.stdin
        hosts.stdin.close()
        await hosts.wait()
        await listener


def log_of(folder: Path) -> str:
    """The end of what the bots there wrote down."""
    return (folder / "log").read_text(encoding="utf-8", errors="replace")[-2_000:]


async def wrong_with(folder: Path, ended: tuple[int, ...] = (0,), wanted: tuple[int, ...] = (0,)) -> list[str]:
    """What is wrong, in sentences, with a recovery that has ended there: with its ledger, or its effects.

    `ended`: how its bots ended, and `wanted`: how they should have.
    """
    if ended != wanted:
        return [f"its bots ended with {ended}: {log_of(folder)}"]
    url = f"sqlite://{folder}/state/bringback.sqlite3"
    async with open_store(url, SystemClock(), read_only=True) as store:
        events = await store.ledger.events(RECOVERY)
        wrong = [*(await store.ledger.verify()).faults, *await _wrong_end(store), *_wrong_events(events)]
        wrong += await _wrong_estate(store)
    if effects(folder) != EFFECTS:
        wrong.append(f"the effects are {dict(Counter(effects(folder)))}")
    return wrong


async def _wrong_end(store: Store) -> list[str]:
    state = await store.recoveries.state(RECOVERY)
    verdicts = {name: state.units[name].verdict for name in SYSTEMS}
    wrong = [] if state.outcome is Outcome.RECOVERED else [f"the outcome is {state.outcome}"]
    if set(verdicts.values()) != {Verdict.VERIFIED}:
        wrong.append(f"the verdicts are {verdicts}")
    pending = await store.answers.pending()
    return [*wrong, *(f"{answer.id} was never applied" for answer in pending)]


def _wrong_events(events: list[Event]) -> list[str]:
    twice = [name for name, count in Counter(event.id for event in events).items() if count > 1]
    wrong = [f"{name} is there twice" for name in twice]
    once = {
        EventKind.REQUESTED: 1,
        EventKind.APPROVED: 1,
        EventKind.STARTED: 1,
        EventKind.ENDED: 1,
        EventKind.UNIT_STARTED: len(UNITS),
        EventKind.UNIT_ENDED: len(UNITS),
    }
    counts = Counter(event.kind for event in events)
    wrong += [f"{counts[kind]} times {kind}" for kind, count in once.items() if counts[kind] != count]
    pairs = [("attempt_started", "attempt_ended"), ("asked", "answered"), ("answered", "applied")]
    wrong += [f"{counts[one]} {one}, {counts[other]} {other}" for one, other in pairs if counts[one] != counts[other]]
    return wrong + _wrong_order(events)


def _wrong_order(events: list[Event]) -> list[str]:
    at = {(event.kind, event.unit): event.seq for event in events if event.unit}
    return [
        f"{name} started before {parent} was released"
        for name, parents in UNITS.items()
        for parent in parents
        if at[EventKind.UNIT_STARTED, name] < at[EventKind.ATTEMPT_ENDED, parent]
        and at[EventKind.UNIT_STARTED, name] < at.get((EventKind.UNIT_RELEASED, parent), 0)
    ]


async def _wrong_estate(store: Store) -> list[str]:
    entered = Counter(event.kind for event in await store.ledger.events(ESTATE_STREAM))
    wanted = {"recovery_opened": 1, "recovery_closed": 1, "proof": len(SYSTEMS)}
    return [f"{entered[kind]} times {kind}" for kind, count in wanted.items() if entered[kind] != count]
