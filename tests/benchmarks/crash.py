"""Recoveries whose bot is killed at random moments, again and again, and then let go on to their end.

`./run bench crash [--times N] [--kills K] [--commands] [--seed S]`. Each recovery is checked as the tests check it:
its ledger is sound, every effect happened exactly once, nothing is lost and nothing doubled.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from bot.domain.clock import SystemClock
from bot.store.database import open_store
from tests.fakes.crash_runs import KILLED, RECOVERY, CrashRuns, crash_runs, prepare_known, wrong_with

if TYPE_CHECKING:
    from collections.abc import Sequence

AT_ONCE = 3
LONGEST_LIFE_SECONDS = 1.5


async def run(place: Path, arguments: argparse.Namespace) -> int:
    """All recoveries; 1 when anything was wrong with one of them."""
    random = Random(arguments.seed)
    known = place / "known"
    await prepare_known(known)
    lives = [
        [random.uniform(0.05, LONGEST_LIFE_SECONDS) for _ in range(arguments.kills)] for _ in range(arguments.times)
    ]
    limit = asyncio.Semaphore(AT_ONCE)
    async with crash_runs(known) as runs:

        async def one(number: int) -> int:
            async with limit:
                return await live(runs, place / f"recovery-{number}", lives[number], commands=arguments.commands)

        kills = await asyncio.gather(*(one(number) for number in range(arguments.times)))
    faults, questions = 0, Counter[str]()
    for number in range(arguments.times):
        folder = place / f"recovery-{number}"
        for fault in await wrong_with(folder):
            faults += 1
            say(f"recovery {number}, killed after {[f'{life:.2f}' for life in lives[number]]} s: {fault}")
        questions += await asked_in(folder)
    say(
        f"{arguments.times} recoveries, {sum(kills)} kills, questions {dict(questions)}, {faults} faults "
        f"(seed {arguments.seed})"
    )
    return int(faults > 0)


async def live(runs: CrashRuns, folder: Path, lives: Sequence[float], *, commands: bool) -> int:
    """One recovery: bots that are killed after so many seconds, and a last one that is not. How many were killed."""
    runs.furnish(folder)
    killed = 0
    for seconds in lives:
        killed += await runs.bot(folder, seconds=seconds, commands=commands) == KILLED
    await runs.bot(folder)
    return killed


async def asked_in(folder: Path) -> Counter[str]:
    """How often people were asked what."""
    url = f"sqlite://{folder}/state/bringback.sqlite3"
    async with open_store(url, SystemClock(), read_only=True) as store:
        events = await store.ledger.events(RECOVERY)
    return Counter(str(event.data["question"]) for event in events if event.kind == "asked")


def say(line: str) -> None:
    """A line of the answer."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(arguments: Sequence[str]) -> int:
    """Run it; 1 when anything was wrong."""
    parser = argparse.ArgumentParser(prog="./run bench crash", description=__doc__)
    parser.add_argument("--times", type=int, default=20, help="recoveries")
    parser.add_argument("--kills", type=int, default=3, help="kills of each recovery, if it lives that long")
    parser.add_argument("--commands", action="store_true", help="kill what runs together with the bot")
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000)
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as place:
        return asyncio.run(run(Path(place), chosen))
