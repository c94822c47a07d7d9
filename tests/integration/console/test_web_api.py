"""The Web API as slack_sdk's client and plain HTTP clients see it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook.async_client import AsyncWebhookClient

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.console.server import Console

CHANNEL = "C1INCIDENTS"
SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "hello"}}
META = {"event_type": "progress", "event_payload": {"recovery": "R-1"}}


async def refusal(call: Any) -> str:
    with pytest.raises(SlackApiError) as refused:
        await call
    return str(refused.value.response["error"])


async def test_token_decides_who_is_served(console: Console, web: AsyncWebClient) -> None:
    who = await web.auth_test()
    assert (who["user_id"], who["bot_id"], who["team_id"]) == ("U0BRINGBACK", "B1BRINGBACK", "T1WORKSPACE")
    assert "chat:write" in who.headers["x-oauth-scopes"]
    assert await refusal(web.auth_test(token="xoxb-wrong")) == "invalid_auth"
    assert await refusal(web.auth_test(token=console.tokens.app)) == "not_allowed_token_type"
    assert await refusal(web.apps_connections_open(app_token=console.tokens.bot)) == "not_allowed_token_type"
    assert await refusal(web.api_call("dnd.info")) == "unknown_method"


async def test_json_form_and_query_carry_the_same_arguments(console: Console) -> None:
    url = f"{console.url}/api/chat.postMessage"
    args: dict[str, Any] = {"channel": CHANNEL, "text": "hi", "blocks": [SECTION]}
    flat = {**args, "blocks": json.dumps([SECTION])}
    headers = {"Authorization": f"Bearer {console.tokens.bot}"}
    async with aiohttp.ClientSession(headers=headers) as http:
        ways: list[dict[str, Any]] = [{"json": args}, {"data": flat}, {"params": flat}]
        for sent in ways:
            async with http.post(url, **sent) as answer:
                body = await answer.json()
            assert body["ok"], body
            assert body["message"]["blocks"][0]["text"] == SECTION["text"]
            assert body["message"]["blocks"][0]["block_id"]
        async with http.post(url, data={**flat, "blocks": "[{"}) as answer:
            assert (await answer.json())["error"] == "invalid_blocks_format"


async def test_message_is_posted_changed_and_deleted(web: AsyncWebClient) -> None:
    posted = await web.chat_postMessage(channel="#incidents", text="one", blocks=[SECTION], metadata=META)
    ts = posted["ts"]
    changed = await web.chat_update(channel=CHANNEL, ts=ts, text="two")
    assert "blocks" not in changed["message"]
    row = (await web.conversations_history(channel=CHANNEL, include_all_metadata=True))["messages"][0]
    assert (row["text"], row["metadata"], row["edited"]["user"]) == ("two", META, "U0BRINGBACK")
    assert await refusal(web.chat_update(channel=CHANNEL, ts="1.000000", text="x")) == "message_not_found"
    assert await refusal(web.chat_update(channel="U1RESPONDER", ts=ts, text="x")) == "channel_not_found"
    await web.chat_delete(channel=CHANNEL, ts=ts)
    assert await refusal(web.chat_delete(channel=CHANNEL, ts=ts)) == "message_not_found"


@pytest.mark.parametrize(
    ("args", "error"),
    [
        ({"channel": CHANNEL}, "no_text"),
        ({"channel": "C9", "text": "x"}, "channel_not_found"),
        ({"channel": "C2GENERAL", "text": "x", "thread_ts": "1.0"}, "thread_not_found"),
        ({"channel": "C3SECRET", "text": "x"}, "channel_not_found"),
        ({"channel": CHANNEL, "text": "x" * 4001}, "msg_too_long"),
        ({"channel": CHANNEL, "text": "x", "blocks": [{"type": "section"}]}, "invalid_blocks"),
    ],
)
async def test_faulty_posts_get_slacks_error_names(web: AsyncWebClient, args: dict[str, Any], error: str) -> None:
    if "thread_ts" in args:
        await web.conversations_join(channel="C2GENERAL")
    assert await refusal(web.api_call("chat.postMessage", json=args)) == error


async def test_bot_writes_only_where_it_is_a_member(web: AsyncWebClient) -> None:
    assert await refusal(web.chat_postMessage(channel="C2GENERAL", text="x")) == "not_in_channel"
    assert await refusal(web.conversations_history(channel="C2GENERAL")) == "not_in_channel"
    await web.conversations_join(channel="C2GENERAL")
    assert (await web.chat_postMessage(channel="C2GENERAL", text="x"))["ok"]
    listed = await web.conversations_list(types="public_channel,private_channel")
    assert [each["name"] for each in listed["channels"]] == ["incidents", "general", "war-room"]


async def test_thread_direct_message_and_ephemeral(web: AsyncWebClient) -> None:
    parent = await web.chat_postMessage(channel=CHANNEL, text="parent")
    await web.chat_postMessage(channel=CHANNEL, text="reply", thread_ts=parent["ts"])
    await web.chat_postEphemeral(channel=CHANNEL, user="U1RESPONDER", text="psst", thread_ts=parent["ts"])
    thread = await web.conversations_replies(channel=CHANNEL, ts=parent["ts"])
    assert [each["text"] for each in thread["messages"]] == ["parent", "reply"]
    assert thread["messages"][0]["reply_count"] == 1
    direct = await web.chat_postMessage(channel="U1RESPONDER", text="hello")
    assert direct["channel"] == (await web.conversations_open(users="U1RESPONDER"))["channel"]["id"]
    assert await refusal(web.chat_postEphemeral(channel="C4WARROOM", user="U2APPROVER", text="x")) == (
        "user_not_in_channel"
    )


async def test_history_is_paged_by_cursor(web: AsyncWebClient) -> None:
    for number in range(5):
        await web.chat_postMessage(channel=CHANNEL, text=str(number))
    first = await web.conversations_history(channel=CHANNEL, limit=3)
    assert ([each["text"] for each in first["messages"]], first["has_more"]) == (["4", "3", "2"], True)
    cursor = first["response_metadata"]["next_cursor"]
    second = await web.conversations_history(channel=CHANNEL, limit=3, cursor=cursor)
    assert ([each["text"] for each in second["messages"]], second["has_more"]) == (["1", "0"], False)


async def test_pins_reactions_bookmarks_and_people(web: AsyncWebClient) -> None:
    ts = (await web.chat_postMessage(channel=CHANNEL, text="pin me"))["ts"]
    await web.pins_add(channel=CHANNEL, timestamp=ts)
    assert await refusal(web.pins_add(channel=CHANNEL, timestamp=ts)) == "already_pinned"
    assert (await web.pins_list(channel=CHANNEL))["items"][0]["message"]["text"] == "pin me"
    await web.pins_remove(channel=CHANNEL, timestamp=ts)
    await web.reactions_add(channel=CHANNEL, timestamp=ts, name="eyes")
    assert await refusal(web.reactions_add(channel=CHANNEL, timestamp=ts, name="eyes")) == "already_reacted"
    await web.bookmarks_add(channel_id=CHANNEL, title="Review", type="link", link="https://x.test")
    assert (await web.users_info(user="U2APPROVER"))["user"]["name"] == "approver"
    assert await refusal(web.users_info(user="U9")) == "user_not_found"


async def test_file_is_announced_sent_without_a_token_and_shared(web: AsyncWebClient, console: Console) -> None:
    done = await web.files_upload_v2(channel=CHANNEL, content="a,b\n", filename="f.csv", initial_comment="table")
    shared = (await web.conversations_history(channel=CHANNEL))["messages"][0]
    assert (shared["text"], shared["files"][0]["name"]) == ("table", "f.csv")
    headers = {"Authorization": f"Bearer {console.tokens.bot}"}
    async with aiohttp.ClientSession() as http, http.get(done["files"][0]["url_private"], headers=headers) as answer:
        assert await answer.text() == "a,b\n"


async def test_response_url_replaces_deletes_and_ends_after_five_uses(console: Console, web: AsyncWebClient) -> None:
    ts = (await web.chat_postMessage(channel=CHANNEL, text="original"))["ts"]
    key = console.response_urls.give(CHANNEL, "U1RESPONDER", ts)
    hook = AsyncWebhookClient(f"{console.url}/response/{key}")
    hook.proxy = None
    assert (await hook.send(text="changed", replace_original=True)).status_code == 200
    assert (await web.conversations_history(channel=CHANNEL))["messages"][0]["text"] == "changed"
    await hook.send(text="for all", response_type="in_channel")
    await hook.send(text="for one")
    assert [each["text"] for each in (await web.conversations_history(channel=CHANNEL))["messages"]] == [
        "for all",
        "changed",
    ]
    assert (await hook.send(text="", blocks=[{"type": "nope"}])).status_code == 400
    await hook.send(delete_original=True)
    assert len((await web.conversations_history(channel=CHANNEL))["messages"]) == 1
    assert (await hook.send(text="six")).status_code == 404


async def test_view_hash_and_stack_are_guarded(console: Console, web: AsyncWebClient) -> None:
    view = {"type": "modal", "title": {"type": "plain_text", "text": "t"}, "blocks": [SECTION]}
    opened = await web.views_open(trigger_id=console.triggers.give("U1RESPONDER"), view=view)
    first = opened["view"]
    await web.views_update(view_id=first["id"], hash=first["hash"], view=view)
    assert await refusal(web.views_update(view_id=first["id"], hash=first["hash"], view=view)) == "hash_conflict"
    for _ in range(2):
        await web.views_push(trigger_id=console.triggers.give("U1RESPONDER"), view=view)
    assert await refusal(web.views_push(trigger_id=console.triggers.give("U1RESPONDER"), view=view)) == (
        "push_limit_reached"
    )
    assert await refusal(web.views_open(trigger_id="1.2.x", view=view)) == "invalid_trigger_id"
    assert await refusal(web.views_update(view_id="V0", view=view)) == "not_found"


async def test_files_that_are_none_are_refused(web: AsyncWebClient) -> None:
    wrong: tuple[Any, ...] = ([None], [1], [[]], [{"id": 5}], [{"id": "F0"}], "x", {})
    for files in wrong:
        assert await refusal(web.api_call("files.completeUploadExternal", json={"files": files})) in {
            "invalid_arguments",
            "file_not_found",
        }


async def test_people_are_found_by_id_address_and_list(web: AsyncWebClient) -> None:
    names = [each["name"] for each in (await web.users_list())["members"]]
    assert names == ["responder", "approver", "manager", "bringback"]
    found = await web.users_lookupByEmail(email="approver@workspace.invalid")
    assert found["user"]["id"] == "U2APPROVER"
    assert await refusal(web.users_lookupByEmail(email="nobody@x.test")) == "users_not_found"
    members = await web.conversations_members(channel="C4WARROOM")
    assert members["members"] == ["U1RESPONDER", "U0BRINGBACK"]
    assert (await web.usergroups_list())["usergroups"] == []


async def test_deleted_parent_stays_as_a_tombstone_above_its_replies(web: AsyncWebClient) -> None:
    parent = (await web.chat_postMessage(channel=CHANNEL, text="parent"))["ts"]
    await web.chat_postMessage(channel=CHANNEL, text="reply", thread_ts=parent)
    await web.chat_delete(channel=CHANNEL, ts=parent)
    rows = (await web.conversations_replies(channel=CHANNEL, ts=parent))["messages"]
    assert [each.get("subtype", each["text"]) for each in rows] == ["tombstone", "reply"]
    link = await web.chat_getPermalink(channel=CHANNEL, message_ts=rows[1]["ts"])
    assert link["permalink"].endswith(f"p{rows[1]['ts'].replace('.', '')}?thread_ts={parent}&cid={CHANNEL}")
