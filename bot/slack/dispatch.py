"""From a delivery to its handler: committed once, acknowledged, then worked on; words for whatever goes wrong."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import aiohttp
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError

from bot.domain.errors import BringbackError
from bot.domain.events import Actor, Source
from bot.slack.call import Call, Reply, Route, Routes
from bot.slack.client import error_of
from bot.slack.fit import fit_view
from bot.slack.payload import Heard, Payload, answer_id, heard, is_own, user_of
from bot.store.inbox import LEASE, Delivery

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from bot.operations.desk import Desk
    from bot.slack.tasks import Tasks
    from bot.store.inbox import Inbox

LOG = logging.getLogger(__name__)

WORK_SECONDS = 90.0
ACKNOWLEDGE_SECONDS = 3.0
AGAIN = 100  # deliveries taken up at a time
AT_START = 10_000  # as many as a process can have left behind
AT_ONCE = 50  # a flood is worked on in its order, rather than all of it at once and none in time
PATIENCE = LEASE - timedelta(seconds=WORK_SECONDS + 5)
OOPS = (
    "Something went wrong inside the bot ({key}). Nothing was changed that the recovery does not show. "
    "Try again; if it stays, `bringback doctor` and the log tell more."
)
REFUSED = (
    "Slack did not take the bot's answer ({error}). What you asked for may have been done: look before you repeat it."
)


class Dispatcher:
    """Accepts deliveries and works on them, in the loop that it was made in.

    `hear`, `receive` and `acknowledged` may be called in another thread's loop. `alone`: no other process works on this
    inbox.
    """

    def __init__(
        self,
        *,
        surface: str,
        routes: Routes,
        desk: Desk,
        inbox: Inbox,
        via: Source,
        tasks: Tasks,
        make_reply: Callable[[Payload], Reply],
        alone: bool = True,
    ) -> None:
        self._surface = surface
        self._routes = routes
        self._desk = desk
        self._inbox = inbox
        self._via = via
        self._tasks = tasks
        self._make_reply = make_reply
        self._alone = alone
        self._working: set[str] = set()
        self._heard: dict[str, tuple[Route, Delivery]] = {}
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._loop = asyncio.get_running_loop()

    async def receive(self, body: Payload) -> BoltResponse:
        """Bolt's global middleware. It answers for every listener.

        Bolt would look for an acknowledgement every 10 ms, and would send none at all for what nobody listens to.
        """
        answer = await self.hear(body)
        what = heard(body)
        if what:  # the work of what could not be acknowledged is done all the same
            _ = self._loop.call_later(ACKNOWLEDGE_SECONDS, self._begin, what.key)
        return BoltResponse(status=200, body=dict(answer) if answer else "")

    async def hear(self, body: Payload) -> Mapping[str, Any] | None:
        """Commit the delivery once; returns what its acknowledgement carries. Its work waits for `acknowledged`.

        A refused form (`response_action: errors`) is not committed: it may come again.
        """
        what = heard(body)
        route = self._routes.find(what.kind, what.name) if what else None
        if what is None or route is None or is_own(body):
            LOG.info("nobody handles %s", what or body.get("type"))
            return None
        answer = route.acknowledge(body)
        # An answer that cannot be given stops here: what is committed is always acknowledged.
        fitted = _fitted(answer, body) if answer else None
        if answer is None or answer.get("response_action") != "errors":
            now = self._desk.clock.now()
            if await self._accept(what, body, now):
                self._heard[what.key] = (route, Delivery(what.key, what.kind.value, body, now))
        return fitted

    async def _accept(self, what: Heard, body: Payload, now: datetime) -> bool:
        accepting = self._inbox.accept(self._surface, what.key, what.kind.value, body, now)
        if self._inbox.any_thread or asyncio.get_running_loop() is self._loop:
            return await accepting
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(accepting, self._loop))

    def acknowledged(self, body: Payload) -> None:
        """The answer to this delivery has left, or never will: its work may begin.

        Not before: work takes the interpreter from what answers, and a form that the answer shows would come too late
        and hide for ever what the work shows in its place.
        """
        what = heard(body)
        if what:
            _ = self._loop.call_soon_threadsafe(self._begin, what.key)

    def _begin(self, key: str) -> None:
        route, delivery = self._heard.pop(key, (None, None))
        if route and delivery:
            self._start(route, delivery)

    async def replay(self, *, at_start: bool = False) -> int:
        """Work on what was acknowledged and not done; returns how many. At the start nobody else can be at it."""
        now, alone = self._desk.clock.now(), self._alone and at_start
        undone = await self._inbox.take_undone(self._surface, now, alone=alone, most=AT_START if alone else AGAIN)
        taken = 0
        for delivery in undone:
            what = heard(delivery.payload)
            route = self._routes.find(what.kind, what.name) if what else None
            if route is None:
                await self._inbox.done(self._surface, delivery.key, self._desk.clock.now(), "nobody handles it")
            elif delivery.key not in self._working:
                taken += 1
                self._start(route, delivery)
        return taken

    def _start(self, route: Route, delivery: Delivery) -> None:
        self._working.add(delivery.key)
        self._tasks.start(self._work(route, delivery), f"{route.kind.value} {route.name}")

    async def _work(self, route: Route, delivery: Delivery) -> None:
        taken_at = self._desk.clock.now()
        reply = self._make_reply(delivery.payload)
        try:
            async with self._slots:
                if not self._alone and self._desk.clock.now() - taken_at > PATIENCE:
                    LOG.warning("%s waited for its turn until its lease is short; it is taken up again", delivery.key)
                    return
                outcome = await self._attempt(route, delivery, reply)
            await self._inbox.done(self._surface, delivery.key, self._desk.clock.now(), outcome)
        finally:
            self._working.discard(delivery.key)

    async def _attempt(self, route: Route, delivery: Delivery, reply: Reply) -> str:
        """The Slack listener boundary: whatever a handler raises becomes words for the person. Returns the outcome."""
        what = heard(delivery.payload)
        try:
            async with asyncio.timeout(WORK_SECONDS):
                await route.work(
                    Call(
                        payload=delivery.payload,
                        name=what.name if what else route.name,
                        key=delivery.key,
                        actor=actor_of(delivery.payload, self._desk, self._via),
                        desk=self._desk,
                        reply=reply,
                        heard_at=delivery.received_at,
                        attempts=delivery.attempts,
                    )
                )
        except BringbackError as fault:
            return await _tell(reply, str(fault))
        except SlackApiError as refused:
            LOG.warning("%s %s: Slack refused %s", route.kind.value, route.name, error_of(refused))
            return await _tell(reply, REFUSED.format(error=error_of(refused)))
        except aiohttp.ClientError as lost:
            LOG.warning("%s %s: %s %s", route.kind.value, route.name, type(lost).__name__, lost)
            return await _tell(reply, REFUSED.format(error="it cannot be reached"))
        except Exception:
            LOG.exception("%s %s failed (%s)", route.kind.value, route.name, delivery.key)
            return await _tell(reply, OOPS.format(key=delivery.key[:40]))
        return "done"


def _fitted(answer: Mapping[str, Any], body: Payload) -> dict[str, Any]:
    if "view" not in answer:
        return dict(answer)
    return {**answer, "view": {**fit_view(answer["view"]), "external_id": answer_id(body)}}


async def _tell(reply: Reply, words: str) -> str:
    try:
        async with asyncio.timeout(WORK_SECONDS):
            await reply.tell(words)
    except Exception:
        LOG.exception("nobody could be told: %s", words)
        return f"untold: {words}"
    return words


def actor_of(payload: Payload, desk: Desk, via: Source) -> Actor:
    """Who did it, as the policy knows them; who is unknown there keeps their Slack name, and may read."""
    slack_id, name = user_of(payload)
    known = desk.policy.person(slack_id)
    return Actor(id=slack_id, name=known.display if known else name or slack_id, via=via)


def middleware(dispatcher: Dispatcher) -> Callable[..., Any]:
    """The dispatcher as Bolt calls it."""

    async def receive(body: dict[str, Any]) -> BoltResponse:
        return await dispatcher.receive(body)

    return receive
