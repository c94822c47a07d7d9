"""A Slack-compatible server that is none of ours: it sends envelopes, answers as it is told, and notes every breach.

It holds each call to what Slack documents: the token in `Authorization: Bearer`, JSON bodies that name their charset,
no argument that the method does not have, a `text` in every message.
"""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

BOT_TOKEN = "xoxb-1-foreign"
APP_TOKEN = "xapp-1-foreign"
CHANNEL = "C1INCIDENTS"
_MESSAGE = {"channel", "text", "blocks", "metadata"}
ARGUMENTS: Mapping[str, set[str]] = {
    "auth.test": set(),
    "apps.connections.open": set(),
    "chat.postMessage": _MESSAGE | {"thread_ts", "unfurl_links", "unfurl_media"},
    "chat.postEphemeral": _MESSAGE - {"metadata"} | {"user", "thread_ts"},
    "chat.update": _MESSAGE | {"ts"},
    "conversations.history": {"channel", "oldest", "include_all_metadata", "limit", "cursor"},
    "conversations.replies": {"channel", "ts", "oldest", "include_all_metadata", "limit", "cursor"},
    "conversations.open": {"users"},
    "pins.add": {"channel", "timestamp"},
    "reactions.add": {"channel", "timestamp", "name"},
    "views.open": {"trigger_id", "view"},
    "views.update": {"view_id", "external_id", "view", "hash"},
    "views.publish": {"user_id", "view", "hash"},
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call gets instead of success: a refusal with HTTP 200, or another status, with headers."""

    error: str = ""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asked:
    """One call that came."""

    method: str
    arguments: Mapping[str, Any]


class ForeignSlack:
    """The server. `next_answers`: what the next calls of a method get; `refuse_in`: the error of every message in a
    channel; `breaches`: what was done against the rules.
    """

    def __init__(self) -> None:
        self.url = ""
        self.calls: list[Asked] = []
        self.breaches: list[str] = []
        self.next_answers: dict[str, deque[Answer]] = defaultdict(deque)
        self.refuse_in: dict[str, str] = {}
        self.hello: dict[str, Any] = {"type": "hello", "num_connections": 1, "connection_info": {"app_id": "A1"}}
        self.sockets: list[web.WebSocketResponse] = []
        self._acks: dict[str, asyncio.Future[Any]] = {}
        self._made = 0

    def of(self, method: str) -> list[Mapping[str, Any]]:
        """The arguments of every call of a method, oldest first."""
        return [call.arguments for call in self.calls if call.method == method]

    async def send(self, kind: str, payload: Mapping[str, Any], **more: Any) -> asyncio.Future[Any]:
        """Send an envelope over the newest socket. The future has the payload of its acknowledgement."""
        self._made += 1
        envelope = f"envelope-{self._made}"
        self._acks[envelope] = asyncio.get_running_loop().create_future()
        await self.sockets[-1].send_json({"envelope_id": envelope, "type": kind, "payload": payload, **more})
        return self._acks[envelope]

    async def deliver(self, kind: str, payload: Mapping[str, Any], seconds: float = 5.0, **more: Any) -> Any:
        """Send an envelope and wait for its acknowledgement; returns what that carries. Raises TimeoutError."""
        return await asyncio.wait_for(await self.send(kind, payload, **more), seconds)

    async def tell(self, frame: Mapping[str, Any]) -> None:
        """Send a frame that is no envelope over every socket."""
        for socket in self.sockets:
            await socket.send_json(frame)

    def routes(self) -> list[web.RouteDef]:
        """What is served."""
        return [web.post("/api/{method}", self._call), web.get("/link", self._socket)]

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.sockets.append(socket)
        await socket.send_json(self.hello)
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                ack = json.loads(message.data)
                waiting = self._acks.pop(ack.get("envelope_id", ""), None)
                if waiting and not waiting.done():
                    waiting.set_result(ack.get("payload"))
        self.sockets.remove(socket)
        return socket

    async def _call(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        arguments = await self._arguments(request)
        self._judge(method, arguments, request)
        self.calls.append(Asked(method, arguments))
        if self.next_answers[method]:
            given = self.next_answers[method].popleft()
            said = {"ok": not given.error, **({"error": given.error} if given.error else {})}
            return web.json_response(said, status=given.status, headers=given.headers)
        if method.startswith("chat.") and arguments.get("channel") in self.refuse_in:
            return web.json_response({"ok": False, "error": self.refuse_in[arguments["channel"]]})
        return web.json_response({"ok": True, **self._made_by(method, arguments)})

    async def _arguments(self, request: web.Request) -> dict[str, Any]:
        if request.content_type == "application/json":
            if request.charset != "utf-8":
                self.breaches.append(f"{request.path}: a JSON body without its charset")
            body: dict[str, Any] = await request.json()
            return body
        return {**request.query, **await request.post()}

    def _judge(self, method: str, arguments: Mapping[str, Any], request: web.Request) -> None:
        token = APP_TOKEN if method == "apps.connections.open" else BOT_TOKEN
        if request.headers.get("Authorization") != f"Bearer {token}":
            self.breaches.append(f"{method}: no bearer token")
        if unknown := arguments.keys() - ARGUMENTS.get(method, set()):
            self.breaches.append(f"{method}: unknown arguments {sorted(unknown)}")
        if method.startswith("chat.") and not arguments.get("text"):
            self.breaches.append(f"{method}: no text")

    def _made_by(self, method: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        self._made += 1
        match method:
            case "auth.test":
                return {"user_id": "U0BOT", "team_id": "T1", "bot_id": "B1", "url": "https://team.example/"}
            case "apps.connections.open":
                return {"url": f"{self.url.replace('http', 'ws', 1)}/link?ticket={self._made}"}
            case "conversations.open":
                return {"channel": {"id": f"D{arguments['users']}"}}
            case "conversations.history" | "conversations.replies":
                return {"messages": []}
            case "views.open" | "views.update" | "views.publish":
                return {"view": {"id": f"V{self._made}", "hash": f"{self._made}.h"}}
            case _:
                return {"ts": f"1700000000.{self._made:06}", "channel": arguments.get("channel", "")}


@asynccontextmanager
async def foreign_slack() -> AsyncIterator[ForeignSlack]:
    """The server, listening on a free port of loopback."""
    server = ForeignSlack()
    app = web.Application()
    app.add_routes(server.routes())
    runner = web.AppRunner(app, shutdown_timeout=0.5)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        server.url = "http://{}:{}".format(*runner.addresses[0][:2])
        yield server
    finally:
        await asyncio.gather(*(socket.close() for socket in list(server.sockets)))
        await runner.cleanup()
