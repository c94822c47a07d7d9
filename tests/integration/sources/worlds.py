"""Stores that tests can change: real ones of each tool, and the fake that stands in for them elsewhere."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from bot.domain.recovery_points import RecoveryPoint
from bot.domain.runbook import Backup
from bot.sources.registry import Source, make_source
from tests.fakes.fake_source import FakeSource

if TYPE_CHECKING:
    from collections.abc import Mapping

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
PROGRAMS = Path(sys.executable).parent
ENVIRONMENT = {"PATH": f"{PROGRAMS}{os.pathsep}/usr/bin{os.pathsep}/bin", "HOME": "/nonexistent"}
TEMPLATE = Path(__file__).parents[2] / "fixtures" / "sources" / "barman-backup.info"


class World(Protocol):
    """A store, and the source that reads it."""

    @property
    def source(self) -> Source:
        """The source under test."""
        ...

    def add_copy(self) -> None:
        """One more good copy, newer than the others."""
        ...

    def vanish(self) -> None:
        """The store, or what leads to it, is gone."""
        ...


def backup(tool: str, **options: object) -> Backup:
    return Backup(tool, "onsite", tuple((name, str(value)) for name, value in options.items()))


class FakeWorld:
    """The fake that other rooms' tests use."""

    def __init__(self, folder: Path) -> None:
        del folder
        self.source = FakeSource()
        self._made = 0

    def add_copy(self) -> None:
        self._made += 1
        at = NOON + self._made * timedelta(minutes=1)
        self.source.add(RecoveryPoint(f"at-{self._made}", "barman", at, at, size_bytes=1, location="onsite"))

    def add_torn(self) -> None:
        at = NOON + timedelta(hours=1)
        torn = RecoveryPoint("torn", "barman", at, at, log_through=at + timedelta(minutes=1), gap="A", size_bytes=1)
        self.source.add(replace(torn, location="onsite"))

    def vanish(self) -> None:
        self.source.vanish()


class SnapshotWorld:
    """Snapshot folders on this disk."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "snapshots"
        self.root.mkdir()
        self._made = 0
        self.source: Source = make_source(backup("files", path=self.root), ENVIRONMENT)

    def add_copy(self, *contents: bytes, finished: bool = True) -> Path:
        self._made += 1
        at = NOON + self._made * timedelta(minutes=1, microseconds=123456)
        snapshot = self.root / at.strftime("%Y%m%dT%H%M%S.%fZ")
        (snapshot / "media").mkdir(parents=True)
        files = []
        for number, content in enumerate(contents or (b"one", b"another")):
            (snapshot / "media" / str(number)).write_bytes(content)
            files.append({"path": f"media/{number}", "bytes": len(content), "sha256": "unread"})
        if finished:
            self.finish(snapshot, at, files)
        return snapshot

    def add_empty(self) -> None:
        self._made += 1
        at = NOON + self._made * timedelta(minutes=1)
        snapshot = self.root / at.strftime("%Y%m%dT%H%M%S.%fZ")
        snapshot.mkdir()
        self.finish(snapshot, at, [])

    def finish(self, snapshot: Path, at: datetime, files: list[dict[str, object]]) -> None:
        told = {"system": "storage", "started_at": at.isoformat(), "finished_at": at.isoformat(), "files": files}
        (snapshot / "manifest.json").write_text(json.dumps(told))

    def vanish(self) -> None:
        shutil.rmtree(self.root)


class LitestreamWorld:
    """A SQLite database and its replica, made by the real tool."""

    def __init__(self, folder: Path) -> None:
        self.replica = folder / "replica"
        self._database = folder / "a.db"
        self.source: Source = make_source(backup("litestream", replica=self.replica), ENVIRONMENT)
        self.add_copy()

    def add_copy(self) -> None:
        with sqlite3.connect(self._database) as connection:
            connection.execute("pragma journal_mode = wal")
            connection.execute("create table if not exists canary (token text)")
            connection.execute("insert into canary values (hex(randomblob(100)))")
        connection.close()
        run("litestream", "replicate", "-once", str(self._database), f"file://{self.replica}")

    def tear(self) -> None:
        self.add_copy()
        self.add_copy()
        files = sorted((self.replica / "ltx" / "0").iterdir())
        files[-2].unlink()

    def vanish(self) -> None:
        shutil.rmtree(self.replica)


class BarmanWorld:
    """An archive as the real barman keeps it. Its base backups are hollow, for nothing here restores them."""

    def __init__(self, folder: Path) -> None:
        self._config = folder / "barman.conf"
        self._home = folder / "orders"
        self.log = self._home / "wals" / "0000000100000000"
        for name in ("meta", "base", "incoming", "errors", "streaming"):
            (self._home / name).mkdir(parents=True)
        self.log.mkdir(parents=True)
        user = subprocess.run(["id", "-un"], capture_output=True, text=True, check=True, env=ENVIRONMENT).stdout.strip()
        self._config.write_text(
            f"[barman]\nbarman_home = {folder}\nbarman_user = {user}\nlog_file = {folder}/barman.log\n"
            f"configuration_files_directory = {folder}\n"
            "[orders]\ndescription = orders\nconninfo = host=127.0.0.1 port=9 user=postgres dbname=postgres\n"
            "streaming_conninfo = host=127.0.0.1 port=9 user=postgres\nbackup_method = postgres\narchiver = on\n"
        )
        self._next = 8
        self.source: Source = make_source(backup("barman", server="orders", config=self._config), ENVIRONMENT)

    def add_copy(self) -> None:
        at = NOON + self._next * timedelta(seconds=1)
        backup_id, segment = at.strftime("%Y%m%dT%H%M%S"), self._next
        text = TEMPLATE.read_text().format(time=at.isoformat(" "), segment=f"{1:08X}{0:08X}{segment:08X}", low=segment)
        (self._home / "meta" / f"{backup_id}-backup.info").write_text(text)
        (self._home / "base" / backup_id / "data").mkdir(parents=True)
        self.archive(2)

    def archive(self, segments: int) -> None:
        for _ in range(segments):
            name, at = f"{1:08X}{0:08X}{self._next:08X}", (NOON + self._next * timedelta(seconds=1)).timestamp()
            (self.log / name).write_bytes(b"log")
            os.utime(self.log / name, (at, at))
            with (self._home / "wals" / "orders-xlog.db").open("a") as catalogue:
                catalogue.write(f"{name}\t16777216\t{at}\tNone\tNone\n")
            self._next += 1

    def tear(self) -> None:
        self.archive(3)
        (self.log / f"{1:08X}{0:08X}{self._next - 2:08X}").unlink()

    def vanish(self) -> None:
        self._config.unlink()


def run(*argv: str, environment: Mapping[str, str] = ENVIRONMENT) -> str:
    """Run a tool to its end, as its own user would."""
    return subprocess.run(argv, capture_output=True, text=True, check=True, env=dict(environment), timeout=30).stdout
