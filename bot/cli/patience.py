"""Calls to a bot that may go away while a recovery is followed: it is waited for, and called again."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

from bot.web.control_errors import BotGone

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.cli.world import Session
    from bot.domain.events import Actor
    from bot.operations.desk import Desk
    from bot.web.control_verbs import Verbs

P = ParamSpec("P")
R = TypeVar("R")


class PatientVerbs:
    """The verbs with which a recovery is followed. Each is a look, or an answer of which the first one counts.

    So all of them may be called again when nobody knows whether the last call counted; only a note may stand twice.
    """

    def __init__(self, session: Session, verbs: Verbs, recovery: str) -> None:
        self.holds = verbs.holds
        self._session = session
        self._verbs = verbs
        self._recovery = recovery
        self._gone = False

    async def __call__(
        self, operation: Callable[Concatenate[Desk, P], Awaitable[R]], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """What the operation gives. Raises BotGone when the bot stays away."""
        return await self._patiently(lambda: self._verbs(operation, *args, **kwargs))

    async def whoami(self) -> Actor:
        """Who is calling, as the policy knows them."""
        return await self._patiently(self._verbs.whoami)

    async def _patiently(self, call: Callable[[], Awaitable[R]]) -> R:
        patience = self._session.world.patience_seconds
        end = asyncio.get_running_loop().time() + patience
        while True:
            try:
                given = await call()
            except BotGone as gone:
                if asyncio.get_running_loop().time() >= end:
                    raise self._stayed_away(gone) from None
                self._tell(gone=True)
                await asyncio.sleep(self._session.world.poll_seconds)
            else:
                self._tell(gone=False)
                return given

    def _stayed_away(self, gone: BotGone) -> BotGone:
        helps = f"Nothing that was stored is lost: `bringback follow {self._recovery}` goes on with it."
        return BotGone(f"{gone.what} It did not come back within {self._session.world.patience_seconds:g} s.", helps)

    def _tell(self, *, gone: bool) -> None:
        """Once each time it changes, however many calls meet it."""
        if gone is self._gone:
            return
        self._gone = gone
        waits = f"waiting {self._session.world.patience_seconds:g} s for it to come back"
        self._session.screen.say(f"The bot stopped answering: {waits}." if gone else "The bot answers again.")
