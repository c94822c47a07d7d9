"""From a delivery to its work: acknowledged first, then worked on, some at a time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

import aiohttp
import pytest

from bot.domain.errors import BringbackError
from bot.domain.events import Source
from bot.slack.call import Call, Route, make_routes
from bot.slack.dispatch import AT_ONCE, Dispatcher
from bot.slack.payload import Kind, answer_id
from bot.slack.tasks import Tasks
from tests.fakes.waiting import eventually

if TYPE_CHECKING:
    from bot.operations.desk import Desk
    from bot.slack.call import Reply, Work

SUBMISSION = {
    "type": "view_submission",
    "view": {"id": "V1", "hash": "1", "callback_id": "form"},
    "user": {"id": "U1RESPONDER"},
}
VIEW = {"type": "modal", "title": {"type": "plain_text", "text": "Working"}, "blocks": []}
WORKING = {"response_action": "update", "view": VIEW}


def dispatcher_for(desk: Desk, work: Work, tasks: Tasks, reply: Reply | None = None) -> Dispatcher:
    return Dispatcher(
        surface="console",
        routes=make_routes([Route(Kind.SUBMISSION, "form", work, lambda _payload: WORKING)]),
        desk=desk,
        inbox=desk.store.inbox,
        via=Source.CONSOLE,
        tasks=tasks,
        make_reply=lambda _payload: cast("Reply", reply),
    )


async def test_work_waits_until_the_answer_has_left(desk: Desk) -> None:
    worked: list[str] = []

    async def work(call: Call) -> None:
        worked.append(call.key)

    dispatcher = dispatcher_for(desk, work, tasks := Tasks())
    own_id = {"external_id": answer_id(SUBMISSION)}
    assert await dispatcher.hear(SUBMISSION) == {**WORKING, "view": {**VIEW, **own_id}}
    await asyncio.sleep(0)
    assert not worked
    dispatcher.acknowledged(SUBMISSION)
    await eventually(lambda: worked)
    await tasks.stop(1)


async def test_the_bots_own_events_are_not_answered(desk: Desk) -> None:
    dispatcher = dispatcher_for(desk, never, Tasks())
    own = {"user_id": "U0BOT", "is_bot": True}
    event = {"type": "app_mention", "user": "U0BOT"}
    mention = {"type": "event_callback", "event_id": "Ev1", "event": event, "authorizations": [own]}
    assert await dispatcher.hear(mention) is None
    assert not await desk.store.inbox.undone("console")


async def never(_call: Call) -> None:
    raise AssertionError


async def test_a_flood_is_worked_on_some_at_a_time(desk: Desk) -> None:
    begun: list[str] = []
    go_on = asyncio.Event()

    async def work(call: Call) -> None:
        begun.append(call.key)
        await go_on.wait()

    dispatcher = dispatcher_for(desk, work, tasks := Tasks())
    forms = [{**SUBMISSION, "view": {"id": f"V{number}", "hash": "1", "callback_id": "form"}} for number in range(60)]
    for form in forms:
        await dispatcher.hear(form)
        dispatcher.acknowledged(form)
    await eventually(lambda: len(dispatcher._working) == 60)
    assert len(begun) == AT_ONCE
    go_on.set()
    await eventually(lambda: len(begun) == 60)
    await tasks.stop(1)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (aiohttp.ServerDisconnectedError(), "it cannot be reached"),
        (BringbackError("There is no such step.", "Look again."), "There is no such step. Look again."),
        (ZeroDivisionError(), "Something went wrong inside the bot"),
    ],
)
async def test_whatever_goes_wrong_the_person_is_told(desk: Desk, fault: Exception, words: str) -> None:
    reply = Told()

    async def work(_call: Call) -> None:
        raise fault

    dispatcher = dispatcher_for(desk, work, tasks := Tasks(), cast("Reply", reply))
    await dispatcher.hear(SUBMISSION)
    dispatcher.acknowledged(SUBMISSION)
    await eventually(lambda: reply.said)
    await tasks.stop(1)
    assert words in reply.said[0]


class Told:
    """A reply that remembers."""

    def __init__(self) -> None:
        self.said: list[str] = []

    async def tell(self, said: str) -> None:
        self.said.append(said)
