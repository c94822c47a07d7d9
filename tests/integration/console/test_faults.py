"""Faults on the wire: what an app sees of them, and how they are turned on."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from bot.console.client import sign_in
from bot.console.delivery import Envelope, Outcome
from bot.console.faults import Fault, FaultKind

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.console.client import Desk
    from bot.console.server import Console

CHANNEL = "C1INCIDENTS"


async def control(console: Console, **form: Any) -> dict[str, Any]:
    """Turns faults on as a script does, with the app token."""
    headers = {"Authorization": f"Bearer {console.tokens.app}"}
    url = f"{console.url}/control"
    async with aiohttp.ClientSession() as http, http.post(url, json=form, headers=headers) as answer:
        assert answer.status == 200, await answer.text()
        figures: dict[str, Any] = await answer.json()
    return figures


async def test_rate_limit_carries_retry_after(console: Console, web: AsyncWebClient) -> None:
    await control(console, do="add", kind="429", times=1, seconds=7, method="chat.*")
    assert (await web.auth_test())["ok"]
    with pytest.raises(SlackApiError) as refused:
        await web.chat_postMessage(channel=CHANNEL, text="x")
    assert (refused.value.response.status_code, refused.value.response.headers["Retry-After"]) == (429, "7")
    assert (await web.chat_postMessage(channel=CHANNEL, text="x"))["ok"]


async def test_server_error_does_nothing_and_a_lost_answer_does_it(console: Console, web: AsyncWebClient) -> None:
    console.faults.add(Fault(FaultKind.SERVER_ERROR, times=1))
    with pytest.raises(SlackApiError):
        await web.chat_postMessage(channel=CHANNEL, text="refused")
    console.faults.add(Fault(FaultKind.LOST_ANSWER, times=2))
    with pytest.raises(aiohttp.ClientError):
        await web.chat_postMessage(channel=CHANNEL, text="done")
    texts = {each["text"] for each in (await web.conversations_history(channel=CHANNEL))["messages"]}
    assert texts == {"done"}


async def test_timeout_cuts_the_call_undone(console: Console, web: AsyncWebClient) -> None:
    console.faults.add(Fault(FaultKind.TIMEOUT, times=2, seconds=0.05))
    with pytest.raises(aiohttp.ClientError):
        await web.chat_postMessage(channel=CHANNEL, text="never")
    assert (await web.conversations_history(channel=CHANNEL))["messages"] == []


async def test_duplicate_comes_under_another_envelope_id(console: Console, web: AsyncWebClient) -> None:
    console.faults.add(Fault(FaultKind.DUPLICATE, times=1))
    url = (await web.apps_connections_open(app_token=console.tokens.app))["url"]
    async with aiohttp.ClientSession() as http, http.ws_connect(url) as socket:
        await socket.receive_json(timeout=5)
        delivery = asyncio.create_task(console.carrier.deliver(Envelope("interactive", {"trigger_id": "t"}), 5))
        frames = [await socket.receive_json(timeout=5) for _ in range(2)]
        for frame in frames:
            await socket.send_json({"envelope_id": frame["envelope_id"]})
        assert (await delivery).outcome is Outcome.ACKED
    assert frames[0]["payload"] == frames[1]["payload"] == {"trigger_id": "t"}
    assert frames[0]["envelope_id"] != frames[1]["envelope_id"]


async def test_socket_is_refused_with_its_ticket_spent_and_dropped_after_an_envelope(
    console: Console, web: AsyncWebClient
) -> None:
    console.faults.add(Fault(FaultKind.REFUSE_SOCKET, times=1))
    console.faults.add(Fault(FaultKind.DROP_SOCKET, times=1))
    async with aiohttp.ClientSession() as http:
        url = (await web.apps_connections_open(app_token=console.tokens.app))["url"]
        for status in (503, 408):
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await http.ws_connect(url)
            assert refused.value.status == status
        url = (await web.apps_connections_open(app_token=console.tokens.app))["url"]
        async with http.ws_connect(url) as socket:
            await socket.receive_json(timeout=5)
            assert (await console.carrier.deliver(Envelope("interactive", {}), 0.05)).outcome is Outcome.NO_ACK
            kinds = {(await socket.receive(timeout=5)).type for _ in range(2)}
    assert kinds & {aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR}


async def test_slack_that_is_down_serves_people_and_nobody_else(
    console: Console, web: AsyncWebClient, desk: Desk
) -> None:
    await control(console, do="add", kind="down")
    with pytest.raises(aiohttp.ClientError):
        await web.chat_postMessage(channel=CHANNEL, text="x")
    await desk.person("responder").command("incidents", "/recovery status")
    assert await desk.person("responder").wait_message("incidents", "/recovery failed")
    figures = await control(console, do="clear")
    assert (figures["faults"], figures["struck"]["down"] > 1) == ([], True)
    assert (await web.auth_test())["ok"]


async def test_page_of_faults_needs_a_session_and_its_form_token(console: Console) -> None:
    async with aiohttp.ClientSession(console.url, cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        for path in ("/control", "/as/U1RESPONDER/faults"):
            async with http.post(path, data={"do": "add", "kind": "down"}) as answer:
                assert answer.status == 401
        await http.get(console.login_url())
        async with http.post("/as/U1RESPONDER/faults", data={"do": "add", "kind": "down"}) as answer:
            assert answer.status == 403
    async with sign_in(console.login_url()) as desk:
        manager = desk.person("manager")
        await manager.set_fault(kind="500", share=0.5)
        assert console.faults.on == [Fault(FaultKind.SERVER_ERROR, share=0.5)]
        assert "50 % of *" in await manager.faults_page()
        await manager.clear_faults()
        assert console.faults.on == []


async def test_posts_past_slacks_rate_are_refused(web: AsyncWebClient) -> None:
    for number in range(8):
        await web.chat_postMessage(channel=CHANNEL, text=str(number))
    with pytest.raises(SlackApiError) as refused:
        await asyncio.gather(*(web.chat_postMessage(channel=CHANNEL, text="more") for _ in range(4)))
    assert refused.value.response.headers["Retry-After"] == "1"
