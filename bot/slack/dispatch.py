"""From a delivery to its handler: committed once, acknowledged, then worked on; words for whatever goes wrong."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from slack_bolt.response import BoltResponse

from bot.domain.errors import BringbackError
from bot.domain.events import Actor, Source
from bot.slack.call import Call, Reply, Route, Routes
from bot.slack.fit import fit_view
from bot.slack.payload import Payload, heard, user_of
from bot.store.inbox import Delivery

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.operations.desk import Desk
    from bot.slack.tasks import Tasks
    from bot.store.inbox import Inbox

LOG = logging.getLogger(__name__)

WORK_SECONDS = 90.0
ACKNOWLEDGE_SECONDS = 3.0
OOPS = (
    "Something went wrong inside the bot ({key}). Nothing was changed that the recovery does not show. "
    "Try again; if it stays, `bringback doctor` and the log tell more."
)


class Dispatcher:
    """Accepts deliveries and works on them. `alone`: no other process works on this inbox."""

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
        self._unsent: dict[str, asyncio.Event] = {}

    async def receive(self, body: Payload) -> BoltResponse:
        """Bolt's global middleware: commit the delivery once, hand its work on, acknowledge.

        It answers for every listener. Bolt would look for an acknowledgement every 10 ms, and would send none at all
        for what nobody listens to. A refused form (`response_action: errors`) is not committed: it may come again.
        """
        what = heard(body)
        route = self._routes.find(what.kind, what.name) if what else None
        if what is None or route is None:
            LOG.info("nobody handles %s", what or body.get("type"))
            return BoltResponse(status=200, body="")
        answer = route.acknowledge(body)
        if answer is None or answer.get("response_action") != "errors":
            now = self._desk.clock.now()
            if await self._inbox.accept(self._surface, what.key, what.kind.value, body, now):
                if answer and "view" in answer:
                    self._unsent[what.key] = asyncio.Event()
                self._start(route, Delivery(what.key, what.kind.value, body, now))
        return BoltResponse(status=200, body=_fitted(answer) if answer else "")

    def acknowledged(self, body: Payload) -> None:
        """The answer to this delivery has left: its work may go on."""
        what = heard(body)
        if what and what.key in self._unsent:
            self._unsent[what.key].set()

    async def _until_acknowledged(self, key: str) -> None:
        """An answer that shows a form, overtaken by what the work then shows in its place, would stay for ever."""
        try:
            async with asyncio.timeout(ACKNOWLEDGE_SECONDS):
                _ = await self._unsent[key].wait()
        except TimeoutError:
            LOG.warning("the answer to %s did not leave; its work goes on", key)
        finally:
            del self._unsent[key]

    async def replay(self, *, at_start: bool = False) -> int:
        """Work on what was acknowledged and not done; returns how many. At the start nobody else can be at it."""
        undone = await self._inbox.take_undone(self._surface, self._desk.clock.now(), alone=self._alone and at_start)
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
        reply = self._make_reply(delivery.payload)
        if delivery.key in self._unsent:
            await self._until_acknowledged(delivery.key)
        try:
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
        except Exception:
            LOG.exception("%s %s failed (%s)", route.kind.value, route.name, delivery.key)
            return await _tell(reply, OOPS.format(key=delivery.key[:40]))
        return "done"


def _fitted(answer: Mapping[str, Any]) -> dict[str, Any]:
    return {**answer, "view": fit_view(answer["view"])} if "view" in answer else dict(answer)


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
