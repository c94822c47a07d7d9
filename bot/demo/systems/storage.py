"""storage: a tree of files, served by caddy."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from bot.demo.errors import SystemSilent
from bot.demo.samples import Sample, sample_from_json
from bot.demo.systems.port import Ground, http, pseudo_random
from bot.demo.toolbox import find_program

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from bot.demo.record import Instance

_MEDIA = 12
_ITEMS = 400
_LOG = "uploads.jsonl"


class Storage:
    """media/ (written once), prices.csv, and uploads.jsonl, to which every upload adds a line: the canaries."""

    name = "storage"
    depends_on: tuple[str, ...] = ()

    def __init__(self, medium_bytes: int = 1024 * 1024) -> None:
        self._medium_bytes = medium_bytes

    def furnish(self, ground: Ground, data: Path) -> None:
        """Writes the media and the price list."""
        del ground
        (data / "media").mkdir()
        for number in range(_MEDIA):
            name = f"catalogue-{number:02d}.bin"
            (data / "media" / name).write_bytes(pseudo_random(name, self._medium_bytes))
        rows = [f"item-{number:04d},{100 + number * 7 % 9000}" for number in range(_ITEMS)]
        (data / "prices.csv").write_text("\n".join([*rows, ""]), encoding="ascii")
        (data / _LOG).touch()

    def prepare(self, ground: Ground, instance: Instance) -> None:
        """Nothing: files are files."""

    def command(self, ground: Ground, instance: Instance) -> Sequence[str]:
        """The file server, with its configuration beside its log."""
        routes = [{"handle": [{"handler": "file_server", "root": instance.target, "browse": {}}]}]
        server = {"listen": [f"127.0.0.1:{instance.port}"], "automatic_https": {"disable": True}, "routes": routes}
        configuration = {"admin": {"disabled": True}, "apps": {"http": {"servers": {"files": server}}}}
        path = ground.layout.work / f"caddy-{instance.port}.json"
        path.write_text(json.dumps(configuration), encoding="utf-8")
        return (find_program("caddyserver"), "run", "--config", str(path))

    async def ready(self, ground: Ground, instance: Instance) -> bool:
        """Whether it serves its price list."""
        del ground
        await http("GET", instance.port, "/prices.csv")
        return True

    async def write(self, ground: Ground, instance: Instance, token: str, at: datetime) -> Mapping[str, int]:
        """Adds an upload, and reads it back through the server."""
        path = Path(instance.target) / _LOG
        line = json.dumps(Sample(token, at, {}).as_json()) + "\n"

        def append() -> None:
            if not path.exists():
                raise SystemSilent(f"{path} is gone")
            with path.open("a", encoding="ascii") as log:
                log.write(line)
                log.flush()
                os.fsync(log.fileno())

        await asyncio.to_thread(append)
        sample = await self.ask(ground, instance)
        if sample.token != token:
            raise SystemSilent(f"storage on port {instance.port} does not serve what was just written to {path}")
        return sample.counts

    async def ask(self, ground: Ground, instance: Instance) -> Sample:
        """Reads the uploads and the list of media through the server."""
        del ground
        lines = (await http("GET", instance.port, f"/{_LOG}")).decode("ascii").splitlines()
        listing = await http("GET", instance.port, "/media/", headers={"Accept": "application/json"})
        if not lines:
            raise SystemSilent(f"storage on port {instance.port} holds no upload")
        newest = sample_from_json(json.loads(lines[-1]))
        return Sample(newest.token, newest.written_at, {"uploads": len(lines), "media": len(json.loads(listing))})
