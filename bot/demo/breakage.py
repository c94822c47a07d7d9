"""Breaking things for real, and mending what can be mended. Nothing is deleted: what is taken away is moved aside."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bot.demo.backups.barman import BarmanServer
from bot.demo.backups.jobs import SNAPSHOTS
from bot.demo.clock import compact, rfc3339, utc_now
from bot.demo.damage import damage, newest_file, put_back
from bot.demo.errors import DemoError, Refused
from bot.demo.files import replace_file
from bot.demo.record import Breakage, Record
from bot.demo.systems import all_systems

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from bot.demo.backups.jobs import Jobs
    from bot.demo.book import Book
    from bot.demo.layout import Layout
    from bot.demo.serving import Serving

MEANING = {
    "gone": "it is killed, its data moved away",
    "empty": "from now on its copies hold nothing",
    "truncated": "its newest copy is cut short",
    "bit-flip": "one bit of its newest copy is flipped",
    "future-dated": "its next copy carries a time in the future",
    "wal-gap": "one archived segment of its log is taken out",
    "wrong-password": "the password that readers of its archive use is wrong",
}
"""Every way to break something, and what it does."""

_DAMAGED = {"truncated": "was cut short", "bit-flip": "has one bit flipped, at the same size and time"}
_HELD_UP = {
    "orders-db": " Until `mend`, no new base backup is made; its log goes on.",
    "reporting": "",  # litestream cannot be held up: it goes on after its last whole database
    "": " Until `mend`, no newer copy is made.",
}
_GAP_SECONDS = 40.0
_SEGMENTS_FOR_A_GAP = 3  # one to take out, and one on either side


def possible() -> Mapping[str, tuple[str, ...]]:
    """Which systems can be broken in which way; systems after those that they depend on."""
    every = tuple(all_systems())
    copied = tuple(system for system in every if system in SNAPSHOTS or system == "storage")
    return {
        "gone": every,
        "empty": copied,
        "truncated": every,
        "bit-flip": every,
        "future-dated": copied,
        "wal-gap": ("orders-db",),
        "wrong-password": ("storage",),
    }


def check_possible(mode: str, system: str) -> None:
    """Raises Refused, with what is possible, for anything else."""
    offers = possible()
    if mode not in offers:
        raise Refused(f"There is no way to break things called {mode!r}. There are: {', '.join(offers)}.")
    if system not in offers["gone"]:
        raise Refused(f"There is no system {system!r}. There are: {', '.join(offers['gone'])}.")
    if system not in offers[mode]:
        ways = [name for name, systems in offers.items() if system in systems]
        raise Refused(f"{mode} is for {', '.join(offers[mode])}; {system} can be broken by {', '.join(ways)}.")


def in_mending_order(breakages: Sequence[Breakage]) -> list[Breakage]:
    """Backups first, the last damage first; then systems, each after those it depends on."""
    systems = possible()["gone"]
    copies = [breakage for breakage in reversed(breakages) if breakage.mode != "gone"]
    gone = [breakage for breakage in breakages if breakage.mode == "gone"]
    return copies + sorted(gone, key=lambda breakage: systems.index(breakage.system))


class Breaker:
    """Breaks and mends. Each breakage is in the book before anything is touched."""

    def __init__(
        self, layout: Layout, book: Book, serving: Serving, jobs: Jobs, reopen: Callable[[str], Awaitable[None]]
    ) -> None:
        self._layout = layout
        self._book = book
        self._serving = serving
        self._jobs = jobs
        self._reopen = reopen
        self._barman = BarmanServer(layout)

    async def break_system(self, mode: str, system: str) -> str:
        """Does it, and says what was done."""
        check_possible(mode, system)
        if mode != "gone" and self._book.record.broken(mode, system):
            raise Refused(f"{system} is broken in that way already ({mode}). `./run demo mend` mends it.")
        ways: Mapping[str, Callable[[str], Awaitable[str]]] = {
            "gone": self._gone,
            "empty": self._empty,
            "truncated": partial(self._damaged, "truncated"),
            "bit-flip": partial(self._damaged, "bit-flip"),
            "future-dated": self._future_dated,
            "wal-gap": self._wal_gap,
            "wrong-password": self._wrong_password,
        }
        return await ways[mode](system)

    async def mend(self) -> list[str]:
        """Undoes what can be undone, and says what was done; what cannot be undone stays in the book."""
        said = []
        for breakage in in_mending_order(self._book.record.breakages):
            try:
                said.append(await self._mend_one(breakage))
            except DemoError as failure:
                said.append(f"NOT MENDED: {failure}")
            else:
                self._book.change(partial(Record.without_breakage, breakage=breakage))
        return said

    def _note(self, mode: str, system: str, detail: str = "") -> None:
        breakage = Breakage(mode, system, rfc3339(utc_now()), detail)
        self._book.change(partial(Record.with_breakage, breakage=breakage))

    async def _gone(self, system: str) -> str:
        data = self._layout.data(system)
        away = self._layout.removed / f"{system}-{compact(utc_now())}"
        async with self._book.lock(system):
            if not data.exists():
                raise Refused(f"{system} is gone already.")
            self._note("gone", system, str(away))
            await self._serving.stop(data, kill=True)
            await asyncio.to_thread(data.rename, away)
        return f"{system} was killed, and its data is gone (to removed/{away.name})."

    async def _empty(self, system: str) -> str:
        self._note("empty", system)
        await asyncio.sleep(0)
        return f"From now on the copies of {system} hold nothing."

    async def _damaged(self, mode: str, system: str) -> str:
        async with self._book.copying(system):
            path = await asyncio.to_thread(newest_file, self._layout, system)
            away = self._layout.removed / f"{system}-{mode}-{compact(utc_now())}"
            self._note(mode, system, f"{path}\n{away}")
            await asyncio.to_thread(damage, path, away, mode)
        where = path.relative_to(self._layout.backups)
        return f"The newest copy of {system} {_DAMAGED[mode]}: {where}.{_HELD_UP.get(system, _HELD_UP[''])}"

    async def _future_dated(self, system: str) -> str:
        self._note("future-dated", system)
        if not await self._jobs.copy(system):
            return f"The next copy of {system} will carry a time in the future. Just now none is made."
        breakage = self._book.record.broken("future-dated", system)
        name = Path(breakage.detail).name if breakage else ""
        return f"A copy of {system} was made that carries a time in the future: {name}. The next ones are right again."

    async def _wal_gap(self, system: str) -> str:
        gap = await self._find_gap()
        away = self._layout.removed / gap.name
        self._note("wal-gap", system, f"{gap}\n{away}")
        await asyncio.to_thread(gap.rename, away)
        return f"Segment {gap.name} was taken out of the archive of {system}. Until `mend`, no new base backup is made."

    async def _find_gap(self) -> Path:
        """An archived segment after the newest base backup, with later ones after it; waits until there is one."""
        try:
            async with asyncio.timeout(_GAP_SECONDS):
                while True:
                    base = self._barman.last_base()
                    after = [path for path in self._barman.segments() if base and path.name > base.end_segment]
                    if len(after) >= _SEGMENTS_FOR_A_GAP:
                        return after[len(after) // 2]
                    await asyncio.sleep(0.5)
        except TimeoutError:
            raise Refused(
                f"orders-db archived no {_SEGMENTS_FOR_A_GAP} segments after its newest base backup, "
                f"though {_GAP_SECONDS:g} s were waited. Is it up?"
            ) from None

    async def _wrong_password(self, system: str) -> str:
        self._note("wrong-password", system)
        await asyncio.to_thread(replace_file, self._layout.reader_password, b"not-the-password\n", mode=0o600)
        return f"Who reads the archive of {system} has a wrong password now. The backups themselves go on."

    async def _mend_one(self, breakage: Breakage) -> str:
        system, (first, _, last) = breakage.system, breakage.detail.partition("\n")
        match breakage.mode:
            case "gone":
                return await self._bring_back(breakage)
            case "wal-gap" | "truncated" | "bit-flip":
                async with self._book.copying(system):
                    done = await asyncio.to_thread(put_back, Path(first), Path(last))
                return f"{system}: {Path(first).name} is {'back as it was' if done else 'no longer among the copies'}."
            case "future-dated":
                return await self._take_out(system, first)
            case "wrong-password":
                password = f"{self._book.record.archive_password}\n".encode()
                await asyncio.to_thread(replace_file, self._layout.reader_password, password, mode=0o600)
                return f"{system}: the readers' password is right again."
            case _:
                return f"{system}: the next copy holds its data again."

    async def _take_out(self, system: str, copy: str) -> str:
        if copy:
            await asyncio.to_thread(Path(copy).replace, self._layout.removed / f"{system}-{Path(copy).name}")
        return f"{system}: no copy is from the future any more."

    async def _bring_back(self, breakage: Breakage) -> str:
        data, away = self._layout.data(breakage.system), Path(breakage.detail)
        if data.exists():
            raise Refused(f"{breakage.system} is being restored: end that first, then mend.")
        await asyncio.to_thread(away.rename, data)
        await self._serving.start(breakage.system, data)
        await self._reopen(breakage.system)
        return f"{breakage.system}: its data is back and it runs."
