"""Whether Slack would take a message or a view, and which refusal it would give."""

from __future__ import annotations

import json
from collections import Counter
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from .block_schema import ON_HOME, ON_MESSAGE, ON_MODAL, block
from .checks import Check, Faults, boolean, fault, items, may, need, obj, one_of, string, text, within
from .errors import ApiError, fault_messages
from .limits import LIMITS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .records import Json

_MESSAGE_BLOCKS: Final = items("message.blocks", block(*ON_MESSAGE))
_VISIBLE_STRINGS: Final = frozenset({"text", "title", "alt_text"})


def check_message(text_given: str, blocks: list[Json], attachments: list[Json], metadata: Json | None) -> None:
    """Refuses a message as chat.postMessage would: raises ApiError with Slack's name for the fault."""
    if len(text_given) > LIMITS["message.text"].most:
        raise fault_messages(
            "msg_too_long", f"must be less than {LIMITS['message.text'].most + 1} characters [json-pointer:/text]"
        )
    faults: Faults = []
    _MESSAGE_BLOCKS(blocks, "/blocks", faults)
    for index, attachment in enumerate(attachments):
        _MESSAGE_BLOCKS(attachment.get("blocks") or [], f"/attachments/{index}/blocks", faults)
    within("message.attachments", len(attachments), "/attachments", faults)
    if not faults:
        _check_together(blocks, "/blocks", faults)
    if faults:
        raise fault_messages("invalid_blocks", *faults)
    if (length := visible_length(blocks)) > LIMITS["message.blocks_text"].most:
        raise fault_messages(
            "msg_blocks_too_long", f"the text of all blocks has {length} characters [json-pointer:/blocks]"
        )
    _check_metadata(metadata)


def _check_metadata(metadata: Json | None) -> None:
    if metadata is None:
        return
    shaped = isinstance(metadata.get("event_type"), str) and isinstance(metadata.get("event_payload"), dict)
    if not shaped or metadata.keys() - {"event_type", "event_payload"}:
        raise ApiError("invalid_metadata_format")
    if len(json.dumps(metadata).encode()) > LIMITS["metadata.bytes"].most:
        raise ApiError("metadata_too_large")


def visible_length(blocks: Iterable[Json]) -> int:
    """Characters of all text in blocks, labels of buttons and options included."""
    return sum(_visible(each) for each in blocks)


def _visible(value: Any) -> int:
    if isinstance(value, list):
        return sum(_visible(each) for each in value)
    if not isinstance(value, dict):
        return 0
    return sum(
        len(inner) if isinstance(inner, str) and key in _VISIBLE_STRINGS else _visible(inner)
        for key, inner in value.items()
    )


def _check_together(blocks: list[Json], where: str, faults: Faults) -> None:
    """What holds for several blocks at once: ids used once, one table, plan or task cards but not both."""
    _check_ids(blocks, where, faults)
    kinds = Counter(each["type"] for each in blocks)
    if kinds["table"] > LIMITS["message.tables"].most:
        fault(faults, "only one table is allowed", where)
    if kinds["plan"] and kinds["task_card"]:
        fault(faults, "plan and task_card blocks cannot stand in one message", where)


def _check_ids(blocks: list[Json], where: str, faults: Faults) -> None:
    seen: set[str] = set()
    for index, each in enumerate(blocks):
        block_id = each.get("block_id")
        if block_id and block_id in seen:
            fault(faults, f"block_id {block_id} already exists", f"{where}/{index}/block_id")
        seen.add(block_id or "")
        actions = Counter(element["action_id"] for element in elements_of(each) if element.get("action_id"))
        for action_id, times in actions.items():
            if times > 1:
                fault(faults, f"action_id {action_id} already exists in this block", f"{where}/{index}")


def elements_of(value: Json) -> list[Json]:
    """The interactive elements of one block, in the order in which they are shown."""
    kind = value.get("type")
    if kind == "actions":
        return list(value["elements"])
    if kind == "section" and value.get("accessory", {}).get("type") not in {None, "image"}:
        return [value["accessory"]]
    if kind == "input":
        return [value["element"]]
    return [inner for child in value.get("child_blocks", []) for inner in elements_of(child)]


def with_ids(blocks: list[Json], prefix: str) -> list[Json]:
    """The blocks with a block_id and an action_id wherever the app left them out, as Slack fills them in."""
    numbers = count(1)

    def fill(value: Json) -> Json:
        filled = {**value, "block_id": value.get("block_id") or f"{prefix}{next(numbers)}"}
        for key in ("accessory", "element"):
            if key in filled and filled[key].get("type") != "image":
                filled[key] = {"action_id": f"{prefix}a{next(numbers)}", **filled[key]}
        if filled["type"] == "actions":
            filled["elements"] = [{"action_id": f"{prefix}a{next(numbers)}", **each} for each in filled["elements"]]
        if "child_blocks" in filled:
            filled["child_blocks"] = [fill(each) for each in filled["child_blocks"]]
        return filled

    return [fill(each) for each in blocks]


_PLAIN: Final = "plain_text"
_VIEW_COMMON: Final = {
    "type": need(one_of("modal", "home")),
    "callback_id": may(string("view.callback_id")),
    "private_metadata": may(string("view.private_metadata")),
    "external_id": may(string("view.external_id")),
}
_MODAL: Final = obj(
    {
        **_VIEW_COMMON,
        "title": need(text("view.title", _PLAIN)),
        "submit": may(text("view.submit", _PLAIN)),
        "close": may(text("view.close", _PLAIN)),
        "blocks": need(items("view.blocks", block(*ON_MODAL))),
        "clear_on_close": may(boolean),
        "notify_on_close": may(boolean),
        "submit_disabled": may(boolean),
    },
)
_HOME: Final = obj(
    {**_VIEW_COMMON, "title": may(text("view.title", _PLAIN)), "blocks": need(items("view.blocks", block(*ON_HOME)))},
)


def check_view(view: Any, kind: str) -> None:
    """Refuses a view as views.open (kind "modal") or views.publish ("home") would; raises ApiError."""
    if not isinstance(view, dict):
        raise fault_messages("invalid_arguments", "must be an object [json-pointer:/view]")
    if len(json.dumps(view).encode()) > LIMITS["view.bytes"].most:
        raise ApiError("view_too_large")
    faults: Faults = []
    if view.get("type") != kind:
        fault(faults, f"must be {kind}", "/view/type")
    schema: Check = _HOME if kind == "home" else _MODAL
    schema(view, "/view", faults)
    if not faults:
        _check_view_together(view, faults)
    if faults:
        raise fault_messages("invalid_arguments", *faults)


def _check_view_together(view: Json, faults: Faults) -> None:
    _check_ids(view["blocks"], "/view/blocks", faults)
    has_input = any(each["type"] == "input" for each in view["blocks"])
    if view["type"] == "modal" and has_input and not view.get("submit"):
        fault(faults, "missing required field: submit, which a view with input blocks needs", "/view")
