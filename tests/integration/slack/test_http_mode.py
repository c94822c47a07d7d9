"""HTTP mode: the same recovery over signed requests; forged, old and repeated ones are refused."""

from __future__ import annotations

import hashlib
import hmac
import json
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import aiohttp
import pytest
from aiohttp import web

from bot.console.client import sign_in
from bot.console.server import serve
from bot.domain.clock import SystemClock
from bot.domain.events import Source
from bot.slack.http_mode import PATH, HttpMode
from bot.slack.surface import SlackSurface
from handlers.registry import registry
from tests.integration.slack.conftest import CONSOLE, RATES, running
from tests.integration.slack.test_recovery import INCIDENTS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from slack_bolt.request.async_request import AsyncBoltRequest
    from slack_bolt.response import BoltResponse

    from bot.operations.desk import Desk

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


async def answer(_request: AsyncBoltRequest) -> BoltResponse:
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


async def test_commands_and_forms_work_over_http(tmp_path: Path, desk: Desk) -> None:
    probe = await serve(CONSOLE, tmp_path / "console")
    secret = probe.tokens.signing_secret
    await probe.close()
    surface = SlackSurface(
        name="console",
        api_url=probe.url,
        bot_token=probe.tokens.bot,
        app_token="",
        signing_secret=secret,
        via=Source.CONSOLE,
        desk=desk,
        routes=registry(),
        rates=RATES,
        refresh_seconds=0.1,
    )
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
