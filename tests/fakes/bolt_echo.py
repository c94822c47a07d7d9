"""A bare echo on stock Bolt, as a process of its own: `python -m tests.fakes.bolt_echo API_URL BOT_TOKEN APP_TOKEN`."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient


async def run(api_url: str, bot_token: str, app_token: str) -> None:
    """Acknowledge every command with its own text, until the process is told to end."""
    client = AsyncWebClient(bot_token, base_url=api_url)
    app = AsyncApp(client=client)

    async def echo(ack: Any, command: dict[str, Any]) -> None:
        await ack(command["text"])

    app.command("/recovery")(echo)
    await AsyncSocketModeHandler(app, app_token, web_client=client).start_async()  # type: ignore[no-untyped-call] # slack_bolt leaves it untyped


if __name__ == "__main__":
    asyncio.run(run(*sys.argv[1:]))
