"""HTTP mode: commands, clicks and events as signed posts that Bolt's own checks accept."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from aiohttp import web
from slack_bolt.async_app import AsyncApp

from bot.console.client import sign_in
from bot.console.server import serve
from bot.console.tokens import load_tokens

from .conftest import CONFIG, web_client

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


async def listening(app: AsyncApp) -> tuple[web.AppRunner, str]:
    runner = web.AppRunner(app.web_app("/slack"))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, "http://{}:{}/slack".format(*runner.addresses[0][:2])


async def test_bolt_accepts_the_signature_and_its_answer_is_the_ack(tmp_path: Path) -> None:
    tokens = load_tokens(tmp_path)
    app = AsyncApp(token=tokens.bot, signing_secret=tokens.signing_secret)

    @app.command("/recovery")
    async def recovery(ack: Callable[..., Any], command: dict[str, Any]) -> None:
        await ack(f"heard {command['text']}")

    @app.event("app_mention")
    async def mentioned(say: Callable[..., Any]) -> None:
        await say("here I am")

    runner, address = await listening(app)
    console = await serve(replace(CONFIG, request_url=address), tmp_path)
    app.client.base_url = web_client(console).base_url
    app.client.proxy = None
    try:
        async with sign_in(console.login_url()) as desk:
            responder = desk.person("responder")
            await responder.command("incidents", "/recovery status")
            await responder.wait_message("incidents", "heard status")
            await responder.say("incidents", "@bringback hello")
            await responder.wait_message("incidents", "here I am")
    finally:
        await console.close()
        await runner.cleanup()
