"""The outbox: brings what Slack shows up to what the store wants, one message a second a channel.

It is level-triggered: each round looks at which messages differ from what they were last sent. So updates of one
message run together, the latest wins and the last is always sent, also after a restart or an outage of Slack.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.slack.fit import fit_message
from bot.slack.poster import Poster, SlackBusy, SlackRefused, SlackSilent

if TYPE_CHECKING:
    from bot.domain.clock import Clock
    from bot.slack.pace import Pace, Sleep
    from bot.store.messages import Messages, StoredMessage

LOG = logging.getLogger(__name__)

FORM_REFUSED = frozenset(
    {
        "invalid_blocks",
        "invalid_blocks_format",
        "invalid_arguments",
        "msg_too_long",
        "msg_blocks_too_long",
        "block_mismatch",
    }
)
DELETED = frozenset({"message_not_found"})
UNCHANGEABLE = frozenset({"cant_update_message", "edit_window_closed"})
NO_THREAD = frozenset({"thread_not_found", "message_not_found", "cannot_reply_to_message"})
TEXT_ONLY = 2
BACK_OFF = (1.0, 2.0, 5.0, 10.0, 30.0)
REFUSED_SECONDS = 60.0

Report = Callable[["StoredMessage", str], Awaitable[None]]


async def report_nothing(_stored: StoredMessage, _error: str) -> None:
    """Tell nobody that Slack refuses a message."""


class Outbox:
    """Sends what one surface's messages want."""

    def __init__(
        self,
        *,
        surface: str,
        messages: Messages,
        poster: Poster,
        pace: Pace,
        clock: Clock,
        report: Report = report_nothing,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._surface = surface
        self._messages = messages
        self._poster = poster
        self._pace = pace
        self._clock = clock
        self._report = report
        self._sleep = sleep
        self._nudged = asyncio.Event()
        self._failures: dict[str, int] = {}
        self._not_before: dict[str, datetime] = {}
        self.refusals = 0  # of a payload's form: what `fit` should have prevented

    def nudge(self) -> None:
        """There may be something to send."""
        self._nudged.set()

    async def run(self, idle_seconds: float = 5.0) -> None:
        """Send until cancelled."""
        while True:
            self._nudged.clear()
            soonest = await self.round()
            if soonest is None or soonest > 0:
                await self._rest(idle_seconds if soonest is None else min(soonest, idle_seconds))

    async def _rest(self, seconds: float) -> None:
        """Wait for a nudge, at most so long."""
        waits = [asyncio.ensure_future(self._nudged.wait()), asyncio.ensure_future(self._sleep(seconds))]
        try:
            _ = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                _ = wait.cancel()

    async def round(self) -> float | None:
        """Send one message whose turn it is. Seconds until there may be another; None when there is nothing to send."""
        waits: list[float] = []
        for stored in await self._messages.unsent(self._surface):
            wait = max(self._pace.wait_seconds(stored.message.channel, _method(stored)), self._held(stored))
            if wait <= 0:
                await self._send(stored)
                return 0.0
            waits.append(wait)
        return min(waits, default=None)

    def _held(self, stored: StoredMessage) -> float:
        until = self._not_before.get(stored.message.key)
        return (until - self._clock.now()).total_seconds() if until else 0.0

    async def _send(self, stored: StoredMessage) -> None:
        key, channel, method = stored.message.key, stored.message.channel, _method(stored)
        await self._pace.turn(channel, method)
        try:
            try:
                await self._write(stored)
            finally:
                self._pace.taken(channel, method)
        except SlackBusy as busy:
            self._pace.pause(method, busy.seconds)
        except SlackSilent as silent:
            self._hold(key, self._back_off(key))
            LOG.warning("%s is not sent yet: %s", key, silent)
        except SlackRefused as refused:
            await self._refused(stored, refused.error)
        else:
            _ = self._failures.pop(key, None), self._not_before.pop(key, None)

    async def _write(self, stored: StoredMessage) -> None:
        wanted = stored.message
        if stored.ts and stored.sent == wanted.digest:
            await self._pin(stored)
            return
        payload = formed(stored)
        if stored.ts:
            await self._poster.update(wanted.channel, stored.ts, payload, wanted.key)
            ts = stored.ts
        else:
            ts = await self._post(stored, payload)
        await self._messages.posted(self._surface, wanted.key, ts, wanted.digest, self._clock.now())

    async def _post(self, stored: StoredMessage, payload: dict[str, Any]) -> str:
        """Post, unless an earlier post arrived whose answer was lost: then that one is brought up to date."""
        wanted = stored.message
        if stored.posting_since:
            found = await self._find(stored, stored.posting_since)
            if found:
                await self._poster.update(wanted.channel, found, payload, wanted.key)
                return found
        await self._messages.begin_posting(self._surface, wanted.key, stored.posting_since or self._clock.now())
        try:
            return await self._poster.post(wanted.channel, payload, stored.thread_ts, wanted.key)
        except (SlackBusy, SlackRefused):
            if not stored.posting_since:  # Slack says that nothing was posted, and no earlier post is in doubt
                await self._messages.stop_posting(self._surface, wanted.key)
            raise

    async def _find(self, stored: StoredMessage, since: datetime) -> str:
        wanted = stored.message
        try:
            return await self._poster.find(wanted.channel, stored.thread_ts, wanted.key, since)
        except SlackRefused as refused:
            LOG.warning("cannot look for %s, posting it again: %s", wanted.key, refused.error)
            return ""

    async def _pin(self, stored: StoredMessage) -> None:
        try:
            await self._poster.pin(stored.message.channel, stored.ts)
        except SlackRefused as refused:
            LOG.warning("%s is not pinned: %s", stored.message.key, refused.error)
        await self._messages.pinned(self._surface, stored.message.key)

    async def _refused(self, stored: StoredMessage, error: str) -> None:
        key = stored.message.key
        if error in FORM_REFUSED and stored.form < TEXT_ONLY:
            self.refusals += 1
            simpler = stored.form + 1 if stored.message.payload.get("simple_blocks") else TEXT_ONLY
            LOG.error("Slack refuses the form of %s (%s); sending a simpler one", key, error)
            await self._messages.degraded(self._surface, key, simpler)
        elif error in DELETED | UNCHANGEABLE and stored.ts:
            await self._messages.gone(self._surface, key)
            if error in UNCHANGEABLE:  # every change would be a new message: not one a second
                self._hold(key, REFUSED_SECONDS)
        elif error in NO_THREAD and stored.message.thread:
            await self._messages.gone(self._surface, stored.message.thread)
        else:
            self._hold(key, REFUSED_SECONDS)
            if await self._messages.refused(self._surface, key, error):
                LOG.error("Slack refuses %s: %s", key, error)
                await self._report(stored, error)

    def _back_off(self, key: str) -> float:
        failures = self._failures.get(key, 0)
        self._failures[key] = failures + 1
        return BACK_OFF[min(failures, len(BACK_OFF) - 1)]

    def _hold(self, key: str, seconds: float) -> None:
        self._not_before[key] = self._clock.now() + timedelta(seconds=seconds)


def _method(stored: StoredMessage) -> str:
    if not stored.ts:
        return "chat.postMessage"
    return "pins.add" if stored.sent == stored.message.digest else "chat.update"


def formed(stored: StoredMessage) -> dict[str, Any]:
    """What goes out: as made, with simpler blocks, or as text alone, in which no address becomes a link."""
    payload = dict(stored.message.payload)
    simple = payload.pop("simple_blocks", None)
    if stored.form >= TEXT_ONLY:
        return fit_message({"text": str(payload["text"]).replace("://", ": //")})
    return fit_message({**payload, "blocks": simple} if stored.form and simple else payload)
