"""Messages, conversations, people, files and views in the shapes of Slack's Web API. Pure."""

from __future__ import annotations

import mimetypes
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .config import ConsoleConfig, Person
    from .records import Conversation, Json, Message, StoredFile, View


def message_json(message: Message, config: ConsoleConfig, files: dict[str, StoredFile], base: str = "") -> Json:
    """A message as the Web API shows it, without its metadata."""
    shown: Json = {
        "type": "message",
        "user": message.user,
        "ts": message.ts,
        "text": message.text,
        "team": config.team_id,
    }
    if message.deleted:
        return shown | {"subtype": "tombstone", "text": "This message was deleted.", "hidden": True}
    if message.via_bot:
        shown |= {"bot_id": config.bot_id, "app_id": config.app_id, "bot_profile": bot_profile(config)}
    if message.blocks:
        shown["blocks"] = list(message.blocks)
    if message.attachments:
        shown["attachments"] = list(message.attachments)
    if message.thread_ts:
        shown["thread_ts"] = message.thread_ts
    if message.edited_ts:
        shown["edited"] = {"user": message.user, "ts": message.edited_ts}
    if message.files:
        shown |= {"files": [file_json(files[each], base) for each in message.files], "upload": False}
    if message.reactions:
        shown["reactions"] = [
            {"name": name, "users": list(users), "count": len(users)} for name, users in message.reactions
        ]
    return shown


def bot_profile(config: ConsoleConfig) -> Json:
    """The app behind a message."""
    return {
        "id": config.bot_id,
        "app_id": config.app_id,
        "name": config.bot_name,
        "team_id": config.team_id,
        "deleted": False,
    }


def file_json(file: StoredFile, base: str) -> Json:
    """A file as the Web API shows it."""
    return {
        "id": file.id,
        "name": file.name,
        "title": file.title,
        "user": file.user,
        "size": file.size,
        "created": file.created,
        "mimetype": mimetypes.guess_type(file.name)[0] or "application/octet-stream",
        "mode": "hosted",
        "url_private": f"{base}/files/{file.id}",
        "url_private_download": f"{base}/files/{file.id}",
        "permalink": f"{base}/files/{file.id}",
    }


def channel_json(conversation: Conversation, viewer: str) -> Json:
    """A conversation as the Web API shows it to the bot."""
    shown: Json = {
        "id": conversation.id,
        "created": conversation.created,
        "is_archived": conversation.archived,
        "is_channel": not conversation.private and not conversation.im_with,
        "is_group": conversation.private and not conversation.im_with,
        "is_im": conversation.im_with is not None,
        "is_mpim": False,
        "is_private": conversation.private,
        "is_member": viewer in conversation.members,
    }
    if conversation.im_with:
        return shown | {"user": conversation.im_with, "is_open": True}
    return shown | {
        "name": conversation.name,
        "name_normalized": conversation.name,
        "is_general": conversation.name == "general",
        "topic": {"value": conversation.topic, "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
        "num_members": len(conversation.members),
    }


def user_json(person: Person, config: ConsoleConfig) -> Json:
    """A person as users.info shows them."""
    return {
        "id": person.id,
        "team_id": config.team_id,
        "name": person.name,
        "real_name": person.real_name or person.name,
        "deleted": False,
        "is_bot": False,
        "is_app_user": False,
        "tz": config.timezone,
        "tz_label": config.timezone,
        "tz_offset": 0,
        "profile": {
            "real_name": person.real_name or person.name,
            "display_name": person.name,
            "email": person.email,
            "title": person.title,
        },
    }


def bot_user_json(config: ConsoleConfig) -> Json:
    """The bot's own user."""
    return {
        "id": config.bot_user_id,
        "team_id": config.team_id,
        "name": config.bot_name,
        "real_name": config.bot_name,
        "deleted": False,
        "is_bot": True,
        "profile": {"display_name": config.bot_name, "bot_id": config.bot_id, "api_app_id": config.app_id},
    }


def view_json(view: View, config: ConsoleConfig, values: Json | None = None) -> Json:
    """A view as the Web API and interactions show it; ``values`` are those of ``state``."""
    return {
        "id": view.id,
        "team_id": config.team_id,
        "app_id": config.app_id,
        "app_installed_team_id": config.team_id,
        "bot_id": config.bot_id,
        "private_metadata": "",
        "callback_id": "",
        "external_id": "",
        "title": None,
        "submit": None,
        "close": None,
        "clear_on_close": False,
        "notify_on_close": False,
        **view.body,
        "hash": view.hash,
        "root_view_id": view.root_id,
        "previous_view_id": view.previous_id,
        "state": {"values": values or {}},
    }
