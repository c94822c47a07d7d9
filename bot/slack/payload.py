"""Reading what Slack sends: which thing happened, under which key it counts once, and what a person entered. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.blocks.elements import unpack

Payload = Mapping[str, Any]
_KEY_MOST = 250


class Kind(StrEnum):
    """What a delivery is."""

    COMMAND = "command"
    ACTION = "action"
    SUBMISSION = "submission"
    CLOSED = "closed"
    SHORTCUT = "shortcut"
    MESSAGE_SHORTCUT = "message_shortcut"
    EVENT = "event"


@dataclass(frozen=True, slots=True)
class Heard:
    """One delivery: its kind, what it is about (sub-command, action id, callback id, event type), and its key."""

    kind: Kind
    name: str
    key: str


_INTERACTIONS = {
    "block_actions": Kind.ACTION,
    "view_submission": Kind.SUBMISSION,
    "view_closed": Kind.CLOSED,
    "shortcut": Kind.SHORTCUT,
    "message_action": Kind.MESSAGE_SHORTCUT,
}


def heard(payload: Payload) -> Heard | None:
    """What a payload is; None when it is of no kind that this bot subscribes to.

    A submission counts once for each state of its view: a second click on Submit has another trigger but the same
    hash. Events carry an id of their own; everything else a trigger that is made for one use. Where a server leaves
    these out, what else is its own stands in: two things that happened never count as one.
    """
    if "command" in payload:
        word, _ = _typed(payload)
        return Heard(
            Kind.COMMAND, word.lower(), _key("command", payload.get("trigger_id") or payload.get("response_url"))
        )
    if payload.get("type") == "event_callback":
        event = payload.get("event", {})
        known = payload.get("event_id") or f"{event.get('type')}:{event.get('event_ts')}"
        return Heard(Kind.EVENT, str(event.get("type", "")), _key("event", known))
    kind = _INTERACTIONS.get(str(payload.get("type", "")))
    if kind is None:
        return None
    if kind in {Kind.SUBMISSION, Kind.CLOSED}:
        view = payload.get("view", {})
        state = view.get("hash") or payload.get("trigger_id")
        return Heard(kind, str(view.get("callback_id", "")), _key(kind, view.get("id"), state))
    name = _action(payload).get("action_id") if kind is Kind.ACTION else payload.get("callback_id")
    stamp = _action(payload).get("action_ts") if kind is Kind.ACTION else payload.get("action_ts")
    trigger = payload.get("trigger_id")
    return Heard(kind, str(name or ""), _key(kind, trigger) if trigger else _key(kind, _who(payload), name, stamp))


def answer_id(payload: Payload) -> str:
    """Our own id of the view that the acknowledgement of a submission shows; empty where it is no submission.

    Who looks for the view by this id finds it only once the acknowledgement has come into effect.
    """
    what = heard(payload)
    if what is None or what.kind is not Kind.SUBMISSION:
        return ""
    return f"answer-{hashlib.sha256(what.key.encode()).hexdigest()[:40]}"


def opening_id(payload: Payload) -> str:
    """Our own id of the view that this opens: the same for each try, so that an earlier one is found by it."""
    what = heard(payload)
    return f"opening-{hashlib.sha256((what.key if what else '').encode()).hexdigest()[:40]}"


def _key(*parts: Any) -> str:
    key = ":".join(str(part or "") for part in parts)
    return key if len(key) <= _KEY_MOST else f"{parts[0]}:{hashlib.sha256(key.encode()).hexdigest()}"


def _action(payload: Payload) -> Payload:
    actions = payload.get("actions") or [{}]
    first: Payload = actions[0]
    return first


def _who(payload: Payload) -> str:
    return str(payload.get("user", {}).get("id", ""))


def is_own(payload: Payload) -> bool:
    """Whether it is an event of the bot's own doing."""
    author = payload.get("event", {}).get("user") if payload.get("type") == "event_callback" else None
    bots = [who.get("user_id") for who in payload.get("authorizations") or () if who.get("is_bot")]
    return bool(author) and author in bots


def user_of(payload: Payload) -> tuple[str, str]:
    """Slack id and name of the person who did it; both empty where nobody did."""
    if "command" in payload:
        return str(payload.get("user_id", "")), str(payload.get("user_name", ""))
    user = payload.get("user") or {}
    if isinstance(user, Mapping) and user:
        return str(user.get("id", "")), str(user.get("username") or user.get("name") or "")
    return str(payload.get("event", {}).get("user", "")), ""


def channel_of(payload: Payload) -> str:
    """The channel where it happened, or where its modal was opened from; empty when there is none."""
    if payload.get("channel_id"):
        return str(payload["channel_id"])
    channel = payload.get("channel") or {}
    if isinstance(channel, Mapping) and channel.get("id"):
        return str(channel["id"])
    return str(metadata_of(payload).get("c", "") or payload.get("event", {}).get("channel", ""))


def thread_of(payload: Payload) -> str:
    """The thread where it happened; empty outside of one."""
    of = [payload.get(name) or {} for name in ("message", "container", "event")]
    found = next((each["thread_ts"] for each in of if each.get("thread_ts")), "")
    return str(found or metadata_of(payload).get("m", ""))


def metadata_of(payload: Payload) -> dict[str, Any]:
    """What the view carries along."""
    return unpack((payload.get("view") or {}).get("private_metadata"))


def argument_of(payload: Payload) -> str:
    """What follows the sub-command, as it was typed: Slack escapes three characters of it."""
    _, rest = _typed(payload)
    return rest.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _typed(payload: Payload) -> tuple[str, str]:
    """The sub-command and what follows it. Any space parts them: phones and pasted text bring others than ours."""
    words = str(payload.get("text") or "").split(maxsplit=1)
    return (words[0] if words else ""), (words[1].strip() if len(words) > 1 else "")


def value_of(payload: Payload) -> dict[str, Any]:
    """What the clicked button carries. A menu carries nothing of its own: then what its row does, or its buttons do.

    Slack does not send along a message that only one person sees: there the row itself has to carry it, in its id.
    """
    action = _action(payload)
    own = unpack(action.get("value")) or unpack(action.get("block_id"))
    if own:
        return own
    for block in (payload.get("message") or {}).get("blocks", []):
        if block.get("block_id") == action.get("block_id"):
            values = [unpack(element.get("value")) for element in block.get("elements", [])]
            return next((value for value in values if value), {})
    return {}


def chosen_of(payload: Payload) -> str:
    """The choice of a clicked menu."""
    return str((_action(payload).get("selected_option") or {}).get("value", ""))


def entries_of(payload: Payload) -> dict[str, Any]:
    """What a person entered, by block id: text, a value, a list of values, files, seconds since 1970, or None."""
    values = (payload.get("view") or {}).get("state", {}).get("values", {})
    return {block: _entry(next(iter(of_block.values()), {})) for block, of_block in values.items()}


def _entry(element: Payload) -> Any:
    if element.get("selected_option"):
        return element["selected_option"]["value"]
    if "selected_options" in element:
        return [option["value"] for option in element["selected_options"] or []]
    if "files" in element:
        return list(element["files"] or [])
    return element.get("selected_date_time") or element.get("value")
