"""Messages that the app sends in other ways than the Web API: acknowledgements and response URLs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .errors import ApiError
from .records import Json, Message
from .validate import check_message, with_ids
from .workspace import fresh_id

if TYPE_CHECKING:
    from .passes import ResponseUrl
    from .workspace import Workspace

SLACKBOT = "USLACKBOT"


@dataclass(frozen=True, slots=True)
class Content:
    """What a message says, checked and with its ids filled in."""

    text: str
    blocks: tuple[Json, ...]
    attachments: tuple[Json, ...]
    metadata: Json | None


def content_of(payload: Json) -> Content:
    """The content of a message that the app sends. Raises ApiError as chat.postMessage refuses it."""
    text = payload.get("text") or ""
    blocks, attachments = payload.get("blocks") or [], payload.get("attachments") or []
    if not isinstance(text, str):
        raise ApiError("invalid_arguments")
    if not isinstance(attachments, list) or not all(isinstance(each, dict) for each in attachments):
        raise ApiError("invalid_attachments")
    if not isinstance(blocks, list):
        raise ApiError("invalid_blocks_format")
    if not (text or blocks or attachments):
        raise ApiError("no_text")
    metadata = payload.get("metadata")
    if metadata is not None and not isinstance(metadata, dict):
        raise ApiError("invalid_metadata_format")
    check_message(text, blocks, attachments, metadata)
    prefix = fresh_id("b")
    return Content(text, tuple(with_ids(blocks, prefix)), tuple(attachments), metadata)


def post_as_bot(
    workspace: Workspace,
    channel: str,
    content: Content,
    thread_ts: str | None = None,
    *,
    visible_to: str | None = None,
    broadcast: bool = False,
    username: str | None = None,
) -> Message:
    """Posts a message of the app."""
    return workspace.post(
        Message(
            channel=channel,
            ts=workspace.next_ts(),
            user=workspace.config.bot_user_id,
            text=content.text,
            via_bot=True,
            blocks=content.blocks,
            attachments=content.attachments,
            thread_ts=thread_ts,
            broadcast=broadcast,
            visible_to=visible_to,
            metadata=content.metadata,
            username=username,
        )
    )


def edit_as_bot(workspace: Workspace, message: Message, content: Content) -> Message:
    """Replaces what a message of the app says. Metadata stays unless new metadata is given."""
    return workspace.edit(
        replace(
            message,
            text=content.text,
            blocks=content.blocks,
            attachments=content.attachments,
            metadata=content.metadata or message.metadata,
            edited_ts=workspace.next_ts(),
        )
    )


def tell(workspace: Workspace, channel: str, user: str, text: str, thread_ts: str | None = None) -> Message:
    """A word of the workspace itself to one person."""
    return workspace.post(Message(channel, workspace.next_ts(), SLACKBOT, text, visible_to=user, thread_ts=thread_ts))


def answer_interaction(workspace: Workspace, url: ResponseUrl, payload: Json) -> None:
    """What a post to a response URL does: a new message, or a change of the one that was clicked."""
    original = None
    if url.message_ts:
        original = workspace.message(url.channel, url.message_ts)
    if payload.get("delete_original"):
        if original is None:
            raise ApiError("message_not_found")
        workspace.delete(original)
        return
    content = content_of(payload)
    if payload.get("replace_original") and original is not None:
        edit_as_bot(workspace, original, content)
        return
    visible_to = None if payload.get("response_type") == "in_channel" else url.user
    thread_ts = payload.get("thread_ts") or url.thread_ts
    post_as_bot(workspace, url.channel, content, thread_ts, visible_to=visible_to)
