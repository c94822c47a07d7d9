"""api, reporting and docs: small aiohttp programs, each with its own kind of data."""

from __future__ import annotations

import json
import sys
from contextlib import closing
from typing import TYPE_CHECKING

from bot.demo.clock import rfc3339
from bot.demo.reports import DATABASE, connect
from bot.demo.samples import Sample, sample_from_json
from bot.demo.systems.port import Ground, http, pseudo_random

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from bot.demo.record import Instance

SETTINGS = 40
_RELEASES = 6
_RELEASE_BYTES = 4 * 1024 * 1024
_PAGES = 120
_PICTURES = 6
_REPORTS = 120_000
_REPORTS_A_NOTE = 100
_WORDS = 2_000


class _Program:
    """What the three have in common: canaries over HTTP."""

    name: str
    depends_on: tuple[str, ...]

    def prepare(self, ground: Ground, instance: Instance) -> None:
        """Nothing: files are files, and SQLite recovers by itself."""

    async def ready(self, ground: Ground, instance: Instance) -> bool:
        """Whether it answers."""
        del ground
        await http("GET", instance.port, "/health")
        return True

    async def write(self, ground: Ground, instance: Instance, token: str, at: datetime) -> Mapping[str, int]:
        """Hands the canary to the program, which answers when it is on the disk."""
        del ground
        body = json.dumps({"token": token, "written_at": rfc3339(at)}).encode()
        answer = await http("PUT", instance.port, "/canary", body, headers={"Content-Type": "application/json"})
        return sample_from_json(json.loads(answer)).counts

    async def ask(self, ground: Ground, instance: Instance) -> Sample:
        """Asks the program."""
        del ground
        return sample_from_json(json.loads(await http("GET", instance.port, "/canary")))


class Api(_Program):
    """Settings and releases in files; it finds the database and the cache through dns."""

    name = "api"
    depends_on: tuple[str, ...] = ("dns", "orders-db", "cache")

    def furnish(self, ground: Ground, data: Path) -> None:
        """Writes the settings and the releases."""
        del ground
        (data / "settings").mkdir()
        (data / "releases").mkdir()
        for number in range(SETTINGS):
            setting = {"name": f"setting-{number:02d}", "value": number * 17 % 101}
            (data / "settings" / f"setting-{number:02d}.json").write_text(json.dumps(setting), encoding="utf-8")
        for number in range(_RELEASES):
            name = f"release-1.{number}.bin"
            (data / "releases" / name).write_bytes(pseudo_random(name, _RELEASE_BYTES))

    def command(self, ground: Ground, instance: Instance) -> Sequence[str]:
        """The program; a scratch copy runs without dns, database and cache."""
        dns_port = ground.ports["dns"] if instance.live else 0
        return (sys.executable, "-m", "bot.demo.services.api", instance.target, str(instance.port), str(dns_port))


class Reporting(_Program):
    """Daily figures in SQLite, fed from the orders database."""

    name = "reporting"
    depends_on: tuple[str, ...] = ("orders-db",)

    def furnish(self, ground: Ground, data: Path) -> None:
        """Writes the figures of the years before."""
        del ground
        path = data / DATABASE
        notes = [pseudo_random(str(number), 24).hex() for number in range(_REPORTS // _REPORTS_A_NOTE)]
        path.touch()
        with closing(connect(path)) as connection, connection:
            connection.execute("create table report (id integer primary key, made_at text, orders integer, note text)")
            connection.execute("create table canary (token text primary key, written_at text not null)")
            connection.executemany(
                "insert into report (made_at, orders, note) values ('2026-01-01T00:00:00Z', ?, ?)",
                ((number, notes[number // _REPORTS_A_NOTE]) for number in range(_REPORTS)),
            )

    def command(self, ground: Ground, instance: Instance) -> Sequence[str]:
        """The program; a scratch copy runs without the orders database."""
        orders_port = ground.ports["orders-db"] if instance.live else 0
        return (
            sys.executable,
            "-m",
            "bot.demo.services.reporting",
            instance.target,
            str(instance.port),
            str(orders_port),
        )


class Docs(_Program):
    """Pages and pictures in files; a leaf that needs nothing but its name."""

    name = "docs"
    depends_on: tuple[str, ...] = ("dns",)

    def furnish(self, ground: Ground, data: Path) -> None:
        """Writes the pages and the pictures."""
        del ground
        (data / "pages").mkdir()
        (data / "pictures").mkdir()
        words = (
            pseudo_random("words", _WORDS * 6).translate(bytes(97 + code % 26 for code in range(256))).decode("ascii")
        )
        text = " ".join(words[start : start + 6] for start in range(0, len(words), 6))
        for number in range(_PAGES):
            start = number * 97 % len(text)
            page = f"# Page {number}\n\n{text[start:]} {text[:start]}\n"
            (data / "pages" / f"page-{number:03d}.md").write_text(page, encoding="utf-8")
        for number in range(_PICTURES):
            name = f"picture-{number}.bin"
            (data / "pictures" / name).write_bytes(pseudo_random(name, _RELEASE_BYTES))

    def command(self, ground: Ground, instance: Instance) -> Sequence[str]:
        """The program; a scratch copy runs without dns."""
        dns_port = ground.ports["dns"] if instance.live else 0
        return (sys.executable, "-m", "bot.demo.services.docs", instance.target, str(instance.port), str(dns_port))
