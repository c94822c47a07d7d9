"""The backups of orders-db: base backups and archived write-ahead log, with barman.

Base backups are tar files and a restore fetches the log segment by segment (``fetch-wal``), because barman's other ways
need rsync, which not every machine has.
"""

from __future__ import annotations

import os
import pwd
import shlex
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.demo import postgres
from bot.demo.environment import for_programs, programs_folder
from bot.demo.errors import DemoError
from bot.demo.files import replace_file
from bot.demo.processes import run

if TYPE_CHECKING:
    from pathlib import Path

    from bot.demo.layout import Layout

SERVER = "orders"
_TIMEOUT_SECONDS = 60.0
_KEEP = 3
_SEGMENT_NAME = 24  # hexadecimal digits: timeline, log, segment
BASE_EVERY = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class BaseBackup:
    """A base backup: when it ended, and the last segment of the log that it cannot do without."""

    id: str
    ended_at: datetime
    end_segment: str


def _read_notes(path: Path) -> BaseBackup | None:
    lines = (line.partition("=") for line in path.read_text(encoding="utf-8").splitlines())
    notes = {key: value for key, _, value in lines}
    if notes.get("status") not in {"DONE", "WAITING_FOR_WALS"}:
        return None
    return BaseBackup(
        path.name.removesuffix("-backup.info"), datetime.fromisoformat(notes["end_time"]), notes["end_wal"]
    )


class BarmanServer:
    """barman, as its cron would call it."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    async def archive(self) -> None:
        """Takes the segments that PostgreSQL handed over into the catalogue."""
        await self._barman("archive-wal", SERVER)

    async def back_up(self) -> None:
        """Takes a base backup, and drops the oldest when there are more than enough; their log goes with them."""
        await self._barman("backup", SERVER)
        for notes in self._notes()[:-_KEEP]:
            await self._barman("delete", SERVER, notes.name.removesuffix("-backup.info"))

    def last_base(self) -> BaseBackup | None:
        """The newest base backup that is whole. Reads barman's own notes: asking barman costs half a second."""
        found = [base for path in self._notes() if (base := _read_notes(path)) is not None]
        return found[-1] if found else None

    def base_file(self, base: BaseBackup) -> Path:
        """The file that holds a base backup."""
        return self._layout.backups / "barman" / SERVER / "base" / base.id / "data" / "base.tar"

    def segments(self) -> list[Path]:
        """The archived segments, oldest first; history and label files are not among them."""
        wals = self._layout.backups / "barman" / SERVER / "wals"
        return sorted(path for path in wals.glob("*/*") if len(path.name) == _SEGMENT_NAME)

    def _notes(self) -> list[Path]:
        return sorted((self._layout.backups / "barman" / SERVER / "meta").glob("*-backup.info"))

    async def _barman(self, *arguments: str) -> str:
        command = (str(programs_folder() / "barman"), "-c", str(self._layout.barman_configuration), *arguments)
        environment = for_programs(self._layout)
        code, output = await run(command, environment=environment, folder=self._layout.work, seconds=_TIMEOUT_SECONDS)
        if code:
            raise DemoError(f"barman {' '.join(arguments)} failed ({code}): {output.strip()[-300:]}")
        return output


def write_configuration(layout: Layout, port: int) -> None:
    """Names the server for barman, and makes the two scripts that PostgreSQL calls: archive-wal and fetch-wal."""
    home = layout.backups / "barman"
    incoming = home / SERVER / "incoming"
    incoming.mkdir(parents=True, exist_ok=True)
    login = f"host=127.0.0.1 port={port} user={postgres.USER}"
    lines = [
        "[barman]",
        f"barman_user = {pwd.getpwuid(os.geteuid()).pw_name}",
        f"barman_home = {home}",
        f"log_file = {layout.log('barman')}",
        "log_level = WARNING",
        f"configuration_files_directory = {home / 'none'}",
        f"[{SERVER}]",
        "description = Orders database",
        f"conninfo = {login} dbname=postgres",
        f"streaming_conninfo = {login}",
        "backup_method = postgres",
        "backup_compression = none",
        "archiver = on",
        f"path_prefix = {postgres.programs()}",
        "",
    ]
    replace_file(layout.barman_configuration, "\n".join(lines).encode(), mode=0o600)
    archive = (
        f"#!/bin/sh\nset -eu\nincoming={shlex.quote(str(incoming))}\n"
        'cp -p "$1" "$incoming/.$2"\nmv "$incoming/.$2" "$incoming/$2"\n'
    )
    fetch = (
        f"#!/bin/sh\nset -eu\nwals={shlex.quote(str(home / SERVER / 'wals'))}\n"
        'case $1 in\n*.history) exec cp "$wals/$1" "$2" ;;\n'
        '*) exec cp "$wals/$(printf %.16s "$1")/$1" "$2" ;;\nesac\n'
    )
    for name, script in (("archive-wal", archive), ("fetch-wal", fetch)):
        replace_file(layout.programs / name, script.encode(), mode=0o755)
