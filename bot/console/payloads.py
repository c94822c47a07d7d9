"""What the app is sent: commands, actions, submissions and events, in Slack's shapes. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .config import ConsoleConfig, Person

if TYPE_CHECKING:
    from .config import Command, Shortcut
    from .records import Conversation, Json

LEGACY_TOKEN = "verification-is-by-socket"  # noqa: S105 - Slack's long deprecated field; it proves nothing


@dataclass(frozen=True, slots=True)
class Occasion:
    """A person does something: what every payload says about it. ``response_url`` is empty where Slack gives none."""

    config: ConsoleConfig
    person: Person
    trigger_id: str = ""
    response_url: str = ""
    happened_at: str = ""


def _frame(kind: str, occasion: Occasion) -> Json:
    config, person = occasion.config, occasion.person
    frame: Json = {
        "type": kind,
        "user": {"id": person.id, "username": person.name, "name": person.name, "team_id": config.team_id},
        "api_app_id": config.app_id,
        "token": LEGACY_TOKEN,
        "team": {"id": config.team_id, "domain": "console"},
        "enterprise": None,
        "is_enterprise_install": False,
    }
    if occasion.trigger_id:
        frame["trigger_id"] = occasion.trigger_id
    if occasion.response_url:
        frame["response_url"] = occasion.response_url
    return frame


def channel_json(conversation: Conversation) -> Json:
    """A channel, as interactions name it."""
    return {"id": conversation.id, "name": channel_name(conversation)}


def channel_name(conversation: Conversation) -> str:
    """The name that payloads carry: direct messages have one of their own."""
    return "directmessage" if conversation.im_with else conversation.name


def command_payload(occasion: Occasion, conversation: Conversation, command: Command, text: str) -> Json:
    """A slash command."""
    config, person = occasion.config, occasion.person
    return {
        "token": LEGACY_TOKEN,
        "team_id": config.team_id,
        "team_domain": "console",
        "channel_id": conversation.id,
        "channel_name": channel_name(conversation),
        "user_id": person.id,
        "user_name": person.name,
        "command": command.name,
        "text": text,
        "api_app_id": config.app_id,
        "is_enterprise_install": "false",
        "response_url": occasion.response_url,
        "trigger_id": occasion.trigger_id,
    }


def message_action_payload(
    occasion: Occasion, conversation: Conversation, message: Json, values: Json, action: Json, *, ephemeral: bool
) -> Json:
    """A click or a choice in a message. Slack does not send the message when only one person sees it."""
    payload = _frame("block_actions", occasion) | {
        "container": container_of(message, conversation, ephemeral=ephemeral),
        "channel": channel_json(conversation),
        "state": {"values": values},
        "actions": [action],
    }
    return payload if ephemeral else payload | {"message": message}


def view_action_payload(occasion: Occasion, view: Json, action: Json) -> Json:
    """A click or a choice in a modal or in App Home."""
    return _frame("block_actions", occasion) | {
        "container": {"type": "view", "view_id": view["id"]},
        "view": view,
        "state": view["state"],
        "actions": [action],
    }


def suggestion_payload(occasion: Occasion, where: Json, place: tuple[str, str], query: str) -> Json:
    """The options of a menu are wanted. ``where`` is its message or view; ``place`` its block id and action id."""
    block_id, action_id = place
    return _frame("block_suggestion", occasion) | where | {"block_id": block_id, "action_id": action_id, "value": query}


def container_of(message: Json, conversation: Conversation, *, ephemeral: bool) -> Json:
    """Where in a channel a message stands."""
    container = {
        "type": "message",
        "message_ts": message["ts"],
        "channel_id": conversation.id,
        "is_ephemeral": ephemeral,
    }
    return container | ({"thread_ts": message["thread_ts"]} if "thread_ts" in message else {})


def submission_payload(occasion: Occasion, view: Json) -> Json:
    """A modal that was submitted."""
    return _frame("view_submission", occasion) | {"view": view, "response_urls": []}


def closed_payload(occasion: Occasion, view: Json, *, is_cleared: bool) -> Json:
    """A modal that was closed without a submission, all of its stack when ``is_cleared``."""
    return _frame("view_closed", occasion) | {"view": view, "is_cleared": is_cleared}


def shortcut_payload(occasion: Occasion, shortcut: Shortcut) -> Json:
    """A global shortcut."""
    return _frame("shortcut", occasion) | {"callback_id": shortcut.callback_id, "action_ts": occasion.happened_at}


def message_shortcut_payload(occasion: Occasion, conversation: Conversation, message: Json, shortcut: Shortcut) -> Json:
    """A shortcut from the menu of a message."""
    return _frame("message_action", occasion) | {
        "callback_id": shortcut.callback_id,
        "action_ts": occasion.happened_at,
        "channel": channel_json(conversation),
        "message_ts": message["ts"],
        "message": message,
    }


def event_payload(config: ConsoleConfig, event_id: str, event_time: int, event: dict[str, Any]) -> Json:
    """An event of the Events API."""
    authorization = {
        "enterprise_id": None,
        "team_id": config.team_id,
        "user_id": config.bot_user_id,
        "is_bot": True,
        "is_enterprise_install": False,
    }
    return {
        "token": LEGACY_TOKEN,
        "team_id": config.team_id,
        "api_app_id": config.app_id,
        "event": event,
        "type": "event_callback",
        "event_id": event_id,
        "event_time": event_time,
        "authorizations": [authorization],
        "is_ext_shared_channel": False,
        "event_context": f"4-{event_id}",
    }
