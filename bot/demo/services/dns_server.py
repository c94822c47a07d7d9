"""An authoritative name server: every ``*.zone`` file of a folder, read again when it changes.

Besides, the TXT record of ``records.estate.test`` tells how many records it holds.
Used as ``python -m bot.demo.services.dns_server FOLDER PORT``.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import cast

from dnslib import QTYPE, RCODE, RR, TXT, DNSError, DNSRecord

_COUNT_NAME = "records.estate.test."


class Zones:
    """The records of a folder's zone files, by name and type."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: dict[Path, tuple[int, int]] = {}
        self._records: dict[Path, dict[tuple[str, int], list[RR]]] = {}

    def refresh(self) -> None:
        """Reads what changed; a file that is gone takes its records along."""
        present = {path: path.stat() for path in sorted(self._folder.glob("*.zone"))}
        for path in [path for path in self._seen if path not in present]:
            del self._seen[path], self._records[path]
        for path, stat in present.items():
            mark = (stat.st_mtime_ns, stat.st_ino)
            if self._seen.get(path) != mark:
                self._records[path] = self._read(path)
                self._seen[path] = mark

    def find(self, name: str, kind: int) -> list[RR]:
        """The records of that name and type."""
        return [record for zone in self._records.values() for record in zone.get((name, kind), ())]

    def count(self) -> int:
        """How many records there are, the canary aside."""
        return sum(
            len(found) for path, zone in self._records.items() if path.name != "canary.zone" for found in zone.values()
        )

    @staticmethod
    def _read(path: Path) -> dict[tuple[str, int], list[RR]]:
        records: dict[tuple[str, int], list[RR]] = {}
        for record in RR.fromZone(path.read_text(encoding="ascii")):
            records.setdefault((str(record.rname).lower(), record.rtype), []).append(record)
        return records


class NameServer(asyncio.DatagramProtocol):
    """Answers over UDP."""

    def __init__(self, zones: Zones) -> None:
        self._zones = zones
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        try:
            question = DNSRecord.parse(data)
        except DNSError:
            return
        assert self._transport is not None
        self._transport.sendto(self._answer(question).pack(), addr)

    def _answer(self, question: DNSRecord) -> DNSRecord:
        reply = question.reply()
        name, kind = str(question.q.qname).lower(), question.q.qtype
        try:
            self._zones.refresh()
        except (OSError, DNSError):
            reply.header.rcode = RCODE.SERVFAIL
            return reply
        if name == _COUNT_NAME and kind == QTYPE.TXT:
            reply.add_answer(RR(name, QTYPE.TXT, rdata=TXT(str(self._zones.count())), ttl=0))
        for record in self._zones.find(name, kind):
            reply.add_answer(record)
        if not reply.rr:
            reply.header.rcode = RCODE.NXDOMAIN
        return reply


async def serve(folder: Path, port: int) -> None:
    """Serves until the process is ended."""
    zones = Zones(folder)
    zones.refresh()
    if not zones.count():
        sys.exit(f"dns: {folder} holds no zone")
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: NameServer(zones), local_addr=("127.0.0.1", port)
    )
    try:
        await asyncio.get_running_loop().create_future()
    finally:
        transport.close()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2])))
