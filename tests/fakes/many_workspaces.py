"""A Slack of two workspaces that apps are installed into by OAuth: who calls with which token is what it notes."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

CLIENT_ID = "111.222"
CLIENT_SECRET = "client-secret-333"


@dataclass(frozen=True, slots=True)
class Team:
    """One workspace: what it is called, its channel, and who is in it."""

    id: str
    name: str
    channel: str
    person: str

    @property
    def token(self) -> str:
        return f"xoxb-of-{self.id}"


ACME = Team("T1ACME", "Acme", "C1INCIDENTS", "U1RESPONDER")
BETA = Team("T2BETA", "Beta", "C2BETA", "U7BETA")
TEAMS = (ACME, BETA)


@dataclass(frozen=True, slots=True)
class Called:
    """One call: its method, the workspace whose token it carried, and its arguments."""

    method: str
    team: str
    arguments: Mapping[str, Any]


class ManyWorkspaces:
    """`codes` are what `agree` gave and nobody has used; `revoked` the tokens that are good no more."""

    def __init__(self) -> None:
        self.url = ""
        self.calls: list[Called] = []
        self.codes: dict[str, Team] = {}
        self.revoked: list[str] = []
        self.scopes: list[str] = ["chat:write", "commands"]
        self.hosts: list[str] = []
        self.sockets: list[web.WebSocketResponse] = []
        self.acknowledged: list[str] = []

    def agree(self, address: str, team: Team) -> tuple[str, str]:
        """A person of this workspace agrees at the address where the bot sent the browser: the code, and the state."""
        parts = urlsplit(address)
        asked = parse_qs(parts.query)
        assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{self.url}/oauth/v2/authorize"
        assert asked["client_id"] == [CLIENT_ID]
        assert "chat:write" in asked["scope"][0].split(",")
        code = f"code-{team.id}-{len(self.calls)}"
        self.codes[code] = team
        return code, asked["state"][0]

    def of(self, method: str) -> list[Called]:
        """The calls of a method, oldest first."""
        return [call for call in self.calls if call.method == method]

    async def deliver(self, payload: Mapping[str, Any], kind: str = "events_api") -> str:
        """Send an envelope over the newest socket; returns its id, which `acknowledged` holds in time."""
        envelope = f"E{len(self.calls)}{payload.get('event_id', '')}"
        await self.sockets[-1].send_json({"envelope_id": envelope, "type": kind, "payload": payload})
        return envelope

    async def socket(self, request: web.Request) -> web.WebSocketResponse:
        """One connection of Socket Mode."""
        self.hosts.append(request.host)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"type": "hello", "num_connections": 1})
        self.sockets.append(socket)
        async for message in socket:
            self.acknowledged.append(message.json()["envelope_id"])
        return socket

    async def answer(self, request: web.Request) -> web.Response:
        """One call."""
        self.hosts.append(request.host)
        method = request.match_info["method"]
        body = await request.json() if request.content_type == "application/json" else dict(await request.post())
        arguments = {**request.query, **body}
        if method == "oauth.v2.access":
            return web.json_response(self._access(request, arguments))
        if method == "apps.connections.open":
            return web.json_response({"ok": True, "url": f"ws://{request.host}/link?ticket={len(self.hosts)}"})
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        team = next((team for team in TEAMS if team.token == token and token not in self.revoked), None)
        if team is None:
            return web.json_response({"ok": False, "error": "invalid_auth"})
        self.calls.append(Called(method, team.id, arguments))
        granted = {"x-oauth-scopes": ",".join(self.scopes)}
        return web.json_response(self._of_team(team, method, arguments), headers=granted)

    def _access(self, request: web.Request, arguments: Mapping[str, Any]) -> dict[str, Any]:
        basic = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        if request.headers.get("Authorization") != f"Basic {basic}":
            return {"ok": False, "error": "bad_client_secret"}
        team = self.codes.pop(str(arguments.get("code")), None)
        if team is None:
            return {"ok": False, "error": "invalid_code"}
        return {
            "ok": True,
            "access_token": team.token,
            "token_type": "bot",
            "scope": "chat:write,commands",
            "bot_user_id": f"U0{team.id}",
            "app_id": "A1",
            "team": {"id": team.id, "name": team.name},
            "enterprise": None,
            "authed_user": {"id": team.person},
            "is_enterprise_install": False,
        }

    def _of_team(self, team: Team, method: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        match method:
            case "auth.test":
                who = {"user": "bringback", "team": team.name, "team_id": team.id, "bot_id": f"B{team.id}"}
                return {"ok": True, "url": f"https://{team.name}.example/", **who}
            case "auth.revoke":
                self.revoked.append(team.token)
            case "conversations.info" if arguments["channel"] != team.channel:
                return {"ok": False, "error": "channel_not_found"}
            case "users.info" if arguments["user"] != team.person:
                return {"ok": False, "error": "user_not_found"}
            case "conversations.info":
                return {"ok": True, "channel": {"name": "incidents", "is_member": True}}
            case "users.info":
                return {"ok": True, "user": {"name": "riley", "profile": {"display_name": "riley.r"}}}
            case "conversations.open":
                return {"ok": True, "channel": {"id": f"D{arguments['users']}"}}
            case "chat.postMessage" | "chat.postEphemeral" | "chat.update":
                if arguments["channel"] not in {team.channel, f"D{team.person}", team.person}:
                    return {"ok": False, "error": "channel_not_found"}
                return {"ok": True, "ts": f"{1700000000 + len(self.calls)}.000100", "channel": arguments["channel"]}
        return {"ok": True, "messages": []}


@asynccontextmanager
async def many_workspaces() -> AsyncIterator[ManyWorkspaces]:
    """The server, listening on a free port of loopback."""
    slack = ManyWorkspaces()
    app = web.Application()
    app.add_routes([web.route("*", "/api/{method}", slack.answer), web.get("/link", slack.socket)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield slack
    finally:
        await runner.cleanup()
