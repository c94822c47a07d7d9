"""What an acknowledgement shows is never left standing over what the work shows after it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

from bot.domain.events import Source
from bot.slack.call import Call, Route, make_routes
from bot.slack.dispatch import Dispatcher
from bot.slack.payload import Kind
from bot.slack.tasks import Tasks
from tests.fakes.waiting import eventually

if TYPE_CHECKING:
    from bot.operations.desk import Desk
    from bot.slack.call import Reply

SUBMISSION = {
    "type": "view_submission",
    "view": {"id": "V1", "hash": "1", "callback_id": "form"},
    "user": {"id": "U1RESPONDER"},
}
VIEW = {"type": "modal", "title": {"type": "plain_text", "text": "Working"}, "blocks": []}
WORKING = {"response_action": "update", "view": VIEW}


async def test_work_waits_until_the_answer_that_shows_a_form_has_left(desk: Desk) -> None:
    begun = asyncio.Event()

    async def work(_call: Call) -> None:
        begun.set()

    dispatcher = Dispatcher(
        surface="console",
        routes=make_routes([Route(Kind.SUBMISSION, "form", work, lambda _payload: WORKING)]),
        desk=desk,
        inbox=desk.store.inbox,
        via=Source.CONSOLE,
        tasks=(tasks := Tasks()),
        make_reply=lambda _payload: cast("Reply", None),
    )
    await dispatcher.receive(SUBMISSION)
    await eventually(lambda: bool(dispatcher._working))
    for _ in range(20):
        await asyncio.sleep(0)
    assert not begun.is_set()
    dispatcher.acknowledged(SUBMISSION)
    async with asyncio.timeout(2):
        await begun.wait()
    await tasks.stop(1)
