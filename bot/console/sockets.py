"""Socket Mode: single-use tickets, several connections, one connection for each envelope, acks from any of them."""

from __future__ import annotations

import asyncio
import json
import secrets
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from aiohttp import WSCloseCode, WSMsgType, web

from .delivery import Ack, Envelope, Outcome
from .faults import FaultKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from .faults import Faults
    from .records import Json

MOST_CONNECTIONS: Final = 10
CONNECTION_SECONDS: Final = 3600
PING_SECONDS: Final = 20.0


@dataclass(eq=False, slots=True)
class _Connection:
    socket: web.WebSocketResponse
    transport: asyncio.WriteTransport
    draining: bool = False
    received: int = field(default=0)


class SocketHub:
    """All Socket Mode connections of the app."""

    def __init__(self, app_id: str, faults: Faults, changed: Callable[[], None]) -> None:
        self._app_id = app_id
        self._changed = changed
        self._faults = faults
        self._tickets: set[str] = set()
        self._connections: list[_Connection] = []
        self._acks: dict[str, asyncio.Future[Json | None]] = {}
        self.acks_received = 0

    @property
    def connected(self) -> int:
        """How many connections take envelopes."""
        return len(self._ready())

    def ticket(self) -> str:
        """A fresh single-use ticket for one connection."""
        ticket = secrets.token_urlsafe(24)
        self._tickets.add(ticket)
        return ticket

    async def accept(self, request: web.Request) -> web.StreamResponse:
        """Serves one connection until it ends. A ticket that was used, or never given, is refused with 408."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=408, text="This ticket was used already, or never given out.")
        self._tickets.remove(ticket)
        if self._faults.strikes(FaultKind.REFUSE_SOCKET, FaultKind.DOWN):
            return web.Response(status=503, text="A fault that is on refuses this socket.")
        if len(self._connections) >= MOST_CONNECTIONS:
            return web.Response(status=429, text="too_many_websockets")
        socket = web.WebSocketResponse(heartbeat=PING_SECONDS, max_msg_size=0)
        await socket.prepare(request)
        if request.transport is None:
            return socket  # the other side went away during the handshake
        connection = _Connection(socket, request.transport)
        self._connections.append(connection)
        self._changed()
        try:
            await socket.send_json(self._hello())
            await self._read(connection)
        except ConnectionError:
            pass  # the other side went away in the middle of a frame: the same end as a close
        finally:
            self._connections.remove(connection)
            self._changed()
        return socket

    async def deliver(self, envelope: Envelope, seconds: float) -> Ack:
        """Sends an envelope to one connection and waits for its acknowledgement on any."""
        envelope_id = str(uuid.uuid4())
        future: asyncio.Future[Json | None] = asyncio.get_running_loop().create_future()
        self._acks[envelope_id] = future
        try:
            if not await self._send(_frame(envelope_id, envelope)):
                return Ack(Outcome.NOT_CONNECTED)
            return Ack(Outcome.ACKED, await asyncio.wait_for(future, seconds))
        except TimeoutError:
            return Ack(Outcome.NO_ACK)
        finally:
            self._acks.pop(envelope_id, None)

    async def ask_to_reconnect(self, reason: str = "refresh_requested") -> None:
        """Tells every connection to make a new one ("warning", "refresh_requested" or "link_disabled")."""
        for connection in self._ready():
            connection.draining = reason != "warning"
            await connection.socket.send_json(
                {"type": "disconnect", "reason": reason, "debug_info": {"host": "console"}}
            )

    def drop(self) -> int:
        """Cuts every connection without a word, as a broken network does; says how many there were."""
        connections = list(self._connections)
        for connection in connections:
            connection.draining = True
            connection.transport.abort()
        return len(connections)

    async def close(self) -> None:
        """Closes every connection."""
        for connection in list(self._connections):
            await connection.socket.close(code=WSCloseCode.GOING_AWAY)

    def _ready(self) -> list[_Connection]:
        return [each for each in self._connections if not each.draining and not each.socket.closed]

    async def _send(self, frame: Json) -> bool:
        for connection in sorted(self._ready(), key=lambda each: each.received):
            connection.received += 1
            try:
                await connection.socket.send_json(frame)
            except (ConnectionError, RuntimeError):
                continue  # it closed under our hands: the next one
            return True
        return False

    async def _read(self, connection: _Connection) -> None:
        async for message in connection.socket:
            if message.type is WSMsgType.TEXT:
                self._resolve(message.data)

    def _resolve(self, text: str) -> None:
        try:
            frame = json.loads(text)
        except ValueError:
            return
        envelope_id = frame.get("envelope_id") if isinstance(frame, dict) else None
        future = self._acks.get(envelope_id or "")
        if future is not None and not future.done():
            self.acks_received += 1
            future.set_result(frame.get("payload") or None)

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": self.connected,
            "connection_info": {"app_id": self._app_id},
            "debug_info": {"host": "console", "approximate_connection_time": CONNECTION_SECONDS},
        }


def _frame(envelope_id: str, envelope: Envelope) -> Json:
    frame: Json = {
        "envelope_id": envelope_id,
        "type": envelope.kind,
        "payload": envelope.payload,
        "accepts_response_payload": envelope.accepts_response,
    }
    if envelope.kind == "events_api":
        frame |= {"retry_attempt": envelope.attempt, "retry_reason": envelope.reason}
    return frame
