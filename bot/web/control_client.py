"""The terminal's end of the control socket: the same verbs, called in the process that holds the state."""

from __future__ import annotations

from contextlib import ExitStack
from inspect import signature
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Self, TypeVar, cast

import aiohttp

from bot.domain.errors import BringbackError
from bot.domain.events import Actor
from bot.store.codec import from_plain, to_plain
from bot.web.control_errors import BotGone, error_from_plain
from bot.web.control_socket import short_path

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from pathlib import Path
    from types import TracebackType

    from bot.operations.desk import Desk
    from bot.web.control_verbs import Verb

P = ParamSpec("P")
R = TypeVar("R")

_FAILED = 500
ANSWER_SECONDS = 120.0
"""How long a verb may take: a sweep asks every backup tool, each with its own timeout below this."""


class SocketVerbs:
    """Calls operations in the process that holds the state. An async context manager."""

    holds = False

    def __init__(self, path: Path, verbs: Mapping[str, Verb]) -> None:
        self._path = path
        self._verbs = verbs
        self._session: aiohttp.ClientSession | None = None
        self._open = ExitStack()

    async def __aenter__(self) -> Self:
        connector = aiohttp.UnixConnector(self._open.enter_context(short_path(self._path)))
        self._session = aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(ANSWER_SECONDS))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session:
            await self._session.close()
        self._open.close()

    async def __call__(
        self, operation: Callable[Concatenate[Desk, P], Awaitable[R]], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """What the operation gives there. An Actor among the arguments is not sent: the bot asks the kernel."""
        verb = self._verbs[operation.__name__]
        given = signature(operation).bind(None, *args, **kwargs).arguments
        sent = {name: to_plain(given[name]) for name, tp in verb.takes.items() if name in given and tp is not Actor}
        return cast("R", from_plain(verb.gives, await self._ask("POST", f"/verbs/{verb.name}", sent)))

    async def whoami(self) -> Actor:
        """Who the bot says is calling."""
        return from_plain(Actor, await self._ask("GET", "/whoami", None))

    async def _ask(self, method: str, path: str, body: Any) -> Any:
        if self._session is None:
            message = "enter SocketVerbs before calling"
            raise RuntimeError(message)
        try:
            async with self._session.request(method, f"http://bot{path}", json=body) as response:
                if response.status >= _FAILED:
                    raise BringbackError(f"The bot failed at {path}.", "Its log says why.")
                answer = await response.json()
        except TimeoutError:
            raise BringbackError(
                f"The bot gave no answer within {ANSWER_SECONDS:.0f} seconds.", "`bringback status` tells what it did."
            ) from None
        except aiohttp.ClientError as error:
            raise BotGone(
                f"The bot that holds this state stopped answering: {error}.",
                "Nothing that was stored is lost: look at `bringback status` before you call again.",
            ) from None
        if "error" in answer:
            raise error_from_plain(answer["error"])
        return answer["gives"]
