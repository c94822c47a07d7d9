"""Breaking things for real, and mending what can be mended. Nothing is deleted: what is taken away is moved aside."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bot.demo.backups.barman import BarmanServer
from bot.demo.clock import compact, rfc3339, utc_now
from bot.demo.errors import DemoError, Refused
from bot.demo.files import replace_file
from bot.demo.record import Breakage, Record

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.demo.book import Book
    from bot.demo.layout import Layout
    from bot.demo.serving import Serving

POSSIBLE = {
    "gone": ("dns", "storage", "orders-db", "api", "reporting", "docs"),
    "wal-gap": ("orders-db",),
    "empty": ("dns", "storage", "api", "docs"),
    "wrong-password": ("storage",),
}
_MEANING = {
    "gone": "killed, its data moved away",
    "wal-gap": "one archived segment of its log taken out",
    "empty": "its backups hold nothing from now on",
    "wrong-password": "the password that readers of its archive use is wrong",
}
_GAP_SECONDS = 40.0
_SEGMENTS_FOR_A_GAP = 3  # one to take out, and one on either side


def check_possible(mode: str, system: str) -> None:
    """Raises Refused, with all that is possible, for anything else."""
    if system in POSSIBLE.get(mode, ()):
        return
    offers = "; ".join(f"{name} ({_MEANING[name]}): {', '.join(systems)}" for name, systems in POSSIBLE.items())
    raise Refused(f"`break {mode} {system}` is not possible. Possible are {offers}.")


def mending_order(breakage: Breakage) -> tuple[bool, int]:
    """Backups first; then systems, each after those it depends on."""
    return breakage.mode == "gone", POSSIBLE["gone"].index(breakage.system)


class Breaker:
    """Breaks and mends. Each breakage is in the book before anything is touched."""

    def __init__(self, layout: Layout, book: Book, serving: Serving, reopen: Callable[[str], Awaitable[None]]) -> None:
        self._layout = layout
        self._book = book
        self._serving = serving
        self._reopen = reopen
        self._barman = BarmanServer(layout)

    async def break_system(self, mode: str, system: str) -> str:
        """Does it, and says what was done."""
        check_possible(mode, system)
        if mode != "gone" and self._book.record.broken(mode, system):
            raise Refused(f"{system} is broken in that way already ({mode}). `./run demo mend` mends it.")
        return await {
            "gone": self._gone,
            "wal-gap": self._wal_gap,
            "empty": self._empty,
            "wrong-password": self._wrong_password,
        }[mode](system)

    async def mend(self) -> list[str]:
        """Undoes what can be undone, and says what was done; what cannot be undone stays in the book."""
        said = []
        for breakage in sorted(self._book.record.breakages, key=mending_order):
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
                raise Refused(f"{system} is gone already: {data} is not there.")
            self._note("gone", system, str(away))
            await self._serving.stop(data, kill=True)
            await asyncio.to_thread(data.rename, away)
        return f"{system} was killed and its data moved to {away}."

    async def _wal_gap(self, system: str) -> str:
        del system
        gap = await self._find_gap()
        away = self._layout.removed / gap.name
        self._note("wal-gap", "orders-db", f"{gap}\n{away}")
        await asyncio.to_thread(gap.rename, away)
        return (
            f"Segment {gap.name} was taken out of the archive of orders-db. Until `mend`, no new base backup is made."
        )

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

    async def _empty(self, system: str) -> str:
        self._note("empty", system)
        await asyncio.sleep(0)
        return f"From now on the backups of {system} hold nothing, until `./run demo mend`."

    async def _wrong_password(self, system: str) -> str:
        self._note("wrong-password", system)
        await asyncio.to_thread(replace_file, self._layout.reader_password, b"not-the-password\n", mode=0o600)
        return f"The password in {self._layout.reader_password} is wrong now. The backups themselves go on."

    async def _mend_one(self, breakage: Breakage) -> str:
        if breakage.mode == "gone":
            return await self._bring_back(breakage)
        if breakage.mode == "wal-gap":
            segment, away = map(Path, breakage.detail.split("\n"))
            if away.exists():
                await asyncio.to_thread(away.rename, segment)
            return f"orders-db: segment {segment.name} is back in the archive."
        if breakage.mode == "wrong-password":
            password = f"{self._book.record.archive_password}\n".encode()
            await asyncio.to_thread(replace_file, self._layout.reader_password, password, mode=0o600)
            return "storage: the readers' password is right again."
        return f"{breakage.system}: the next backup holds its data again."

    async def _bring_back(self, breakage: Breakage) -> str:
        data, away = self._layout.data(breakage.system), Path(breakage.detail)
        if data.exists():
            raise Refused(f"{breakage.system} is being restored: {data} exists. End that first, then mend.")
        await asyncio.to_thread(away.rename, data)
        await self._serving.start(breakage.system, data)
        await self._reopen(breakage.system)
        return f"{breakage.system}: its data is back and it runs."
