"""chat.*: posting, changing and deleting messages of the app."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.console.errors import ApiError, RateLimited
from bot.console.posting import content_of, edit_as_bot, post_as_bot
from bot.console.shapes import message_json

from .call import Call, Method

if TYPE_CHECKING:
    from bot.console.records import Conversation, Json, Message


def _shown(call: Call, message: Message) -> Json:
    shown = message_json(message, call.workspace.config, call.workspace.files, call.services.base_url)
    return shown | {"metadata": message.metadata} if message.metadata else shown


def _target(call: Call) -> Conversation:
    """Where to post: a conversation id, a channel name, or a user id, which means the direct message."""
    given = call.text("channel")
    config = call.workspace.config
    if config.person(given):
        return call.workspace.direct_message(given)
    found = call.workspace.find_conversation(given)
    if found is None:
        raise ApiError("channel_not_found")
    if config.bot_user_id not in found.members:
        if found.private:
            raise ApiError("channel_not_found")
        if "chat:write.public" not in call.services.scopes:
            raise ApiError("not_in_channel")
    if found.archived:
        raise ApiError("is_archived")
    return found


def _thread(call: Call, conversation: Conversation) -> str | None:
    thread_ts = call.maybe("thread_ts")
    if thread_ts is None:
        return None
    parent = next((each for each in call.workspace.messages(conversation.id) if each.ts == thread_ts), None)
    if parent is None:
        raise ApiError("thread_not_found")
    if parent.visible_to is not None:
        raise ApiError("cannot_reply_to_message")
    return parent.thread_ts or parent.ts


def post_message(call: Call) -> Json:
    """Posts a message."""
    conversation = _target(call)
    wait = call.services.rates.wait_before(conversation.id)
    if wait and call.workspace.config.enforce_rates:
        raise RateLimited(wait)
    message = post_as_bot(
        call.workspace,
        conversation.id,
        content_of(call.content()),
        _thread(call, conversation),
        broadcast=call.flag("reply_broadcast"),
        username=call.maybe("username"),
    )
    return {"channel": conversation.id, "ts": message.ts, "message": _shown(call, message)}


def post_ephemeral(call: Call) -> Json:
    """Posts a message for one person, who must be in the channel."""
    conversation = _target(call)
    user = call.text("user")
    if call.workspace.config.person(user) is None:
        raise ApiError("user_not_found")
    if user not in conversation.members:
        raise ApiError("user_not_in_channel")
    content = content_of(call.content())
    message = post_as_bot(call.workspace, conversation.id, content, _thread(call, conversation), visible_to=user)
    return {"message_ts": message.ts}


def _own_message(call: Call, refusal: str) -> Message:
    found = call.message(call.conversation())
    if not found.via_bot:
        raise ApiError(refusal)
    return found


def update(call: Call) -> Json:
    """Replaces a message of the app: without blocks, its blocks go. Last writer wins."""
    message = _own_message(call, "cant_update_message")
    if call.workspace.conversations[message.channel].archived:
        raise ApiError("is_archived")
    edited = edit_as_bot(call.workspace, message, content_of(call.content()))
    return {"channel": edited.channel, "ts": edited.ts, "text": edited.text, "message": _shown(call, edited)}


def delete(call: Call) -> Json:
    """Deletes a message of the app."""
    message = _own_message(call, "cant_delete_message")
    call.workspace.delete(message)
    return {"channel": message.channel, "ts": message.ts}


def get_permalink(call: Call) -> Json:
    """The address of a message."""
    conversation = call.conversation()
    message = call.message(conversation, "message_ts")
    query = f"?thread_ts={message.thread_ts}&cid={conversation.id}" if message.thread_ts else ""
    address = f"{call.services.base_url}/archives/{conversation.id}/p{message.ts.replace('.', '')}{query}"
    return {"channel": conversation.id, "permalink": address}


METHODS: Final = {
    "chat.postMessage": Method(post_message, "chat:write"),
    "chat.postEphemeral": Method(post_ephemeral, "chat:write"),
    "chat.update": Method(update, "chat:write"),
    "chat.delete": Method(delete, "chat:write"),
    "chat.getPermalink": Method(get_permalink),
}
