"""Two hundred recoveries clicked through while Slack has its worst day: every action once, every message right.

`./run bench slack-soak [--recoveries N] [--seed S] [--factor F]`. Runs against the local workspace with a fifth of
all calls failing in every way, envelopes doubled, and sockets cut. Time runs F times as fast, for the bot and for the
workspace alike, so that a second a message does not take the afternoon; rates are measured in that time, where calls
arrive, so that factor 1 is Slack's own clock (and an hour and a half). Exits with 1 when anything is off.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from bot.blocks import action_ids as ids
from bot.blocks.elements import pack
from bot.console.blocks_seen import all_text
from bot.console.config import ConsoleConfig
from bot.console.delivery import Envelope, Outcome
from bot.console.faults import Fault, FaultKind
from bot.console.server import Console, serve
from bot.domain.events import Actor, EventKind, Source
from bot.domain.recovery_state import RecoveryStatus
from bot.operations.desk import Desk
from bot.slack.outbox import formed
from bot.slack.pace import Rates
from bot.slack.redacted import make_redact
from bot.slack.surface import SlackSurface
from bot.store.database import migrate, open_store
from handlers.registry import registry
from tests.fakes.fast_clock import FastClock
from tests.fakes.hostile_walk import HOSTILE, RUNBOOK, SECRET
from tests.fakes.quick_engine import QuickEngine
from tests.fakes.slack_watch import Watch
from tests.fakes.small_estate import read_estate, write_estate
from tests.fakes.waiting import eventually
from tests.integration.slack.conftest import no_source, running

if TYPE_CHECKING:
    from collections.abc import Sequence

CHANNEL = "C1INCIDENTS"
RESPONDER = Actor("U1RESPONDER", "Riley", Source.CONSOLE)
STEPS = ("log-in", "flush-it")
RECOVERIES = 200
SOCKETS_CUT = 30
FAULTS = (
    Fault(FaultKind.RATE_LIMITED, share=0.07, seconds=1),
    Fault(FaultKind.SERVER_ERROR, share=0.07),
    Fault(FaultKind.TIMEOUT, share=0.07, seconds=0.05),
    Fault(FaultKind.LOST_ANSWER, share=0.07),
    Fault(FaultKind.DELAY, share=0.05, seconds=0.05),
    Fault(FaultKind.DUPLICATE, share=0.2),
)
FAILING = (FaultKind.RATE_LIMITED, FaultKind.SERVER_ERROR, FaultKind.TIMEOUT, FaultKind.LOST_ANSWER)
PEOPLE = ("U1RESPONDER", "U2APPROVER", "U3MANAGER")
# The views that the soak submits were never opened: Slack says so when they are changed. A pin whose answer was lost
# is there when it is asked for again.
EXPECTED_REFUSALS = {"not_found", "already_pinned"}
CLEAN = make_redact((SECRET,))
MOST_UPDATES = 50  # a minute
LEAST_DELIVERIES = 2_000
LEAST_FAILING = 0.2


@dataclass
class Soak:
    """The world of one run, and what it counts."""

    console: Console
    desk: Desk
    surface: SlackSurface
    random: Random
    watch: Watch
    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    starting: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def deliver(self, kind: str, payload: dict[str, Any]) -> None:
        """Bring something to the app; a person whose click came to nothing clicks again."""
        for _ in range(200):
            self.counts["deliveries"] += 1
            trigger = f"{time.monotonic_ns()}.{self.counts['deliveries']}"
            ack = await self.console.carrier.deliver(Envelope(kind, {**payload, "trigger_id": trigger}), 3.0)
            if ack.outcome is Outcome.ACKED:
                self.counts["acknowledged"] += 1
                return
            self.counts[ack.outcome.value] += 1
            await asyncio.sleep(0.1)
        self.wrong.append("a delivery was never acknowledged")

    async def act(self, kind: str, **more: Any) -> None:
        """Something that the responder does in Slack."""
        user = {"id": RESPONDER.id, "username": HOSTILE[:60]}
        frame = {"type": kind, "user": user, "team": {"id": "T1WORKSPACE"}, "channel": {"id": CHANNEL}}
        await self.deliver("interactive", {**frame, **more})

    async def click(self, action: str, recovery: str, step: str) -> None:
        """One click on a button of a step."""
        value = pack({"r": recovery, "u": "cache", "s": step, "a": 1})
        await self.act("block_actions", actions=[{"action_id": action, "block_id": "b", "value": value}])

    async def submit(self, callback: str, name: str, carried: dict[str, Any], values: dict[str, Any]) -> None:
        """One form. However often it is sent, it is the same view."""
        state = {"values": {block: {"entry": entry} for block, entry in values.items()}}
        view = {"type": "modal", "id": f"V{name}", "hash": f"{name}.h", "callback_id": callback, "state": state}
        await self.act("view_submission", view={**view, "private_metadata": pack(carried)})

    async def ask(self, text: str = "status") -> None:
        """One command."""
        payload = {"command": "/recovery", "text": text, "user_id": RESPONDER.id, "channel_id": CHANNEL}
        await self.deliver("slash_commands", {**payload, "team_id": "T1WORKSPACE"})

    async def start(self, number: int) -> str:
        """Start the walk by its form; the id of the recovery."""
        chosen = {ids.RUNBOOK: "cache", ids.MODE: "real"}
        values = {block: {"selected_option": {"value": value}} for block, value in chosen.items()}
        async with self.starting:
            before = len(await self.desk.store.recoveries.rows())
            await self.submit(ids.WALK_CHOOSE, f"start{number}", {}, {**values, ids.WHY: {"value": HOSTILE}})
            await eventually(partial(self._started, before), 120)
            return (await self.desk.store.recoveries.rows(limit=1))[0].id

    async def _started(self, before: int) -> bool:
        return len(await self.desk.store.recoveries.rows()) > before

    async def one_recovery(self, number: int) -> None:
        """Start one, take and do its steps, some of them twice, note something, and ask about it in between."""
        recovery = await self.start(number)
        await asyncio.gather(self.ask(), self.ask(f"status {HOSTILE}"))
        for step in STEPS:
            await eventually(partial(self._waits, recovery, step), 120)
            await self.click("step_take", recovery, step)
            await self.submit(ids.NOTE_OR_FILE, f"{recovery}{step}", {"r": recovery}, {ids.WHY: {"value": HOSTILE}})
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

    async def check(self, recoveries: int) -> None:
        """Hold everything against what must be."""
        rows = await self.desk.store.recoveries.rows()
        self.expect(len(rows) == recoveries, f"{len(rows)} recoveries were started instead of {recoveries}")
        for row in rows:
            events = Counter((event.kind, event.step) for event in await self.desk.store.ledger.events(row.id))
            done = [events[EventKind.ANSWERED, step] for step in STEPS]
            notes = sum(times for (kind, _), times in events.items() if kind == EventKind.NOTED)
            right = row.status is RecoveryStatus.ENDED and done == [1] * len(STEPS) and notes == len(STEPS)
            self.expect(right, f"{row.id} is {row.status.value}, answered {done}, noted {notes} times")
            self.counts["actions"] += sum(done) + notes + 1
            for stored in await self.desk.store.messages.of_recovery("console", row.id):
                self._check_message(stored)
        keys = Counter(self._keys())
        self.wrong += [f"{key} is posted {times} times" for key, times in keys.items() if times > 1]
        self.counts["messages"] = len(keys)
        undone = await self.desk.store.inbox.undone("console")
        self.expect(not undone, f"{undone} deliveries are not done")
        self._check_traffic()

    def _check_traffic(self) -> None:
        log, watch, struck = self.console.log, self.watch, self.console.faults.struck
        calls, failed = sum(watch.calls.values()), sum(struck[kind.value] for kind in FAILING)
        reached = failed - struck[FaultKind.LOST_ANSWER.value]  # these failed before they were counted as calls
        share = failed / (calls + reached)
        refusals = {name: times for name, times in log.refusals.items() if name not in EXPECTED_REFUSALS}
        found = {
            "calls": calls + reached,
            "calls that failed, in percent": round(100 * share),
            "versions of messages": watch.versions,
            "refused for their form": self.surface.outbox.refusals,
            "refused otherwise": sum(refusals.values()),
            "without text": log.without_text,
            "untrusted mentions": len(watch.mentions),
            "secrets": len(watch.secrets),
            "most updates in one of its minutes": watch.calls.most_in_a_minute("chat.update"),
            "milliseconds between two posts, at least": round(1000 * watch.posts.shortest_seconds),
        }
        self.counts.update(found)
        for name in ("refused for their form", "refused otherwise", "without text", "untrusted mentions", "secrets"):
            what = (refusals, list(log.last_refusals)[:2], watch.mentions[:1], watch.secrets[:1])
            self.expect(not found[name], f"{name}: {found[name]} {what}")
        self.expect(watch.posts.shortest_seconds >= 1, "two posts of a channel came within a second")
        self.expect(found["most updates in one of its minutes"] <= MOST_UPDATES, "too many updates in a minute")
        self.expect(share >= LEAST_FAILING, "too few calls failed")
        self.expect(self.counts["sockets cut"] == SOCKETS_CUT, "too few sockets were cut")

    def expect(self, right: bool, otherwise: str) -> None:  # noqa: FBT001 - as in any assertion
        """Note what is wrong."""
        if not right:
            self.wrong.append(otherwise)

    def _check_message(self, stored: Any) -> None:
        said = self.console.workspace.message(CHANNEL, stored.ts)
        wanted = CLEAN(formed(stored))
        right = said and said.text == wanted["text"] and all_text(list(said.blocks)) == all_text(wanted["blocks"])
        self.expect(bool(right), f"{stored.message.key} is not as it should be")

    def _keys(self) -> list[str]:
        posted = self.console.workspace.messages(CHANNEL)
        return [str(one.metadata["event_payload"]["key"]) for one in posted if one.metadata]


async def soak(folder: Path, recoveries: int, seed: int, factor: float) -> bool:
    """Run it; whether all was right."""
    clock, random = FastClock(factor), Random(seed)
    write_estate(folder / "runbooks")
    (folder / "runbooks" / "cache.md").write_text(RUNBOOK, encoding="utf-8")
    url = f"sqlite://{folder / 'bot.db'}"
    await migrate(url)
    console = await serve(ConsoleConfig(fault_seed=seed), folder / "console", clock=clock)
    watch = Watch(console, clock, PEOPLE, (SECRET, console.tokens.bot, console.tokens.app))
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
            secrets=(SECRET,),
        )
        run = Soak(console, desk, surface, random, watch)
        async with running(surface):
            await eventually(lambda: console.sockets.connected)
            for fault in FAULTS:
                console.faults.add(fault)
            await work(run, recoveries)
            for row in await store.recoveries.rows():
                await surface.projector.project(row.id)
            console.faults.clear()
            await eventually(run.settled, 1800)
            await run.check(recoveries)
    wanted = LEAST_DELIVERIES * recoveries // RECOVERIES
    run.expect(run.counts["acknowledged"] >= wanted, f"fewer than {wanted} deliveries")
    tell(run, seed)
    await console.close()
    return not run.wrong


async def work(run: Soak, recoveries: int) -> None:
    """All recoveries, eight at a time, while sockets are cut."""
    slots = asyncio.Semaphore(8)

    async def one(number: int) -> None:
        async with slots:
            await run.one_recovery(number)

    async with asyncio.TaskGroup() as group:
        _ = group.create_task(run.cut_sockets())
        for number in range(recoveries):
            _ = group.create_task(one(number))


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
    parser.add_argument("--recoveries", type=int, default=RECOVERIES)
    parser.add_argument("--seed", type=int, default=int(time.time_ns() % 1_000_000))
    parser.add_argument("--factor", type=float, default=20.0, help="how much faster than the machine's time runs")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as place:
        return 0 if asyncio.run(soak(Path(place), chosen.recoveries, chosen.seed, chosen.factor)) else 1
