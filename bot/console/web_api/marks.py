"""reactions.*, pins.*, bookmarks.*: what is attached to messages and channels."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from bot.console.checks import Faults, within
from bot.console.errors import ApiError, fault_messages
from bot.console.shapes import message_json
from bot.console.workspace import fresh_id

from .call import Call, Method

if TYPE_CHECKING:
    from bot.console.records import Json, Message


def _reacted(call: Call) -> tuple[Message, str, dict[str, tuple[str, ...]]]:
    message = call.message(call.member_conversation(), "timestamp")
    return message, call.text("name").strip(":"), dict(message.reactions)


def add_reaction(call: Call) -> Json:
    """The bot reacts to a message."""
    message, name, reactions = _reacted(call)
    bot = call.workspace.config.bot_user_id
    if bot in reactions.get(name, ()):
        raise ApiError("already_reacted")
    reactions[name] = (*reactions.get(name, ()), bot)
    call.workspace.edit(replace(message, reactions=tuple(reactions.items())))
    return {}


def remove_reaction(call: Call) -> Json:
    """The bot takes its reaction back."""
    message, name, reactions = _reacted(call)
    bot = call.workspace.config.bot_user_id
    if bot not in reactions.get(name, ()):
        raise ApiError("no_reaction")
    reactions[name] = tuple(each for each in reactions[name] if each != bot)
    kept = tuple((key, users) for key, users in reactions.items() if users)
    call.workspace.edit(replace(message, reactions=kept))
    return {}


def add_pin(call: Call) -> Json:
    """Pins a message."""
    conversation = call.member_conversation()
    message = call.message(conversation, "timestamp")
    if message.ts in conversation.pins:
        raise ApiError("already_pinned")
    call.workspace.keep_conversation(replace(conversation, pins=(*conversation.pins, message.ts)))
    return {}


def remove_pin(call: Call) -> Json:
    """Takes a pin off."""
    conversation = call.member_conversation()
    ts = call.text("timestamp")
    if ts not in conversation.pins:
        raise ApiError("no_pin")
    call.workspace.keep_conversation(
        replace(conversation, pins=tuple(each for each in conversation.pins if each != ts))
    )
    return {}


def list_pins(call: Call) -> Json:
    """The pinned messages of a channel."""
    conversation = call.member_conversation()
    found = [call.workspace.message(conversation.id, ts) for ts in conversation.pins]
    config, files, base = call.workspace.config, call.workspace.files, call.services.base_url
    rows = [
        {"type": "message", "channel": conversation.id, "message": message_json(each, config, files, base)}
        for each in found
        if each
    ]
    return {"items": rows}


def add_bookmark(call: Call) -> Json:
    """Adds a link to the top of a channel."""
    conversation = call.member_conversation("channel_id")
    title, kind = call.text("title"), call.text("type")
    faults: Faults = []
    within("bookmark.title", len(title), "/title", faults)
    if faults:
        raise fault_messages("invalid_arguments", *faults)
    if kind != "link":
        raise ApiError("invalid_bookmark_type")
    link = call.text("link")
    if not link.startswith(("http://", "https://")):
        raise ApiError("invalid_link")
    bookmark = {"id": fresh_id("Bk"), "channel_id": conversation.id, "title": title, "link": link, "type": kind}
    call.workspace.keep_conversation(replace(conversation, bookmarks=(*conversation.bookmarks, bookmark)))
    return {"bookmark": bookmark}


def list_bookmarks(call: Call) -> Json:
    """The links at the top of a channel."""
    return {"bookmarks": list(call.conversation("channel_id").bookmarks)}


def remove_bookmark(call: Call) -> Json:
    """Takes a link away."""
    conversation = call.member_conversation("channel_id")
    bookmark_id = call.text("bookmark_id")
    kept = tuple(each for each in conversation.bookmarks if each["id"] != bookmark_id)
    if len(kept) == len(conversation.bookmarks):
        raise ApiError("not_found")
    call.workspace.keep_conversation(replace(conversation, bookmarks=kept))
    return {}


METHODS: Final = {
    "reactions.add": Method(add_reaction, "reactions:write"),
    "reactions.remove": Method(remove_reaction, "reactions:write"),
    "pins.add": Method(add_pin, "pins:write"),
    "pins.remove": Method(remove_pin, "pins:write"),
    "pins.list": Method(list_pins, "pins:read"),
    "bookmarks.add": Method(add_bookmark, "bookmarks:write"),
    "bookmarks.list": Method(list_bookmarks, "bookmarks:read"),
    "bookmarks.remove": Method(remove_bookmark, "bookmarks:write"),
}
