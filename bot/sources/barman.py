"""Recovery points from barman: base backups, and the archived write-ahead log that carries each of them on.

A base backup comes back up to the end of its contiguous log. barman lists what its catalogue says was archived; this
also looks whether those files are really there, for one missing segment cuts off all that follows. A segment counts
as far as its file's time: when it was archived, or when it was last written where the archiving keeps times. An
archiver that lags stamps later than what it stamps; an idle database that archives nothing ages. A log is followed on
the timeline of its base backup, as barman itself does unless it is told otherwise.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.domain.recovery_points import FaultKind, RecoveryPoint, SourceFault
from bot.sources.faults import fault_of, os_fault, unreadable
from bot.sources.options import Options
from bot.sources.process import ProcessRunner, ToolRunner, small_environment
from bot.sources.write_ahead_log import Reach, Segment, reach, segment_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.domain.runbook import Backup

_COPIED = frozenset({"DONE", "WAITING_FOR_WALS"})
_LOG_FOLDER = re.compile(r"[0-9A-F]{16}", re.IGNORECASE)
_ID_TIME = "%Y%m%dT%H%M%S"


@dataclass(frozen=True, slots=True)
class _Base:
    """What never changes about a finished base backup."""

    id: str
    begin: Segment
    end: Segment
    segment_bytes: int
    ended_at: datetime
    size_bytes: int | None


@dataclass(frozen=True, slots=True)
class _Archive:
    """The archived log: what lies there, and what barman's catalogue lists, each with its time where it is known."""

    present: Mapping[Segment, datetime]
    claimed: Mapping[Segment, datetime | None]


class BarmanSource:
    """Lists the base backups of one barman server. Needs barman on the same machine, as its users have it.

    Options: `server` (as barman names it), `config` (barman's configuration file; barman's default without it).
    """

    tool = "barman"

    def __init__(self, backup: Backup, environment: Mapping[str, str], runner: ToolRunner | None = None) -> None:
        options = Options(backup, environment)
        self._location = backup.location
        self._server = options.need("server", "orders")
        self._config = options.get("config")
        self._run = runner or ProcessRunner(small_environment(environment, options.variables(), ("BARMAN_", "PG")))
        self._bases: dict[str, _Base] = {}
        self._log_folder: Path | None = None

    async def version(self) -> str:
        """Barman's version, such as "3.19.1"."""
        outcome = await self._run(["barman", "--version"])
        return (outcome.stdout.split() or [""])[0]

    async def probe(self) -> str:
        """Changes when a backup or a segment comes or goes: the catalogue's answer and the log folders' times."""
        listed = await self._listed()
        copied = [str(entry.get("backup_id")) for entry in listed if entry.get("status") in _COPIED]
        if copied and self._log_folder is None:
            await self._claimed(max(copied))
        folders = await asyncio.to_thread(_folder_times, self._log_folder)
        return hashlib.sha256(f"{json.dumps(listed, sort_keys=True)}{folders}".encode()).hexdigest()[:16]

    async def list_points(self) -> tuple[RecoveryPoint, ...]:
        """The base backups, oldest first, failed ones too."""
        listed = await self._listed()
        copied = [entry for entry in listed if entry.get("status") in _COPIED]
        bases = [base for entry in copied if (base := await self._base(str(entry["backup_id"])))]
        self._bases = {base.id: base for base in bases}
        points = [self._unfinished(entry) for entry in listed if entry.get("status") not in _COPIED]
        if bases:
            archive = await self._archive(max(bases, key=lambda base: base.ended_at))
            points += [self._point(base, archive) for base in bases]
        return tuple(sorted(points, key=lambda point: (point.taken_at, point.id)))

    @property
    def _subject(self) -> str:
        return f"barman server {self._server}"

    async def _ask(self, *words: str) -> Any:
        """Barman's answer about the server. Raises SourceFault."""
        config = ["-c", self._config] if self._config else []
        outcome = await self._run(["barman", *config, "-f", "json", *words])
        try:
            answer = json.loads(outcome.stdout) if outcome.stdout.strip() else {}
        except ValueError:
            answer = {}
        # barman tells errors on its output, under keys that begin with an underscore, beside the servers' names.
        told = answer.get("_ERROR") or answer.get("_EXCEPTION") if isinstance(answer, dict) else None
        if outcome.code or told:
            raise fault_of(self._subject, outcome, said="\n".join([outcome.stderr, *map(str, told or ())]))
        if not isinstance(answer, dict) or not (answer.keys() & {self._server, "_INFO"} or words[0] == "list-files"):
            raise unreadable(self._subject, "no JSON about this server")
        return answer.get(self._server, answer.get("_INFO", []))

    async def _listed(self) -> list[dict[str, Any]]:
        listed = await self._ask("list-backups", self._server)
        if not isinstance(listed, list) or not all(
            isinstance(entry, dict) and "backup_id" in entry for entry in listed
        ):
            raise unreadable(self._subject, "no list of backups")
        return listed

    async def _claimed(self, backup_id: str) -> list[Path]:
        """The segments that the catalogue lists for a base backup, up to the next; they tell where the log lies.

        History files, which stand one folder higher, are left out.
        """
        told = await self._ask("list-files", "--target", "wal", self._server, backup_id)
        paths = [path for path in map(Path, map(str, told)) if Segment.parse(path.name)]
        if paths:
            self._log_folder = paths[0].parent.parent
        return paths

    async def _base(self, backup_id: str) -> _Base | None:
        """One base backup; None when it is not in the catalogue any more, for retention may run between two calls."""
        if backup_id in self._bases:
            return self._bases[backup_id]
        try:
            shown = await self._ask("show-backup", self._server, backup_id)
        except SourceFault as fault:
            if fault.kind is FaultKind.UNKNOWN and "Unknown backup" in fault.what:
                return None
            raise
        try:
            return _parse_base(backup_id, shown["base_backup_information"])
        except (KeyError, TypeError, ValueError) as failure:
            raise unreadable(self._subject, f"backup {backup_id}: {failure}") from failure

    async def _archive(self, newest: _Base) -> _Archive:
        paths = await self._claimed(newest.id)
        try:
            return await asyncio.to_thread(_read_archive, self._log_folder, paths, newest.segment_bytes)
        except OSError as failure:
            raise os_fault(f"The archived log of {self._subject}", failure) from failure

    def _point(self, base: _Base, archive: _Archive) -> RecoveryPoint:
        reached = reach(base.begin, archive.present, frozenset(archive.claimed))
        complete = reached.last is not None and reached.last >= base.end
        end = archive.present.get(base.end, base.ended_at)
        through = archive.present[reached.last] if complete and reached.last else min(end, base.ended_at)
        first_missing = reached.last.next() if reached.last else base.begin
        missing = first_missing.name(base.segment_bytes)
        return RecoveryPoint(
            id=base.id,
            source=self.tool,
            restorable_through=through,
            taken_at=min(end, base.ended_at),
            finished_at=base.ended_at,
            log_through=max(through, _claimed_time(reached, archive) or through),
            size_bytes=base.size_bytes,
            location=self._location,
            complete=complete,
            gap=reached.missing.name(base.segment_bytes) if reached.missing else "",
            flaw="" if complete else f"its log lacks {missing}",
        )

    def _unfinished(self, entry: Mapping[str, Any]) -> RecoveryPoint:
        backup_id = str(entry.get("backup_id", ""))
        # A failed backup has no other time than its name, written in the local time of whoever made it.
        match = re.match(r"\d{8}T\d{6}", backup_id)
        at = (
            datetime.strptime(match.group(), _ID_TIME).replace(tzinfo=UTC)
            if match
            else datetime.min.replace(tzinfo=UTC)
        )
        status = str(entry.get("status", "without a status")).lower()
        return RecoveryPoint(
            backup_id, self.tool, at, at, location=self._location, complete=False, flaw=f"barman says: {status}"
        )


def _parse_base(backup_id: str, told: Mapping[str, Any]) -> _Base:
    size = segment_bytes(told["begin_wal"], told["begin_lsn"])
    begin, end = Segment.parse(told["begin_wal"], size), Segment.parse(told["end_wal"], size)
    if begin is None or end is None:
        raise ValueError("no first or last segment")
    stored = told.get("backup_size_bytes", told.get("disk_usage_bytes"))  # 3.5 and later, earlier
    return _Base(
        id=backup_id,
        begin=begin,
        end=end,
        segment_bytes=size,
        ended_at=_time(told["end_time"]),
        size_bytes=None if stored is None else int(stored),
    )


def _time(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _read_archive(folder: Path | None, listed: Sequence[Path], size: int) -> _Archive:
    """What lies in the log's folders, and what the catalogue lists for the newest base."""
    if folder is None:
        return _Archive({}, {})
    present = dict(_segments(folder, size))
    claimed = {segment: None for path in listed if (segment := Segment.parse(path.name, size))}
    gone = set(claimed) - set(present)
    return _Archive(present, {**claimed, **(_catalogue_times(folder, size) if gone else {})})


def _segments(folder: Path, size: int) -> Iterator[tuple[Segment, datetime]]:
    for log in folder.iterdir():
        if not _LOG_FOLDER.fullmatch(log.name):
            continue
        for entry in os.scandir(log):
            segment, status = Segment.parse(entry.name, size), entry.stat()
            if segment and status.st_size:
                yield segment, datetime.fromtimestamp(status.st_mtime, UTC)


def _catalogue_times(folder: Path, size: int) -> dict[Segment, datetime | None]:
    """When segments were archived, as the catalogue (name, bytes, time, ...) has it; nothing if it lies elsewhere."""
    times: dict[Segment, datetime | None] = {}
    for catalogue in folder.glob("*xlog.db"):
        for line in catalogue.read_text(encoding="utf-8", errors="replace").splitlines():
            fields = line.split("\t")
            segment = Segment.parse(fields[0], size)
            if segment and len(fields) > 2 and re.fullmatch(r"\d+(\.\d+)?", fields[2]):  # noqa: PLR2004 - third field
                times[segment] = datetime.fromtimestamp(float(fields[2]), UTC)
    return times


def _claimed_time(reached: Reach, archive: _Archive) -> datetime | None:
    if reached.claimed is None:
        return None
    return archive.present.get(reached.claimed) or archive.claimed.get(reached.claimed)


def _folder_times(folder: Path | None) -> str:
    """The log folders' change times; empty before the folder is known, or when it cannot be read."""
    try:
        return "" if folder is None else str(sorted((log.name, log.stat().st_mtime_ns) for log in folder.iterdir()))
    except OSError:
        return ""
