"""How soon a command is acknowledged, beside a bare Bolt echo in the same run.

`./run bench ack [--seconds N]`. Commands arrive at 1, 10 and 200 a second over a real socket, in turns: to the bot's
surface, which commits each one before it acknowledges, and to an AsyncApp of stock Bolt that acknowledges and does
nothing. The bar: p99 at most 0.8 times that of stock Bolt.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.console.config import ConsoleConfig
from bot.console.delivery import Envelope, Outcome
from bot.console.server import Console, serve
from bot.domain.clock import SystemClock
from bot.operations.desk import Desk
from bot.slack.call import Route, make_routes
from bot.slack.payload import Kind
from bot.store.database import migrate, open_store
from handlers.nothing import nothing
from tests.fakes.quick_engine import QuickEngine
from tests.fakes.small_estate import read_estate, write_estate
from tests.fakes.waiting import eventually
from tests.integration.slack.conftest import make_surface, no_source, running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

RATES = (1, 10, 200)
MOST = 0.8
ACK_SECONDS = 5.0


async def measure(console: Console, rate: int, count: int) -> list[float]:
    """Milliseconds from each command's delivery to its acknowledgement, `count` of them at `rate` a second."""
    waits: list[float] = []

    async def one(number: int) -> None:
        begun = time.perf_counter()
        ack = await console.sockets.deliver(Envelope("slash_commands", command(rate, number)), ACK_SECONDS)
        assert ack.outcome is Outcome.ACKED, ack
        waits.append(1000 * (time.perf_counter() - begun))

    begun, tasks = time.perf_counter(), []
    for number in range(count):
        await asyncio.sleep(max(0.0, begun + number / rate - time.perf_counter()))
        tasks.append(asyncio.create_task(one(number)))
    await asyncio.gather(*tasks)
    return sorted(waits)


def command(rate: int, number: int) -> dict[str, Any]:
    """A command that nobody sent before."""
    return {
        "command": "/recovery",
        "text": "nothing",
        "trigger_id": f"{time.monotonic_ns()}.{rate}.{number}",
        "team_id": "T1WORKSPACE",
        "user_id": "U1RESPONDER",
        "user_name": "responder",
        "channel_id": "C1INCIDENTS",
    }


@asynccontextmanager
async def our_surface(folder: Path) -> AsyncIterator[Console]:
    """A console with our surface connected; the work of each command is nothing, its commit is real."""
    write_estate(folder / "runbooks")
    url = f"sqlite://{folder / 'bot.db'}"
    await migrate(url)
    console = await serve(ConsoleConfig(), folder / "ours")
    clock = SystemClock()
    async with open_store(url, clock) as store:
        desk = Desk(
            read_library=read_estate(folder / "runbooks"),
            store=store,
            engine=QuickEngine(store, clock),
            make_source=no_source,
            clock=clock,
        )
        routes = make_routes([Route(Kind.COMMAND, "nothing", nothing)])
        async with running(make_surface(console, desk, routes, refresh_seconds=15.0)):
            await connected(console)
            yield console
    await console.close()


@asynccontextmanager
async def stock_bolt(folder: Path) -> AsyncIterator[Console]:
    """A console with a bare Bolt app connected, which acknowledges and does nothing."""
    console = await serve(ConsoleConfig(), folder / "bolt")
    client = AsyncWebClient(console.tokens.bot, base_url=f"{console.url}/api/")
    client.proxy = None
    app = AsyncApp(client=client)

    async def echo(ack: Any) -> None:
        await ack()

    app.command("/recovery")(echo)
    handler = AsyncSocketModeHandler(app, console.tokens.app, web_client=client, proxy="")
    handler.client.proxy = None
    await handler.connect_async()  # type: ignore[no-untyped-call] # slack_bolt leaves it untyped
    await connected(console)
    yield console
    await handler.close_async()  # type: ignore[no-untyped-call] # slack_bolt leaves it untyped
    await console.close()


async def connected(console: Console) -> None:
    """Wait until an app is connected."""
    await eventually(lambda: console.sockets.connected)


def percentile(waits: Sequence[float], share: float) -> float:
    """The wait that this share of all waits does not pass."""
    return waits[min(len(waits) - 1, int(share * len(waits)))]


async def compare(folder: Path, seconds: float) -> bool:
    """Print a line for each rate; whether every one is within the bar."""
    good = True
    async with our_surface(folder) as ours, stock_bolt(folder) as bolt:
        for console in (ours, bolt):
            await measure(console, 20, 20)
        for rate in RATES:
            count = max(10, int(rate * seconds))
            own, stock = await measure(ours, rate, count), await measure(bolt, rate, count)
            ratio = percentile(own, 0.99) / percentile(stock, 0.99)
            good &= ratio <= MOST
            figures = [f"{percentile(waits, share):.1f}" for waits in (own, stock) for share in (0.5, 0.99)]
            ours_said, stock_said = (" ".join(pair) for pair in (figures[:2], figures[2:]))
            sys.stdout.write(f"{rate:>4}/s  p50 p99 in ms: ours {ours_said}, stock Bolt {stock_said}, x{ratio:.2f}\n")
    return good


def main(arguments: Sequence[str]) -> int:
    """Run it; 1 when a rate is past the bar."""
    parser = argparse.ArgumentParser(prog="./run bench ack", description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0, help="how long each rate is kept up")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as place:
        return 0 if asyncio.run(compare(Path(place), chosen.seconds)) else 1
