"""How soon a command is acknowledged while a restore runs, beside a bare Bolt echo in the same run.

`./run bench ack [--rounds N] [--seconds N]`. Three processes: `bringback serve` with its real engine, carrying out
restores of four systems one after another; an AsyncApp of stock Bolt that echoes and does nothing else; and this one, a
Slack-compatible server that brings `/recovery help` to both in turns, at 1, 10 and 200 a second over a real socket. The
bot commits each command before it acknowledges it, and answers it afterwards. The restores go on while Bolt is
measured too, in the bot's process: both have the same machine. The bar: the median of the rounds' p99 is at most 0.8
times that of stock Bolt.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import sys
import tempfile
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from bot.blocks import action_ids
from bot.blocks.elements import pack
from bot.domain.clock import SystemClock
from bot.store.database import open_store
from tests.fakes.foreign_slack import APP_TOKEN, BOT_TOKEN, ForeignSlack, foreign_slack
from tests.fakes.waiting import eventually

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

RATES = (1, 10, 200)
MOST = 0.8
SYSTEMS = ("dns", "storage", "orders-db", "api")
STEPS = 6
STEP = "sleep 0.5; head -c 1000000 /dev/zero | sha256sum"
COMMAND = "help"
POLICY = """people: [{id: U1RESPONDER, name: Riley}]
roles: {responder: [U1RESPONDER]}
channels: {incidents: C1INCIDENTS}
"""


@dataclass
class Peer:
    """One of the two, with the milliseconds that each of its acknowledgements took, by rate and round."""

    server: ForeignSlack
    waits: dict[int, list[list[float]]] = field(default_factory=dict)
    late: int = 0

    async def measure(self, rate: int, seconds: float) -> None:
        """One round at one rate."""
        waits: list[float] = []

        async def one(number: int) -> None:
            begun = time.perf_counter()
            try:
                _ = await self.server.deliver(
                    "slash_commands", command(f"{rate}.{number}"), accepts_response_payload=True
                )
            except TimeoutError:
                self.late += 1
            waits.append(1000 * (time.perf_counter() - begun))

        begun, tasks = time.perf_counter(), []
        for number in range(max(10, round(rate * seconds))):
            await asyncio.sleep(max(0.0, begun + number / rate - time.perf_counter()))
            tasks.append(asyncio.create_task(one(number)))
        await asyncio.gather(*tasks)
        self.waits.setdefault(rate, []).append(sorted(waits))

    def at(self, rate: int, share: float) -> float:
        """The median over the rounds of the wait that this share of a round's waits does not pass."""
        return median(waits[min(len(waits) - 1, int(share * len(waits)))] for waits in self.waits[rate])


def command(name: str) -> dict[str, Any]:
    """A command that nobody sent before."""
    return {
        "command": "/recovery",
        "text": COMMAND,
        "trigger_id": f"{time.monotonic_ns()}.{name}",
        "team_id": "T1",
        "user_id": "U1RESPONDER",
        "user_name": "riley",
        "channel_id": "C1INCIDENTS",
    }


def write_runbooks(folder: Path) -> None:
    """Four systems without dependencies, so that all are restored at once."""
    folder.mkdir()
    for system in SYSTEMS:
        steps = "\n".join(
            f'## Step {step}\n```sh {{"name":"step-{step}","kind":"command"}}\n{STEP}\n```' for step in range(STEPS)
        )
        front = (
            f"recovery:\n  system: {system}\n  execute: true\n  targets: {{drill: scratch/{system}, real: {system}}}"
        )
        check = '## Check\n```sh {"name":"check","kind":"check"}\ntrue\n```\n'
        (folder / f"{system}.md").write_text(f"---\n{front}\n---\n# {system}\n{steps}\n{check}", encoding="utf-8")
    (folder / "policy.yaml").write_text(POLICY, encoding="utf-8")


@asynccontextmanager
async def process(arguments: Sequence[str], environment: Mapping[str, str]) -> AsyncIterator[None]:
    """A Python process that runs meanwhile."""
    whole = {**os.environ, **environment}  # noqa: TID251 - handed on, not read
    running = await asyncio.create_subprocess_exec(sys.executable, *arguments, env=whole)
    try:
        yield
    finally:
        running.terminate()
        _ = await running.wait()


@asynccontextmanager
async def our_bot(folder: Path) -> AsyncIterator[Peer]:
    """`bringback serve`, connected to a server of its own."""
    write_runbooks(folder / "runbooks")
    async with foreign_slack() as server:
        environment = {
            "SLACK_API_URL": server.url,
            "SLACK_BOT_TOKEN": BOT_TOKEN,
            "SLACK_APP_TOKEN": APP_TOKEN,
            "RUNBOOKS_DIR": str(folder / "runbooks"),
            "STATE_DIR": str(folder / "state"),
            "PORT": "0",
            "LOG_LEVEL": "WARNING",
        }
        async with process(["-m", "bot", "serve"], environment):
            await eventually(lambda: server.sockets, 30)
            yield Peer(server)


@asynccontextmanager
async def stock_bolt() -> AsyncIterator[Peer]:
    """The echo, connected to a server of its own."""
    async with foreign_slack() as server:
        arguments = ["-m", "tests.fakes.bolt_echo", f"{server.url}/api/", BOT_TOKEN, APP_TOKEN]
        async with process(arguments, {"NO_PROXY": "127.0.0.1", "HTTP_PROXY": "", "HTTPS_PROXY": ""}):
            await eventually(lambda: server.sockets, 30)
            yield Peer(server)


class Restores:
    """Starts a drill of all systems over Slack, and another as soon as its review is posted."""

    def __init__(self, server: ForeignSlack) -> None:
        self._server = server
        self.started = 0

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self._start()
            await eventually(self._is_reviewed, 120)

    def _is_reviewed(self) -> bool:
        posted = [call["metadata"]["event_payload"]["key"] for call in self._server.of("chat.postMessage")]
        self._server.calls.clear()  # to look through all of them again and again would count as the bot's time
        return f"R-{self.started}/review" in posted

    async def _start(self) -> None:
        self.started += 1
        view = {
            "type": "modal",
            "id": f"V{self.started}",
            "hash": f"{self.started}.h",
            "callback_id": action_ids.RESTORE_CONFIRM,
            "private_metadata": pack({"s": SYSTEMS, "md": "drill", "h": SystemClock().now().isoformat()}),
            "state": {"values": {}},
        }
        person = {"id": "U1RESPONDER", "username": "riley"}
        payload = {"type": "view_submission", "user": person, "team": {"id": "T1"}, "view": view}
        _ = await self._server.deliver("interactive", payload, accepts_response_payload=True)


async def probe(path: Path, waits: list[float]) -> None:
    """How long this disk takes to keep four kilobytes, meanwhile: what no acknowledgement after a commit can beat."""

    def keep() -> float:
        begun = time.perf_counter()
        with path.open("wb") as file:
            _ = file.write(bytes(4096))
            os.fsync(file.fileno())
        return 1000 * (time.perf_counter() - begun)

    while True:
        waits.append(await asyncio.to_thread(keep))
        await asyncio.sleep(0.2)


async def commands_done(folder: Path) -> int:
    """How many commands of restores have ended."""
    url = f"sqlite://{folder / 'state' / 'bringback.sqlite3'}"
    async with open_store(url, SystemClock(), read_only=True) as store:
        streams = [await store.ledger.events(row.id) for row in await store.recoveries.rows()]
    return sum(event.kind == "attempt_ended" for events in streams for event in events)


async def compare(folder: Path, rounds: int, seconds: float) -> bool:
    """Measure in turns and print a line for each rate; whether every one is within the bar."""
    async with our_bot(folder) as ours, stock_bolt() as bolt:
        restores = Restores(ours.server)
        restoring = asyncio.create_task(restores.run(), name="restores")
        disk: list[float] = []
        probing = asyncio.create_task(probe(folder / "probe", disk), name="probe of the disk")
        begun = time.perf_counter()
        await asyncio.sleep(2.0)
        for _ in range(rounds):
            for rate in RATES:
                for peer in (ours, bolt):
                    await peer.measure(rate, seconds)
        spent = time.perf_counter() - begun
        if restoring.done():
            restoring.result()  # says why no restore ran any more
        for task in (restoring, probing):
            task.cancel()
        _ = await asyncio.gather(restoring, probing, return_exceptions=True)
        done = await commands_done(folder)
    say(f"{rounds} rounds, meanwhile {restores.started} restores with {done} commands ({done / spent:.1f} a second)")
    disk.sort()
    say(f"the disk: p50 {disk[len(disk) // 2]:.1f} ms, p99 {disk[int(0.99 * len(disk))]:.1f} ms to keep 4 kB")
    for breach in ours.server.breaches[:10]:
        say(f"BREACH {breach}")
    within = [tell(rate, ours, bolt) for rate in RATES]
    return all(within) and not ours.late and not ours.server.breaches


def tell(rate: int, ours: Peer, bolt: Peer) -> bool:
    """Print the line of a rate; whether it is within the bar."""
    count = sum(len(waits) for waits in ours.waits[rate])
    ratio = ours.at(rate, 0.99) / bolt.at(rate, 0.99)
    figures = [f"{peer.at(rate, 0.5):6.1f} {peer.at(rate, 0.99):6.1f}" for peer in (ours, bolt)]
    say(f"{rate:>4}/s, {count:>5} each: p50 p99 in ms: ours {figures[0]}, stock Bolt {figures[1]}, p99 x{ratio:.2f}")
    return ratio <= MOST


def say(line: str) -> None:
    """A line of the answer."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(arguments: Sequence[str]) -> int:
    """Run it; 1 when a rate is past the bar."""
    parser = argparse.ArgumentParser(prog="./run bench ack", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=10.0, help="how long each rate is kept up in a round")
    chosen = parser.parse_args(arguments)
    gc.disable()  # a pause of this process would count as one of theirs
    with tempfile.TemporaryDirectory() as place:
        return 0 if asyncio.run(compare(Path(place), chosen.rounds, chosen.seconds)) else 1
