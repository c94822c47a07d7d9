"""What a program that looks over a person's shoulder takes for the message it waits for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.console.client import ClientError

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.console.client import Desk

CHANNEL = "C1INCIDENTS"


async def test_a_wait_in_a_thread_is_for_a_reply_though_its_parent_says_the_same(
    web: AsyncWebClient, desk: Desk
) -> None:
    person = desk.person("responder")
    parent = await web.chat_postMessage(channel=CHANNEL, text="FAILED: 3 rows are missing")
    with pytest.raises(ClientError, match="in vain"):
        await person.wait_message(CHANNEL, "3 rows are missing", thread=parent["ts"], seconds=0.1)
    reply = await web.chat_postMessage(channel=CHANNEL, text="3 rows are missing. Skip?", thread_ts=parent["ts"])
    found = await person.wait_message(CHANNEL, "3 rows are missing", thread=parent["ts"])
    assert found["ts"] == reply["ts"]
