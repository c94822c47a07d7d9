"""A strict Slack that is not ours refuses what it pleases: nothing is lost, repeated, or said in vain."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.clock import SystemClock
from bot.domain.events import Actor, Source
from bot.domain.frozen_plan import Mode
from bot.operations.preview_restore import RestoreRequest
from bot.operations.start_recovery import start_recovery
from bot.slack.surface import SlackSurface
from bot.store.messages import WantedMessage
from handlers.registry import registry
from tests.fakes.foreign_slack import BOT_TOKEN, CHANNEL, Answer, ForeignSlack, foreign_slack
from tests.fakes.waiting import eventually
from tests.integration.slack.conftest import RATES, running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.operations.desk import Desk

RILEY = Actor("U1RESPONDER", "Riley", Source.SLACK)


@pytest.fixture
async def slack() -> AsyncIterator[ForeignSlack]:
    async with foreign_slack() as server:
        yield server
        assert server.breaches == []


@asynccontextmanager
async def speaking(slack: ForeignSlack, desk: Desk) -> AsyncIterator[SlackSurface]:
    """A surface that only speaks: what it hears would come over HTTP."""
    surface = SlackSurface(
        name="slack",
        api_url=slack.url,
        bot_token=BOT_TOKEN,
        app_token="",
        via=Source.SLACK,
        desk=desk,
        routes=registry(),
        rates=RATES,
    )
    async with running(surface):
        yield surface


async def want(surface: SlackSurface, desk: Desk, text: str, **more: Any) -> None:
    payload = {"text": text, "blocks": [{"type": "divider"}]}
    wanted = WantedMessage("m", CHANNEL, payload, text, **more)
    await desk.store.messages.want("slack", wanted, SystemClock().now())
    surface.outbox.nudge()


async def shows(desk: Desk, digest: str) -> bool:
    stored = await desk.store.messages.get("slack", "m")
    return stored is not None and stored.sent == digest


@pytest.mark.parametrize(
    "answer",
    [
        Answer("ratelimited", headers={"Retry-After": "0.01"}),
        Answer("ratelimited", 429, {"Retry-After": "0.01"}),
        Answer("rate_limited", headers={"retry-after": "0.01"}),
        Answer("internal_error"),
        Answer("fatal_error"),
        Answer("service_unavailable", 503),
        Answer(status=500),
        Answer(),
    ],
    ids=lambda answer: f"{answer.status} {answer.error}",
)
async def test_a_passing_fault_delays_a_message_and_posts_it_once(
    slack: ForeignSlack, desk: Desk, answer: Answer
) -> None:
    slack.next_answers["chat.postMessage"].append(answer)
    async with speaking(slack, desk) as surface:
        await want(surface, desk, "text")

        async def sent() -> bool:
            return await shows(desk, "text")

        await eventually(sent, 10)
    assert len(slack.of("chat.postMessage")) == 2


@pytest.mark.parametrize("error", ["invalid_blocks", "msg_too_long", "msg_blocks_too_long", "invalid_arguments"])
async def test_a_refused_form_is_said_in_plain_text(slack: ForeignSlack, desk: Desk, error: str) -> None:
    slack.next_answers["chat.postMessage"].append(Answer(error))
    async with speaking(slack, desk) as surface:
        await want(surface, desk, "text")
        await eventually(lambda: len(slack.of("chat.postMessage")) == 2)
    assert "blocks" not in slack.of("chat.postMessage")[1]


@pytest.mark.parametrize("error", ["message_not_found", "cant_update_message"])
async def test_a_message_that_is_gone_is_made_again(slack: ForeignSlack, desk: Desk, error: str) -> None:
    slack.next_answers["chat.update"].append(Answer(error))
    async with speaking(slack, desk) as surface:
        await want(surface, desk, "one")
        await eventually(lambda: slack.of("chat.postMessage"))
        await want(surface, desk, "two")
        await eventually(lambda: slack.of("chat.update"))

        async def gone() -> bool:
            stored = await desk.store.messages.get("slack", "m")
            return stored is not None and (not stored.ts or len(slack.of("chat.postMessage")) == 2)

        await eventually(gone)


@pytest.mark.parametrize("error", ["already_pinned", "not_pinnable", "missing_scope"])
async def test_a_pin_that_slack_does_not_take_is_not_asked_for_again(
    slack: ForeignSlack, desk: Desk, error: str
) -> None:
    slack.next_answers["pins.add"].append(Answer(error))
    async with speaking(slack, desk) as surface:
        await want(surface, desk, "text", pin=True)

        async def settled() -> bool:
            return bool(slack.of("pins.add")) and not await desk.store.messages.unsent("slack")

        await eventually(settled)
    assert len(slack.of("pins.add")) == 1


@pytest.mark.parametrize("error", ["is_archived", "not_in_channel", "channel_not_found", "restricted_action"])
async def test_the_lead_is_told_once_where_the_channel_takes_nothing(
    slack: ForeignSlack, desk: Desk, error: str
) -> None:
    slack.refuse_in[CHANNEL] = error
    async with speaking(slack, desk) as surface:
        recovery = (await start_recovery(desk, RestoreRequest(runbook="cache", mode=Mode.REAL), RILEY)).plan.recovery
        await surface.projector.project(recovery)
        await eventually(lambda: told(slack))
        del slack.refuse_in[CHANNEL]
    assert [recovery in text for text in told(slack)] == [True]


def told(slack: ForeignSlack) -> list[str]:
    return [str(call["text"]) for call in slack.of("chat.postMessage") if call["channel"] == RILEY.id]


@pytest.mark.parametrize("error", ["token_revoked", "account_inactive", "invalid_auth"])
async def test_a_token_that_slack_refuses_shows_in_the_health(slack: ForeignSlack, desk: Desk, error: str) -> None:
    slack.next_answers["auth.test"].extend([Answer(error), Answer(error)])
    async with speaking(slack, desk) as surface:

        async def unhealthy() -> bool:
            return not await surface.healthy() and error in surface.fault

        await eventually(unhealthy)
        await eventually(surface.healthy)
