"""dns: the names of the estate, from zone files, served by a small dnslib server."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bot.demo.clock import from_rfc3339, rfc3339
from bot.demo.errors import SystemSilent
from bot.demo.files import replace_file
from bot.demo.lookup import texts
from bot.demo.samples import Sample
from bot.demo.systems.port import ZONE, Ground

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from bot.demo.record import Instance


class Dns:
    """Zone files: hosts.zone (large, still), services.zone (where the live systems listen), canary.zone."""

    name = "dns"
    depends_on: tuple[str, ...] = ()

    def __init__(self, hosts: int = 12_000) -> None:
        self._hosts = hosts

    def furnish(self, ground: Ground, data: Path) -> None:
        """Writes the hosts; the other zones follow from what runs."""
        lines = (
            f"host-{number:05d} IN A 10.{20 + number // 62_500}.{number // 250 % 250}.{1 + number % 250}"
            for number in range(self._hosts)
        )
        (data / "hosts.zone").write_text("\n".join(["$ORIGIN estate.test.", "$TTL 60", *lines, ""]), encoding="ascii")
        self._write_services(ground, data)

    def prepare(self, ground: Ground, instance: Instance) -> None:
        """Brings the live zone up to this estate's ports, should they have changed since the copy was made."""
        if instance.live:
            self._write_services(ground, Path(instance.target))

    def command(self, ground: Ground, instance: Instance) -> Sequence[str]:
        """The name server."""
        del ground
        return (sys.executable, "-m", "bot.demo.services.dns_server", instance.target, str(instance.port))

    async def ready(self, ground: Ground, instance: Instance) -> bool:
        """Whether it counts its records."""
        del ground
        return bool(await texts(instance.port, f"records.{ZONE}"))

    async def write(self, ground: Ground, instance: Instance, token: str, at: datetime) -> Mapping[str, int]:
        """Writes canary.zone and waits until the server serves it."""
        line = f'canary IN TXT "{token}" "{rfc3339(at)}"'
        zone = f"$ORIGIN estate.test.\n$TTL 1\n{line}\n"
        await asyncio.to_thread(replace_file, Path(instance.target) / "canary.zone", zone.encode("ascii"))
        sample = await self.ask(ground, instance)  # the server looks for changed files on every question
        if sample.token != token:
            raise SystemSilent(f"dns on port {instance.port} does not serve what was just written")
        return sample.counts

    async def ask(self, ground: Ground, instance: Instance) -> Sample:
        """Asks the server for its newest canary and for the number of its records."""
        del ground
        canary = await texts(instance.port, f"canary.{ZONE}")
        records = await texts(instance.port, f"records.{ZONE}")
        if not canary or not records:
            raise SystemSilent(f"dns on port {instance.port} holds no canary")
        token, written_at = canary
        return Sample(token, from_rfc3339(written_at), {"records": int(records[0])})

    def _write_services(self, ground: Ground, data: Path) -> None:
        lines = [
            f"{name} IN A 127.0.0.1\n_{name}._tcp IN SRV 0 0 {port} {name}"
            for name, port in sorted(ground.ports.items())
        ]
        replace_file(data / "services.zone", "\n".join(["$ORIGIN estate.test.", "$TTL 5", *lines, ""]).encode("ascii"))
