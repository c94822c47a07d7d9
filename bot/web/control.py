"""The control socket: `STATE_DIR/bot.sock`, where the process that holds the state serves the terminal.

HTTP over a Unix socket that only its owner (and root) may open. `POST /verbs/NAME` with a JSON object of arguments
answers `{"gives": ...}`, or `{"error": {kind, what, helps, kept}}` with status 409. Who calls is asked of the kernel.
"""

from __future__ import annotations

from inspect import signature
from typing import TYPE_CHECKING, Any

import pydantic
from aiohttp import web

from bot.domain.errors import BringbackError
from bot.domain.events import Actor
from bot.store.codec import from_plain, to_plain
from bot.web.control_errors import error_to_plain
from bot.web.control_socket import OWNER_ONLY, listen, login_of_uid, peer_uid
from bot.web.control_verbs import actor_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from bot.operations.desk import Desk
    from bot.web.control_verbs import Verb

_REFUSED = 409
LARGEST = 32 * 1024 * 1024
"""Bytes of a call: the largest file that may be attached, as base64."""


class ControlServer:
    """Serves the verbs of one desk. Only the process that holds the state may start it.

    `mode` is that of the socket. Whoever may open it calls as who the kernel says they are, and as nobody else.
    """

    def __init__(
        self,
        desk: Desk,
        path: Path,
        verbs: Mapping[str, Verb],
        login_of: Callable[[int], str] = login_of_uid,
        mode: int = OWNER_ONLY,
    ) -> None:
        self._mode = mode
        self._desk = desk
        self._path = path
        self._verbs = verbs
        self._login_of = login_of
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Listen. A socket that a dead process left behind is replaced."""
        app = web.Application(client_max_size=LARGEST)
        app.add_routes([web.get("/whoami", self._whoami), web.post("/verbs/{name}", self._call)])
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=2)
        await self._runner.setup()
        await web.SockSite(self._runner, listen(self._path, self._mode)).start()

    async def stop(self) -> None:
        """Let calls under way end, and remove the socket."""
        if self._runner:
            self._path.unlink(missing_ok=True)
            await self._runner.cleanup()
            self._runner = None

    async def _whoami(self, request: web.Request) -> web.Response:
        try:
            return web.json_response({"gives": to_plain(self._actor(request))})
        except BringbackError as error:
            return web.json_response({"error": error_to_plain(error)}, status=_REFUSED)

    async def _call(self, request: web.Request) -> web.Response:
        verb = self._verbs.get(request.match_info["name"])
        if verb is None:
            return _refusal("This bot knows no verb of that name.", "Is the bot of the same version as the terminal?")
        try:
            arguments = self._arguments(verb, await request.json(), request)
        except (pydantic.ValidationError, ValueError, TypeError, AttributeError) as error:
            return _refusal(f"The bot cannot read what {verb.name} was given: {error}", "")
        except BringbackError as error:
            return web.json_response({"error": error_to_plain(error)}, status=_REFUSED)
        try:
            return web.json_response({"gives": to_plain(await verb.operation(self._desk, **arguments))})
        except BringbackError as error:
            return web.json_response({"error": error_to_plain(error)}, status=_REFUSED)

    def _arguments(self, verb: Verb, given: dict[str, Any], request: web.Request) -> dict[str, Any]:
        arguments = {name: from_plain(verb.takes[name], value) for name, value in given.items() if name in verb.takes}
        arguments |= {name: self._actor(request) for name, tp in verb.takes.items() if tp is Actor}
        signature(verb.operation).bind(self._desk, **arguments)
        return arguments

    def _actor(self, request: web.Request) -> Actor:
        if request.transport is None:
            raise BringbackError("The caller has gone.")
        uid = peer_uid(request.transport.get_extra_info("socket"))
        return actor_of(self._desk.policy, self._login_of(uid))


def _refusal(what: str, helps: str) -> web.Response:
    return web.json_response({"error": error_to_plain(BringbackError(what, helps))}, status=_REFUSED)
