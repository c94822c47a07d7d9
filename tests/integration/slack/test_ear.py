"""Against a Slack that is not ours: heard and acknowledged at once, whatever the bot is doing and Slack is saying."""

from __future__ import annotations

import sqlite3
import time
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.events import Source
from bot.slack.call import Call, Route, make_routes
from bot.slack.payload import Kind
from bot.slack.surface import SlackSurface
from bot.store.database import inbox_path, sqlite_path
from bot.store.inbox_table import TableInbox
from handlers.registry import registry
from tests.fakes.foreign_slack import APP_TOKEN, BOT_TOKEN, Answer, ForeignSlack, foreign_slack
from tests.fakes.waiting import eventually
from tests.integration.slack.conftest import RATES, running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from bot.operations.desk import Desk
    from bot.slack.call import Routes
    from bot.slack.payload import Payload


@pytest.fixture
async def slack() -> AsyncIterator[ForeignSlack]:
    async with foreign_slack() as server:
        yield server


@asynccontextmanager
async def listening(slack: ForeignSlack, desk: Desk, routes: Routes) -> AsyncIterator[SlackSurface]:
    surface = SlackSurface(
        name="slack",
        api_url=slack.url,
        bot_token=BOT_TOKEN,
        app_token=APP_TOKEN,
        via=Source.SLACK,
        desk=desk,
        routes=routes,
        rates=RATES,
    )
    async with running(surface):
        await eventually(lambda: slack.sockets)
        yield surface


def command(trigger: str) -> dict[str, Any]:
    return {"command": "/recovery", "text": "busy", "trigger_id": trigger, "user_id": "U1", "channel_id": "C1"}


def noting(worked: list[str]) -> Routes:
    async def work(call: Call) -> None:
        worked.append(call.key)

    return make_routes([Route(Kind.COMMAND, "busy", work)])


def is_kept(database: str, key: str) -> bool:
    """Whether the inbox has this delivery, asked without the loop."""
    path = inbox_path(sqlite_path(database))
    with closing(sqlite3.connect(path)) as file:
        return bool(file.execute("SELECT 1 FROM deliveries WHERE key = ?", (f"slack/{key}",)).fetchall())


async def test_it_hears_while_the_rest_of_the_bot_is_busy(slack: ForeignSlack, desk: Desk, database: str) -> None:
    worked: list[str] = []
    async with listening(slack, desk, noting(worked)):
        await slack.deliver("slash_commands", command("1.1"))
        acknowledged = await slack.send("slash_commands", command("1.2"))
        until = time.monotonic() + 5
        while time.monotonic() < until and not is_kept(database, "command:1.2"):
            pass  # the loop is blocked
        assert is_kept(database, "command:1.2")
        await acknowledged
        await eventually(lambda: worked == ["command:1.1", "command:1.2"])


async def test_an_envelope_that_comes_again_is_acknowledged_again_and_worked_on_once(
    slack: ForeignSlack, desk: Desk
) -> None:
    worked: list[str] = []
    async with listening(slack, desk, noting(worked)):
        for attempt in range(3):
            await slack.deliver("slash_commands", command("1.2"), retry_attempt=attempt, retry_reason="timeout")
        await eventually(lambda: worked)
        assert worked == ["command:1.2"]


async def test_it_hears_too_where_several_processes_share_a_database(slack: ForeignSlack, desk: Desk) -> None:
    worked: list[str] = []
    shared = replace(desk, store=replace(desk.store, inbox=TableInbox()))
    async with listening(slack, shared, noting(worked)):
        for _ in range(2):
            await slack.deliver("slash_commands", command("1.2"))
        await eventually(lambda: worked)
    assert worked == ["command:1.2"]
    assert await desk.store.inbox.undone("slack") == 0


@pytest.mark.parametrize("reason", ["warning", "refresh_requested", "too_many_websockets"])
async def test_when_slack_says_that_it_will_close_there_is_another_socket_first(
    slack: ForeignSlack, desk: Desk, reason: str
) -> None:
    async with listening(slack, desk, noting([])):
        old = slack.sockets[0]
        await slack.tell({"type": "disconnect", "reason": reason, "debug_info": {"host": "h"}})
        await eventually(lambda: len(slack.sockets) == 2)
        assert not old.closed
        await old.close()
        await slack.deliver("slash_commands", command("1.2"))


async def test_a_link_that_slack_disabled_is_tried_again_but_not_in_a_tight_loop(
    slack: ForeignSlack, desk: Desk
) -> None:
    async with listening(slack, desk, noting([])) as surface:
        slack.next_answers["apps.connections.open"].append(Answer("not_allowed_token_type"))
        await slack.tell({"type": "disconnect", "reason": "link_disabled"})
        await slack.sockets[0].close()
        await eventually(lambda: not slack.next_answers["apps.connections.open"])
        await eventually(lambda: slack.sockets)
        assert len(slack.of("apps.connections.open")) == 3
        await eventually(surface.healthy)


async def test_what_is_no_envelope_is_passed_over(slack: ForeignSlack, desk: Desk) -> None:
    async with listening(slack, desk, noting([])):
        for frame in (
            "ping",
            "[1]",
            "{",
            "[" * 100_000,
            '{"type":"hello","num_connections":99}',
            '{"type":"new thing"}',
        ):
            await slack.sockets[0].send_str(frame)
        await slack.sockets[0].send_json({"envelope_id": "e", "type": "interactive", "payload": None})
        await slack.deliver("slash_commands", command("1.2"))


async def test_a_form_is_refused_beside_its_fields_and_may_come_again(slack: ForeignSlack, desk: Desk) -> None:
    worked: list[str] = []
    refusal = {"response_action": "errors", "errors": {"why": "Say why."}}

    async def work(call: Call) -> None:
        worked.append(call.key)

    def acknowledge(payload: Payload) -> Mapping[str, Any] | None:
        return None if payload["view"]["state"]["values"] else refusal

    form = Route(Kind.SUBMISSION, "form", work, acknowledge)
    async with listening(slack, desk, make_routes([form])):
        assert await slack.deliver("interactive", submission({})) == refusal
        assert await slack.deliver("interactive", submission({"why": {"why": {"value": "so"}}})) is None
        await eventually(lambda: worked)


def submission(values: Mapping[str, Any]) -> dict[str, Any]:
    view = {"id": "V1", "hash": "1", "callback_id": "form", "state": {"values": values}}
    return {"type": "view_submission", "user": {"id": "U1"}, "view": view}


async def test_every_call_keeps_to_what_slack_documents(slack: ForeignSlack, desk: Desk) -> None:
    async with listening(slack, desk, registry()):
        for word in ("help", "status", "freshness", "order", "summary", "restore", "runbook", "nonsense"):
            await slack.deliver("slash_commands", {**command(f"1.{word}"), "text": word, "user_id": "U1RESPONDER"})
        await eventually(lambda: len(slack.of("chat.postEphemeral")) == 6 and len(slack.of("views.update")) == 2)
    assert slack.breaches == []
