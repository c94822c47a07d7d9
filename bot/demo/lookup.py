"""Questions to a name server on loopback."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from dnslib import QTYPE, DNSError, DNSRecord

from bot.demo.errors import SystemSilent

if TYPE_CHECKING:
    from collections.abc import Sequence

_TRIES = 4
_TRY_SECONDS = 1.0


class _OneAnswer(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        del addr
        if not self.answer.done():
            self.answer.set_result(data)

    def error_received(self, exc: Exception) -> None:
        if not self.answer.done():
            self.answer.set_exception(exc)


async def _exchange(port: int, question: bytes) -> bytes:
    loop = asyncio.get_running_loop()
    transport, protocol = await loop.create_datagram_endpoint(_OneAnswer, remote_addr=("127.0.0.1", port))
    try:
        transport.sendto(question)
        return await asyncio.wait_for(protocol.answer, _TRY_SECONDS)
    finally:
        transport.close()


async def ask_name_server(port: int, name: str, kind: str) -> DNSRecord:
    """The answer to one question. Raises SystemSilent when none comes."""
    question = DNSRecord.question(name, kind)
    cause: Exception | None = None
    for _ in range(_TRIES):
        try:
            answer = DNSRecord.parse(await _exchange(port, question.pack()))
        except (OSError, TimeoutError, DNSError) as failure:
            cause = failure
            if isinstance(failure, ConnectionRefusedError):
                break
            continue
        if answer.header.id == question.header.id:
            return answer
    raise SystemSilent(f"the name server on port {port} does not answer for {name} {kind}") from cause


async def texts(port: int, name: str) -> Sequence[str]:
    """The strings of a name's TXT record; empty when it has none."""
    answer = await ask_name_server(port, name, "TXT")
    return [part.decode() for record in answer.rr if record.rtype == QTYPE.TXT for part in record.rdata.data]


async def service_port(port: int, name: str) -> int:
    """The port at which the name server says that a service listens (its SRV record). Raises SystemSilent."""
    answer = await ask_name_server(port, f"_{name}._tcp.estate.test", "SRV")
    ports = [int(record.rdata.port) for record in answer.rr if record.rtype == QTYPE.SRV]
    if not ports:
        raise SystemSilent(f"the name server on port {port} knows no service {name}")
    return ports[0]
