"""conversations.*: channels, who is in them, and what was said there."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeVar

from bot.console.errors import ApiError
from bot.console.shapes import channel_json, message_json

from .call import Call, Method

Row = TypeVar("Row")

HISTORY_SCOPES: Final = {
    "public_channel": "channels:history",
    "private_channel": "groups:history",
    "im": "im:history",
}
"""What it takes to read what was said, by the type of the conversation."""

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.console.records import Conversation, Json, Message


def _page(call: Call, rows: Sequence[Row], default: int = 100) -> tuple[list[Row], Json]:
    """One page of rows, and the cursor of the next; an empty cursor means that there is none."""
    limit = call.number("limit", default, 1000)
    try:
        start = int(base64.b64decode(call.text("cursor", "")).decode() or 0)
    except ValueError:
        raise ApiError("invalid_cursor") from None
    further = base64.b64encode(str(start + limit).encode()).decode() if start + limit < len(rows) else ""
    return list(rows[start : start + limit]), {"next_cursor": further}


def info(call: Call) -> Json:
    """One conversation."""
    return {"channel": channel_json(call.conversation(), call.workspace.config.bot_user_id)}


def list_all(call: Call) -> Json:
    """The conversations that the bot can see, of the types that were asked for."""
    bot = call.workspace.config.bot_user_id
    types = call.names("types") or ["public_channel"]
    without_archived = call.flag("exclude_archived")
    rows = [
        channel_json(each, bot)
        for each in call.workspace.conversations_of(bot)
        if _kind(each) in types and not (each.archived and without_archived)
    ]
    page, further = _page(call, rows)
    return {"channels": page, "response_metadata": further}


def open_direct(call: Call) -> Json:
    """The direct message with one person."""
    users = call.names("users")
    if len(users) != 1:
        raise ApiError("too_many_users" if users else "users_list_not_supplied")
    if call.workspace.config.person(users[0]) is None:
        raise ApiError("user_not_found")
    opened = call.workspace.direct_message(users[0])
    shown = channel_json(opened, call.workspace.config.bot_user_id) if call.flag("return_im") else {"id": opened.id}
    return {"channel": shown}


def members(call: Call) -> Json:
    """The ids of who is in a conversation."""
    page, further = _page(call, [{"id": each} for each in call.conversation().members])
    return {"members": [each["id"] for each in page], "response_metadata": further}


def of_bot(call: Call) -> Json:
    """The conversations of which the bot is a member."""
    bot = call.workspace.config.bot_user_id
    types = call.names("types") or ["public_channel"]
    mine = [each for each in call.workspace.conversations_of(bot) if bot in each.members and _kind(each) in types]
    page, further = _page(call, mine)
    return {"channels": [channel_json(each, bot) for each in page], "response_metadata": further}


def leave(call: Call) -> Json:
    """The bot leaves a channel."""
    conversation = call.conversation()
    bot = call.workspace.config.bot_user_id
    if bot not in conversation.members:
        return {"not_in_channel": True}
    members = tuple(each for each in conversation.members if each != bot)
    call.workspace.keep_conversation(replace(conversation, members=members))
    return {}


def set_topic(call: Call) -> Json:
    """Sets the line below a channel's name."""
    changed = replace(call.member_conversation(), topic=call.text("topic", ""))
    call.workspace.keep_conversation(changed)
    return {"channel": channel_json(changed, call.workspace.config.bot_user_id)}


def _kind(conversation: Conversation) -> str:
    """The type that lists of conversations are asked for by."""
    if conversation.im_with:
        return "im"
    return "private_channel" if conversation.private else "public_channel"


def join(call: Call) -> Json:
    """The bot joins a public channel."""
    conversation = call.conversation()
    bot = call.workspace.config.bot_user_id
    if conversation.private:
        raise ApiError("method_not_supported_for_channel_type")
    if conversation.archived:
        raise ApiError("is_archived")
    if bot in conversation.members:
        return {"channel": channel_json(conversation, bot), "warning": "already_in_channel"}
    joined = replace(conversation, members=(*conversation.members, bot))
    call.workspace.keep_conversation(joined)
    return {"channel": channel_json(joined, bot)}


def _between(call: Call, messages: list[Message]) -> list[Message]:
    """The messages between ``oldest`` and ``latest``."""
    oldest, latest = float(call.text("oldest", "0")), float(call.text("latest", "inf"))
    inclusive = call.flag("inclusive")
    return [
        each
        for each in messages
        if oldest < float(each.ts) < latest or (inclusive and float(each.ts) in {oldest, latest})
    ]


def _row(call: Call, message: Message) -> Json:
    shown = message_json(message, call.workspace.config, call.workspace.files, call.services.base_url)
    replies = call.workspace.replies(message.channel, message.ts)
    if replies:
        people = list(dict.fromkeys(each.user for each in replies))
        shown |= {
            "thread_ts": message.ts,
            "reply_count": len(replies),
            "reply_users": people,
            "reply_users_count": len(people),
            "latest_reply": replies[-1].ts,
        }
    if message.metadata:
        full = call.flag("include_all_metadata")
        shown["metadata"] = message.metadata if full else {"event_type": message.metadata["event_type"]}
    return shown


def _readable(call: Call) -> Conversation:
    """The conversation, if its history may be read: each type of conversation has a scope of its own."""
    conversation = call.member_conversation()
    wanted, granted = HISTORY_SCOPES[_kind(conversation)], call.services.scopes
    if wanted not in granted:
        raise ApiError("missing_scope", needed=wanted, provided=",".join(granted))
    return conversation


def history(call: Call) -> Json:
    """What everybody reads in a conversation outside its threads, newest first."""
    conversation = _readable(call)
    found = _between(call, call.workspace.timeline(conversation.id, viewer=""))[::-1]
    page, further = _page(call, found)
    rows = [_row(call, each) for each in page]
    return {"messages": rows, "has_more": bool(further["next_cursor"]), "response_metadata": further, "pin_count": 0}


def replies(call: Call) -> Json:
    """A thread: its parent first, then its replies, oldest first."""
    conversation = _readable(call)
    ts = call.text("ts")
    parent = next((each for each in call.workspace.messages(conversation.id) if each.ts == ts), None)
    if parent is None or parent.visible_to is not None:
        raise ApiError("thread_not_found")
    found = [parent, *_between(call, call.workspace.replies(conversation.id, ts))]
    page, further = _page(call, found, 1000)
    rows = [_row(call, each) for each in page]
    return {"messages": rows, "has_more": bool(further["next_cursor"]), "response_metadata": further}


METHODS: Final = {
    "conversations.info": Method(info, "channels:read"),
    "conversations.list": Method(list_all, "channels:read"),
    "conversations.open": Method(open_direct, "im:write"),
    "conversations.members": Method(members, "channels:read"),
    "conversations.join": Method(join, "channels:join"),
    "conversations.leave": Method(leave, "channels:manage"),
    "conversations.setTopic": Method(set_topic, "channels:manage"),
    "users.conversations": Method(of_bot, "channels:read"),
    "conversations.history": Method(history, "channels:history"),
    "conversations.replies": Method(replies, "channels:history"),
}
