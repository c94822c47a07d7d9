"""Socket Mode as Slack speaks it: single-use tickets, one socket for each envelope, acks from any, redelivery."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from bot.console.delivery import Envelope, Outcome
from bot.console.server import Console, serve

from .conftest import CONFIG, web_client

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from slack_sdk.web.async_client import AsyncWebClient

    from bot.console.client import Desk


async def address(console: Console, web: AsyncWebClient) -> str:
    return str((await web.apps_connections_open(app_token=console.tokens.app))["url"])


@asynccontextmanager
async def socket(console: Console, web: AsyncWebClient) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """A bare connection past its hello."""
    async with aiohttp.ClientSession() as http, http.ws_connect(await address(console, web)) as connection:
        hello = await connection.receive_json(timeout=5)
        assert (hello["type"], hello["connection_info"]) == ("hello", {"app_id": "A1BRINGBACK"})
        yield connection


async def test_ticket_is_good_for_one_connection(console: Console, web: AsyncWebClient) -> None:
    url = await address(console, web)
    async with aiohttp.ClientSession() as http:
        async with http.ws_connect(url):
            pass
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await http.ws_connect(url)
    assert refused.value.status == 408


async def test_each_envelope_goes_to_one_socket_and_any_may_acknowledge(console: Console, web: AsyncWebClient) -> None:
    async with socket(console, web) as first, socket(console, web) as second:
        delivery = asyncio.create_task(console.sockets.deliver(Envelope("interactive", {"n": 1}), 5))
        frame = await first.receive_json(timeout=5)
        await second.send_json({"envelope_id": frame["envelope_id"], "payload": {"text": "ok"}})
        ack = await delivery
        with pytest.raises(TimeoutError):
            await second.receive_json(timeout=0.05)
    assert (ack.outcome, ack.payload, frame["payload"]) == (Outcome.ACKED, {"text": "ok"}, {"n": 1})


async def test_event_is_delivered_four_times_without_an_ack_and_a_click_once(tmp_path: Path) -> None:
    console = await serve(replace(CONFIG, ack_seconds=0.05), tmp_path)
    try:
        async with socket(console, web_client(console)) as connection:
            click = await console.sockets.deliver(Envelope("interactive", {}), 0.05)
            console.events.emit("app_mention", {"type": "app_mention"})
            frames = [await connection.receive_json(timeout=5) for _ in range(5)]
            with pytest.raises(TimeoutError):
                await connection.receive_json(timeout=0.2)
    finally:
        await console.close()
    assert click.outcome is Outcome.NO_ACK
    assert [(frame["type"], frame.get("retry_attempt")) for frame in frames] == [
        ("interactive", None),
        *(("events_api", attempt) for attempt in range(4)),
    ]
    assert len({frame["payload"]["event_id"] for frame in frames[1:]}) == 1


async def test_refresh_asks_for_a_new_socket_and_sends_nothing_to_the_old(
    console: Console, web: AsyncWebClient
) -> None:
    async with socket(console, web) as old:
        await console.sockets.ask_to_reconnect()
        assert (await old.receive_json(timeout=5))["reason"] == "refresh_requested"
        async with socket(console, web) as new:
            delivery = asyncio.create_task(console.sockets.deliver(Envelope("interactive", {}), 5))
            frame = await new.receive_json(timeout=5)
            await old.send_json({"envelope_id": frame["envelope_id"]})
            assert (await delivery).outcome is Outcome.ACKED


async def test_people_see_the_app_come_and_go(console: Console, web: AsyncWebClient, desk: Desk) -> None:
    responder = desk.person("responder")
    assert (await responder.state())["connected"] == 0
    coming = asyncio.create_task(responder.wait_connected())
    async with socket(console, web):
        await coming
    await responder.wait_for(lambda state: state["connected"] == 0)


async def test_dropped_socket_ends_for_the_app_without_a_close(console: Console, web: AsyncWebClient) -> None:
    async with socket(console, web) as connection:
        assert console.sockets.drop() == 1
        message: Any = await connection.receive(timeout=5)
    assert message.type in {aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR}
    assert (await console.sockets.deliver(Envelope("interactive", {}), 1)).outcome is Outcome.NOT_CONNECTED


async def test_event_that_is_acknowledged_is_sent_once(console: Console, web: AsyncWebClient, desk: Desk) -> None:
    async with socket(console, web) as connection:
        await desk.person("responder").say("incidents", "@bringback hello")
        frame = await connection.receive_json(timeout=5)
        await connection.send_json({"envelope_id": frame["envelope_id"]})
        with pytest.raises(TimeoutError):
            await connection.receive_json(timeout=0.2)
    payload = frame["payload"]
    assert payload["authorizations"][0]["user_id"] == "U0BRINGBACK"
    assert (payload["type"], payload["event"]["text"]) == ("event_callback", "<@U0BRINGBACK> hello")
