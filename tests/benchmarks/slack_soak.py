"""Two hundred recoveries clicked through while Slack has its worst day: every action once, every message right.

`./run bench slack-soak [--recoveries N] [--seed S] [--factor F]`. Runs against the local workspace with a fifth of
all calls failing in every way, envelopes doubled, and sockets cut. Time runs F times as fast, for the bot and for the
workspace alike, so that a second a message does not take the afternoon. Exits with 1 when anything is off.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from bot.blocks.elements import pack
from bot.console.config import ConsoleConfig
from bot.console.delivery import Envelope, Outcome
from bot.console.faults import Fault, FaultKind
from bot.console.server import Console, serve
from bot.domain.events import Actor, EventKind, Source
from bot.domain.frozen_plan import Mode
from bot.domain.recovery_state import RecoveryStatus
from bot.operations.desk import Desk
from bot.operations.preview_restore import RestoreRequest
from bot.operations.start_recovery import start_recovery
from bot.slack.outbox import formed
from bot.slack.pace import Rates
from bot.slack.surface import SlackSurface
from bot.store.database import migrate, open_store
from handlers.registry import registry
from tests.fakes.quick_engine import QuickEngine
from tests.fakes.small_estate import read_estate, write_estate
from tests.fakes.waiting import eventually
from tests.integration.slack.conftest import no_source, running

if TYPE_CHECKING:
    from collections.abc import Sequence

CHANNEL = "C1INCIDENTS"
RESPONDER = Actor("U1RESPONDER", "Riley", Source.CONSOLE)
STEPS = ("log-in", "flush-it")
SOCKETS_CUT = 30
FAULTS = (
    Fault(FaultKind.RATE_LIMITED, share=0.05, seconds=1),
    Fault(FaultKind.SERVER_ERROR, share=0.05),
    Fault(FaultKind.TIMEOUT, share=0.05, seconds=0.05),
    Fault(FaultKind.LOST_ANSWER, share=0.05),
    Fault(FaultKind.DELAY, share=0.05, seconds=0.05),
    Fault(FaultKind.DUPLICATE, share=0.2),
)


class FastClock:
    """A clock that runs `factor` times as fast as the machine's."""

    def __init__(self, factor: float) -> None:
        self._factor = factor
        self._begun = time.monotonic()
        self._at = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self._at + timedelta(seconds=(time.monotonic() - self._begun) * self._factor)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self._factor)


@dataclass
class Soak:
    """The world of one run, and what it counts."""

    console: Console
    desk: Desk
    surface: SlackSurface
    random: Random
    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    async def deliver(self, kind: str, payload: dict[str, Any]) -> None:
        """Bring something to the app; a person whose click came to nothing clicks again."""
        for _ in range(200):
            self.counts["deliveries"] += 1
            trigger = f"{time.monotonic_ns()}.{self.counts['deliveries']}"
            ack = await self.console.carrier.deliver(Envelope(kind, {**payload, "trigger_id": trigger}), 3.0)
            if ack.outcome is Outcome.ACKED:
                return
            self.counts[ack.outcome.value] += 1
            await asyncio.sleep(0.1)
        self.wrong.append("a delivery was never acknowledged")

    async def click(self, action: str, recovery: str, step: str) -> None:
        """One click on a button of a step."""
        value = pack({"r": recovery, "u": "cache", "s": step, "a": 1})
        user = {"id": RESPONDER.id, "username": "responder"}
        payload = {
            "type": "block_actions",
            "user": user,
            "team": {"id": "T1WORKSPACE"},
            "channel": {"id": CHANNEL},
            "actions": [{"action_id": action, "block_id": "b", "value": value}],
        }
        await self.deliver("interactive", payload)

    async def ask(self) -> None:
        """One command."""
        payload = {"command": "/recovery", "text": "status", "user_id": RESPONDER.id, "channel_id": CHANNEL}
        await self.deliver("slash_commands", {**payload, "team_id": "T1WORKSPACE"})

    async def one_recovery(self) -> None:
        """Start one, take and do its steps, some of them twice, and ask about it in between."""
        request = RestoreRequest(runbook="cache", mode=Mode.REAL)
        recovery = (await start_recovery(self.desk, request, RESPONDER)).plan.recovery
        await asyncio.gather(self.ask(), self.ask())
        for step in STEPS:
            await eventually(partial(self._waits, recovery, step), 120)
            await self.click("step_take", recovery, step)
            await self.ask()
            clicks = [self.click("step_done", recovery, step) for _ in range(self.random.choice((1, 1, 2)))]
            await asyncio.gather(*clicks, self.ask())

    async def _waits(self, recovery: str, step: str) -> bool:
        state = await self.desk.store.recoveries.state(recovery)
        return state.units["cache"].steps[step].asked_at is not None

    async def cut_sockets(self) -> None:
        """Cut all sockets now and then, and refuse the next one."""
        for _ in range(SOCKETS_CUT):
            await asyncio.sleep(self.random.uniform(0.2, 0.8))
            if self.random.random() < 0.3:
                self.console.faults.add(Fault(FaultKind.REFUSE_SOCKET, times=1))
            self.console.sockets.drop()
            self.counts["sockets cut"] += 1
            await eventually(lambda: self.console.sockets.connected, 60)

    async def settled(self) -> bool:
        """Whether the outbox has nothing left to send."""
        return not await self.desk.store.messages.unsent("console")

    async def check(self) -> None:
        """Hold everything against what must be."""
        rows = await self.desk.store.recoveries.rows()
        for row in rows:
            events = await self.desk.store.ledger.events(row.id)
            answers = Counter(event.step for event in events if event.kind == EventKind.ANSWERED)
            if row.status is not RecoveryStatus.ENDED or answers != dict.fromkeys(STEPS, 1):
                self.wrong.append(f"{row.id} is {row.status.value}, answered {dict(answers)}")
            for stored in await self.desk.store.messages.of_recovery("console", row.id):
                self._check_message(stored)
        keys = Counter(self._keys().values())
        self.wrong += [f"{key} is posted {times} times" for key, times in keys.items() if times > 1]
        self.counts["messages"] = len(keys)
        self.counts["refused for their form"] = self.surface.outbox.refusals
        if self.surface.outbox.refusals:
            self.wrong.append(f"refusals: {self.console.log.last_refusals}")

    def _check_message(self, stored: Any) -> None:
        said = self.console.workspace.message(CHANNEL, stored.ts)
        wanted = formed(stored)
        if said is None or said.text != wanted["text"] or len(said.blocks) != len(wanted["blocks"]):
            self.wrong.append(f"{stored.message.key} is not as it should be")

    def _keys(self) -> dict[str, str]:
        return {
            one.ts: str(one.metadata["event_payload"]["key"])
            for one in self.console.workspace.messages(CHANNEL)
            if one.metadata
        }


async def soak(folder: Path, recoveries: int, seed: int, factor: float) -> bool:
    """Run it; whether all was right."""
    clock, random = FastClock(factor), Random(seed)
    write_estate(folder / "runbooks")
    url = f"sqlite://{folder / 'bot.db'}"
    await migrate(url)
    console = await serve(ConsoleConfig(fault_seed=seed), folder / "console", clock=clock)
    async with open_store(url, clock) as store:
        engine = QuickEngine(store, clock)
        desk = Desk(read_estate(folder / "runbooks"), store, engine, no_source, clock)
        surface = SlackSurface(
            name="console",
            api_url=console.url,
            bot_token=console.tokens.bot,
            app_token=console.tokens.app,
            via=Source.CONSOLE,
            desk=desk,
            routes=registry(),
            rates=Rates(),
            refresh_seconds=1.0,
            sleep=clock.sleep,
        )
        run = Soak(console, desk, surface, random)
        async with running(surface):
            await eventually(lambda: console.sockets.connected)
            for fault in FAULTS:
                console.faults.add(fault)
            await work(run, recoveries)
            for row in await store.recoveries.rows():
                await surface.projector.project(row.id)
            console.faults.clear()
            await eventually(run.settled, 1800)
            await run.check()
    run.counts["most posts in one of its seconds"] = console.rates.most_in_a_second
    tell(run, seed)
    await console.close()
    return not run.wrong


async def work(run: Soak, recoveries: int) -> None:
    """All recoveries, eight at a time, while sockets are cut."""
    slots = asyncio.Semaphore(8)

    async def one() -> None:
        async with slots:
            await run.one_recovery()

    async with asyncio.TaskGroup() as group:
        _ = group.create_task(run.cut_sockets())
        for _ in range(recoveries):
            _ = group.create_task(one())


def tell(run: Soak, seed: int) -> None:
    """Print the seed, the counts, and what was wrong."""
    struck = {f"fault {kind}": times for kind, times in run.console.faults.struck.items()}
    for name, count in {"seed": seed, **run.counts, **struck, "wrong": len(run.wrong)}.items():
        sys.stdout.write(f"{name}: {count}\n")
    for fault in run.wrong[:20]:
        sys.stdout.write(f"WRONG {fault}\n")


def main(arguments: Sequence[str]) -> int:
    """Run it; 1 when anything was wrong."""
    parser = argparse.ArgumentParser(prog="./run bench slack-soak", description=__doc__)
    parser.add_argument("--recoveries", type=int, default=200)
    parser.add_argument("--seed", type=int, default=int(time.time_ns() % 1_000_000))
    parser.add_argument("--factor", type=float, default=20.0, help="how much faster than the machine's time runs")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as place:
        return 0 if asyncio.run(soak(Path(place), chosen.recoveries, chosen.seed, chosen.factor)) else 1
