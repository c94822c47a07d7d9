"""HTTP mode: the same recovery over signed requests; forged, old and repeated ones are refused."""

from __future__ import annotations

import gzip
import hashlib
import hmac
import io
import json
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.response import BoltResponse

from bot.console.client import sign_in
from bot.console.server import serve
from bot.domain.clock import SystemClock
from bot.domain.events import Source
from bot.slack.call import Call, Route, make_routes
from bot.slack.http_mode import LARGEST, PATH, HttpMode
from bot.slack.payload import Kind
from bot.slack.surface import SlackSurface
from handlers.registry import registry
from tests.fakes.many_workspaces import BETA, many_workspaces
from tests.fakes.waiting import eventually
from tests.integration.slack.conftest import CONSOLE, RATES, running
from tests.integration.slack.test_recovery import INCIDENTS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.operations.desk import Desk
    from bot.slack.call import Routes
    from bot.slack.payload import Payload

SECRET = "signing"


@asynccontextmanager
async def served(routes: list[web.RouteDef]) -> AsyncIterator[str]:
    application = web.Application()
    application.add_routes(routes)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}{PATH}"
    finally:
        await runner.cleanup()


async def answer(_payload: Payload) -> BoltResponse:
    raise AssertionError


def headers(body: str, *, secret: str = SECRET, age: timedelta = timedelta(0)) -> dict[str, str]:
    stamp = str(int((SystemClock().now() - age).timestamp()))
    signature = hmac.new(secret.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={signature}"}


@pytest.mark.parametrize(
    "given",
    [
        {},
        headers("other body"),
        headers("{}", secret="guessed"),
        headers("{}", age=timedelta(minutes=6)),
        {"X-Slack-Request-Timestamp": "now", "X-Slack-Signature": "v0=é".encode().decode("latin-1")},
        {"X-Slack-Request-Timestamp": "9" * 400, "X-Slack-Signature": "v0=0"},
    ],
)
async def test_what_is_not_proven_is_refused(given: dict[str, str]) -> None:
    mode = HttpMode(answer, SECRET, SystemClock())
    async with (
        served(mode.routes()) as url,
        aiohttp.ClientSession() as http,
        http.post(url, data="{}", headers=given) as refused,
    ):
        assert refused.status == 401


async def test_the_address_is_confirmed_once_and_a_repeated_request_is_refused() -> None:
    body = json.dumps({"type": "url_verification", "challenge": "abc"})
    signed = headers(body)
    async with served(HttpMode(answer, SECRET, SystemClock()).routes()) as url, aiohttp.ClientSession() as http:
        async with http.post(url, data=body, headers=signed) as taken:
            assert await taken.json() == {"challenge": "abc"}
        async with http.post(url, data=body, headers=signed) as repeated:
            assert repeated.status == 401


async def test_a_request_that_was_not_taken_may_come_again() -> None:
    body, answers = json.dumps({"type": "event_callback"}), [500, 200]

    async def late(_payload: Payload) -> BoltResponse:
        return BoltResponse(status=answers.pop(0), body="")

    signed = headers(body)
    async with served(HttpMode(late, SECRET, SystemClock()).routes()) as url, aiohttp.ClientSession() as http:
        for expected in (500, 200, 401):
            async with http.post(url, data=body, headers=signed) as answered:
                assert answered.status == expected


@pytest.mark.parametrize(
    ("body", "more", "status"),
    [
        (gzip.compress(b"{}", mtime=0), {"Content-Encoding": "gzip"}, 415),
        (b"x" * (LARGEST + 1), {}, 413),
        (b"ssl_check=1&token=x", {}, 200),
        (b"token=x&ssl_check=1", {}, 200),
        (b"command=%2Frecovery&ssl_check=1", {}, 401),
        (b"[1]", headers("[1]"), 200),
        (b"{", headers("{"), 400),
        (b"payload=%5B1%5D", headers("payload=%5B1%5D"), 400),
    ],
)
async def test_what_slack_never_sends_does_nothing(body: bytes, more: dict[str, str], status: int) -> None:
    async def taken(_payload: Payload) -> BoltResponse:
        return BoltResponse(status=200, body="")

    async with (
        served(HttpMode(taken, SECRET, SystemClock()).routes()) as url,
        aiohttp.ClientSession() as http,
        http.post(url, data=io.BytesIO(body), headers=more) as answered,
    ):
        assert answered.status == status


async def test_a_command_is_heard_whole_whatever_its_words() -> None:
    heard: list[Payload] = []

    async def taken(payload: Payload) -> BoltResponse:
        heard.append(payload)
        return BoltResponse(status=200, body="")

    body = urlencode({"command": "/recovery", "text": "restore payload {} & = ü", "response_url": ""})
    async with (
        served(HttpMode(taken, SECRET, SystemClock()).routes()) as url,
        aiohttp.ClientSession() as http,
        http.post(url, data=body, headers=headers(body)) as answered,
    ):
        assert answered.status == 200
    assert heard == [{"command": "/recovery", "text": "restore payload {} & = ü", "response_url": ""}]


async def test_a_retry_of_slack_is_taken_and_worked_on_once(desk: Desk) -> None:
    worked: list[str] = []

    async def work(call: Call) -> None:
        worked.append(call.key)

    event = json.dumps({"type": "event_callback", "event_id": "Ev1", "event": {"type": "app_mention", "user": "U1"}})
    routes = make_routes([Route(Kind.EVENT, "app_mention", work)])
    async with (
        many_workspaces() as slack,
        running(surface_at(slack.url, BETA.token, desk, routes)) as surface,
        served(surface.http.routes() if surface.http else []) as url,
        aiohttp.ClientSession() as http,
    ):
        for attempt in range(3):
            retry = {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": "http_timeout"} if attempt else {}
            signed = headers(event, age=timedelta(seconds=30 * attempt))
            async with http.post(url, data=event, headers={**signed, **retry}) as answered:
                assert answered.status == 200
        await eventually(lambda: worked)
    assert worked == ["event:Ev1"]


def surface_at(api_url: str, bot_token: str, desk: Desk, routes: Routes, secret: str = SECRET) -> SlackSurface:
    return SlackSurface(
        name="slack",
        api_url=api_url,
        bot_token=bot_token,
        app_token="",
        signing_secret=secret,
        via=Source.SLACK,
        desk=desk,
        routes=routes,
        rates=RATES,
        refresh_seconds=0.1,
    )


async def test_commands_and_forms_work_over_http(tmp_path: Path, desk: Desk) -> None:
    probe = await serve(CONSOLE, tmp_path / "console")
    secret = probe.tokens.signing_secret
    await probe.close()
    surface = surface_at(probe.url, probe.tokens.bot, desk, registry(), secret)
    assert surface.http
    async with served(surface.http.routes()) as url:
        port = int(probe.url.rpartition(":")[2])
        console = await serve(replace(CONSOLE, request_url=url), tmp_path / "console", port)
        async with running(surface), sign_in(console.login_url()) as page:
            person = page.person("responder")
            await surface.authorization.known.wait()
            await person.command(INCIDENTS, "/recovery restore full-site")
            await person.wait_view("Drill or real?")
            assert await person.submit() == {}
            await person.wait_view("Start the drill")
            await person.submit()
            await person.wait_message(INCIDENTS, "R-1 DRILL full-site")
            assert await surface.healthy()
        await console.close()
