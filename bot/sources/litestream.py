"""Recovery points from litestream 0.5: a SQLite database's replica, as transactions in LTX files.

Every file carries a range of transactions; a snapshot (level 9) or any other file that begins at transaction 1 holds
the whole database. What can be brought back is the longest chain of ranges without a hole, and that is as far as a
restore goes: with one file gone litestream refuses to go past the hole. An idle database writes no files, so its copy
ages although nothing is lost. Without its newest files a replica looks the same as one that has fallen behind.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot.domain.recovery_points import RecoveryPoint
from bot.sources.faults import fault_of, os_fault, unreadable
from bot.sources.options import Options
from bot.sources.process import ProcessRunner, ToolRunner, small_environment
from bot.sources.scrub import scrub

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bot.domain.runbook import Backup

_FIRST = 1
_SNAPSHOT_LEVEL = 9
_ROW = re.compile(r"(\d)\s+([0-9a-f]{16})\s+([0-9a-f]{16})\s+(\d+)\s+(\S+)")
_PASSES = ("LITESTREAM_", "AWS_", "GOOGLE_", "AZURE_")


@dataclass(frozen=True, slots=True)
class Ltx:
    """One file of a replica: transactions `first` to `last`, both inclusive."""

    level: int
    first: int
    last: int
    size: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Chain:
    """The files that bring a database back without a hole, oldest first, and the first transaction missing after."""

    files: tuple[Ltx, ...]
    missing: int | None


class LitestreamSource:
    """Lists what the replica of one database can bring back.

    Options: `replica` (a folder or a URL), or `config` (litestream's configuration file) with `database` (its path).
    """

    tool = "litestream"

    def __init__(self, backup: Backup, environment: Mapping[str, str], runner: ToolRunner | None = None) -> None:
        options = Options(backup, environment)
        self._location = backup.location
        self._config = options.get("config")
        replica = options.get("replica")
        self._folder = _local(replica)
        if replica:
            self._target = [f"file://{self._folder.absolute()}" if self._folder else replica]
        else:
            database = options.need("database", "/var/lib/reporting.db")
            self._target = [*(["-config", self._config] if self._config else []), database]
        self._subject = f"litestream {scrub(replica or self._target[-1])}"
        self._run = runner or ProcessRunner(small_environment(environment, options.variables(), _PASSES))

    async def version(self) -> str:
        """Litestream's version, such as "0.5.17"."""
        return (await self._run(["litestream", "version"])).stdout.strip().removeprefix("v")

    async def probe(self) -> str:
        """Changes when a file of the replica comes or goes."""
        return hashlib.sha256(repr(await self._files()).encode()).hexdigest()[:16]

    async def list_points(self) -> tuple[RecoveryPoint, ...]:
        """The end of the chain, and every earlier snapshot as of its own moment; oldest first.

        A point's id is its last transaction, as `litestream restore -txid` takes it.
        """
        files = await self._files()
        if not files:
            return ()
        chain = longest_chain(files)
        newest = [self._end(chain, files)] if chain.files else [self._nothing(files)]
        earlier = {file.last: file for file in files if file.level == _SNAPSHOT_LEVEL}
        earlier.pop(chain.files[-1].last if chain.files else 0, None)
        points = [self._whole(file) for file in earlier.values()] + newest
        return tuple(sorted(points, key=lambda point: (point.taken_at, point.id)))

    async def _files(self) -> tuple[Ltx, ...]:
        if self._folder is not None:
            _look(self._folder, self._subject)
        outcome = await self._run(["litestream", "ltx", "-level", "all", *self._target])
        if outcome.code:
            raise fault_of(self._subject, outcome, said=outcome.stderr)
        return parse_table(outcome.stdout, self._subject)

    def _end(self, chain: Chain, files: Sequence[Ltx]) -> RecoveryPoint:
        last = chain.files[-1].last
        at = _time_of(last, files)
        return RecoveryPoint(
            id=f"{last:016x}",
            source=self.tool,
            restorable_through=at,
            taken_at=at,
            log_through=max(at, _time_of(max(file.last for file in files), files)),
            size_bytes=sum(file.size for file in chain.files),
            location=self._location,
            gap="" if chain.missing is None else f"{chain.missing:016x}",
        )

    def _whole(self, file: Ltx) -> RecoveryPoint:
        at = file.created_at
        return RecoveryPoint(f"{file.last:016x}", self.tool, at, at, size_bytes=file.size, location=self._location)

    def _nothing(self, files: Sequence[Ltx]) -> RecoveryPoint:
        at = max(file.created_at for file in files)
        flaw = "no file holds the database's beginning"
        return RecoveryPoint(
            f"{max(file.last for file in files):016x}",
            self.tool,
            at,
            at,
            location=self._location,
            complete=False,
            flaw=flaw,
            gap=f"{_FIRST:016x}",
        )


def parse_table(text: str, subject: str) -> tuple[Ltx, ...]:
    """The files in what `litestream ltx` prints. Raises SourceFault on a line that is no row."""
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines or not lines[0].split()[:1] == ["level"]:
        raise unreadable(subject, "no table of LTX files")
    rows = [_ROW.fullmatch(line.strip()) for line in lines[1:]]
    if None in rows:
        raise unreadable(subject, lines[1 + rows.index(None)])
    return tuple(_parse_row(row.groups(), subject) for row in rows if row)


def _parse_row(fields: Sequence[str], subject: str) -> Ltx:
    level, first, last, size, created = fields
    try:
        created_at = datetime.fromisoformat(created).astimezone(UTC)
    except ValueError as failure:
        raise unreadable(subject, created) from failure
    return Ltx(int(level), int(first, 16), int(last, 16), int(size), created_at)


def longest_chain(files: Iterable[Ltx]) -> Chain:
    """From the newest whole copy on, the files that carry it furthest: each begins before the last one's end.

    A later whole copy heals a hole before it. Of several ways the one with the largest files is taken.
    """
    known = sorted(files, key=lambda file: (file.last, -file.first))
    whole = [file for file in known if file.first == _FIRST]
    if not whole:
        return Chain((), None)
    taken = [max(whole, key=lambda file: (file.last, file.level))]
    while following := [file for file in known if file.first <= taken[-1].last + 1 and file.last > taken[-1].last]:
        taken.append(following[-1])
    past = any(file.last > taken[-1].last for file in known)
    return Chain(tuple(taken), taken[-1].last + 1 if past else None)


def _time_of(transaction: int, files: Sequence[Ltx]) -> datetime:
    """When a transaction that ends a file was written: merged files and snapshots of it are made later."""
    return min(file.created_at for file in files if file.last == transaction)


def _local(replica: str) -> Path | None:
    """The folder of a replica that lies on this machine."""
    if replica.startswith("file://"):
        return Path(replica.removeprefix("file://"))
    return Path(replica) if replica and "://" not in replica else None


def _look(folder: Path, subject: str) -> None:
    """Litestream calls a replica that is not there empty; that is not the same."""
    try:
        folder.stat()
    except OSError as failure:
        raise os_fault(subject, failure) from failure
