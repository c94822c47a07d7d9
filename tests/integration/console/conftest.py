"""A console on loopback, a real Bolt app against it over Socket Mode, and people on its page."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.console.client import Desk, sign_in
from bot.console.config import Channel, ConsoleConfig, Shortcut
from bot.console.server import Console, serve

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

CONFIG = ConsoleConfig(
    channels=(
        Channel("C1INCIDENTS", "incidents", "What is down"),
        Channel("C2GENERAL", "general", with_bot=False),
        Channel("C3SECRET", "secret", private=True, members=("U1RESPONDER",), with_bot=False),
        Channel("C4WARROOM", "war-room", private=True, members=("U1RESPONDER",)),
    ),
    shortcuts=(
        Shortcut("start_recovery", "Start a recovery"),
        Shortcut("evidence", "Use as evidence", on_message=True),
    ),
    events=("app_home_opened", "app_mention", "message.im", "reaction_added", "reaction_removed"),
    ack_seconds=1.0,
    settle_seconds=0.5,
    event_retry_seconds=(0.05, 0.05, 0.05),
)


@pytest.fixture
async def console(tmp_path: Path) -> AsyncIterator[Console]:
    running = await serve(CONFIG, tmp_path / "console")
    yield running
    await running.close()


@pytest.fixture
def web(console: Console) -> AsyncWebClient:
    return web_client(console)


@pytest.fixture
async def desk(console: Console) -> AsyncIterator[Desk]:
    async with sign_in(console.login_url()) as desk:
        yield desk


def web_client(console: Console) -> AsyncWebClient:
    """The SDK's client. It takes a proxy from the environment even for loopback, which we undo."""
    client = AsyncWebClient(console.tokens.bot, base_url=f"{console.url}/api/")
    client.proxy = None
    return client


@asynccontextmanager
async def connected(console: Console, app: AsyncApp) -> AsyncIterator[AsyncSocketModeHandler]:
    """Runs a Bolt app in Socket Mode for as long as the block runs."""
    handler = AsyncSocketModeHandler(app, console.tokens.app, web_client=app.client, proxy="")
    handler.client.proxy = None
    await handler.connect_async()  # type: ignore[no-untyped-call] # slack_bolt leaves it untyped
    try:
        yield handler
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call] # slack_bolt leaves it untyped


@pytest.fixture
def app(web: AsyncWebClient) -> AsyncApp:
    return AsyncApp(client=web)


@pytest.fixture
def run(console: Console) -> Callable[[AsyncApp], AbstractAsyncContextManager[AsyncSocketModeHandler]]:
    return lambda app: connected(console, app)
