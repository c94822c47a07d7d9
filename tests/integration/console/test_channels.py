"""What people do to channels and messages, and what the app meets afterwards."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError

from bot.console.client import ClientError, sign_in
from bot.console.server import serve

from .conftest import CONFIG, connected, web_client

if TYPE_CHECKING:
    from pathlib import Path

    from slack_sdk.web.async_client import AsyncWebClient

    from bot.console.client import Desk
    from bot.console.server import Console

BOT = "U0BRINGBACK"


async def test_app_cannot_write_where_it_was_removed_or_what_is_archived(web: AsyncWebClient, desk: Desk) -> None:
    manager = desk.person("manager")
    for broken, error, mended in (("archive", "is_archived", "unarchive"), ("remove", "not_in_channel", "invite")):
        await manager.change_channel("C1INCIDENTS", broken, BOT)
        with pytest.raises(SlackApiError, match=error):
            await web.chat_postMessage(channel="C1INCIDENTS", text="x")
        await manager.change_channel("C1INCIDENTS", mended, BOT)
        assert (await web.chat_postMessage(channel="C1INCIDENTS", text="x"))["ok"]


async def test_private_channel_of_a_person_is_theirs(console: Console, desk: Desk) -> None:
    responder, approver = desk.person("responder"), desk.person("approver")
    await responder.create_channel("r-142", private=True)
    made = console.workspace.find_conversation("r-142")
    assert made is not None
    with pytest.raises(ClientError, match="404"):
        await approver.messages(made.id)
    await responder.change_channel(made.id, "invite", approver.id)
    assert await approver.messages(made.id) == []


async def test_app_hears_of_deletions_and_removals_it_subscribed_to(tmp_path: Path) -> None:
    events = ("message.channels", "channel_left", "channel_archive")
    console = await serve(replace(CONFIG, events=events), tmp_path)
    seen: asyncio.Queue[tuple[str, str]] = asyncio.Queue()
    # Bolt takes the deletion of the app's own message for the app's own doing and would drop it.
    app = AsyncApp(client=web_client(console), ignoring_self_events_enabled=False)

    async def hear(event: dict[str, Any]) -> None:
        await seen.put((event["type"], event.get("deleted_ts", "")))

    app.event({"type": "message", "subtype": "message_deleted"})(hear)
    app.event("channel_left")(hear)
    app.event("channel_archive")(hear)
    try:
        async with connected(console, app), sign_in(console.login_url()) as desk:
            ts = (await app.client.chat_postMessage(channel="C1INCIDENTS", text="x"))["ts"]
            responder = desk.person("responder")
            await responder.tell_message((await responder.messages("incidents"))[0], "delete")
            await responder.change_channel("C1INCIDENTS", "archive")
            await responder.change_channel("C1INCIDENTS", "remove", BOT)
            heard = [await asyncio.wait_for(seen.get(), 5) for _ in range(3)]
    finally:
        await console.close()
    assert sorted(heard) == [("channel_archive", ""), ("channel_left", ""), ("message", ts)]
