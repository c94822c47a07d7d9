"""Finding things in what is shown: buttons and fields by their words, and all text of a message. Pure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from .errors import ConsoleError
from .field_names import field_name
from .state_values import OF_OPTIONS, VALUE_KEYS, initial_value, options_of
from .validate import elements_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .records import Json


class ClientError(ConsoleError):
    """The page refused, or does not show what was looked for; says what it shows instead."""


class Upload(NamedTuple):
    """A file for a field that takes files."""

    name: str
    content: bytes


def posted(element: Json, value: Any) -> list[str | Upload]:
    """What a form posts for a value; options may be named by their text, files are ids or uploads."""
    given = value if isinstance(value, list) else [] if value is None else [value]
    if element["type"] == "file_input":
        return given
    if element["type"] not in OF_OPTIONS:
        return [str(each) for each in given] or [""]
    known = {option["text"]["text"]: option["value"] for option in options_of(element)}
    known |= {option["value"]: option["value"] for option in options_of(element)}
    for each in given:
        if each not in known:
            raise ClientError(f"{each!r} is no option here; there are {', '.join(map(repr, known))}.")
    return [known[each] for each in given]


def current_fields(blocks: Sequence[Json], values: Json) -> dict[str, list[str | Upload]]:
    """All fields of these blocks as a form posts them untouched."""
    fields: dict[str, list[str | Upload]] = {}
    for block in blocks:
        for element in elements_of(block):
            if element["type"] in VALUE_KEYS:
                entered = values.get(block["block_id"], {}).get(element["action_id"]) or initial_value(element)
                value = entered[VALUE_KEYS[element["type"]][0]]
                if element["type"] in OF_OPTIONS:
                    chosen = value if isinstance(value, list) else [value] if value else []
                    value = [option["value"] for option in chosen]
                fields[field_name(block["block_id"], element["action_id"])] = posted(element, value)
    return fields


def find_field(blocks: Sequence[Json], key: str) -> tuple[Json, Json]:
    """The block and element of a field by action id, block id or label. Raises ClientError."""
    seen = []
    for block in blocks:
        for element in elements_of(block):
            label = block.get("label", {}).get("text")
            if key in {element["action_id"], block["block_id"], label}:
                return block, element
            seen.append(label or element["action_id"])
    raise ClientError(f"There is no field {key!r}; there are {', '.join(seen) or 'none'}.")


def has_field(blocks: Sequence[Json], key: str) -> bool:
    """Whether one of these blocks is, or holds, the field of that action id, block id or label."""
    return any(
        key in {element["action_id"], block["block_id"], block.get("label", {}).get("text")}
        for block in blocks
        for element in elements_of(block)
    )


def find_press(blocks: Sequence[Json], button: str, value: str | None = None) -> str:
    """What to post for a button (by text or action id, and value) or for an option of an overflow menu."""
    seen = []
    for block in blocks:
        for element in elements_of(block):
            for text, pressed in _presses(element):
                seen.append(text)
                if button in {text, element["action_id"]} and value in {None, pressed}:
                    return json.dumps([block["block_id"], element["action_id"], pressed])
    raise ClientError(f"There is no button {button!r}; there are {', '.join(map(repr, seen)) or 'none'}.")


def _presses(element: Json) -> list[tuple[str, str]]:
    if element["type"] == "button":
        return [(element["text"]["text"], element.get("value", ""))]
    if element["type"] == "overflow":
        return [(option["text"]["text"], option["value"]) for option in element["options"]]
    return []


def all_text(value: Any) -> str:
    """All words in a message or view, one after another."""
    if isinstance(value, list):
        return "\n".join(filter(None, map(all_text, value)))
    if not isinstance(value, dict):
        return ""
    own = [value[key] for key in ("text", "title") if isinstance(value.get(key), str)]
    return "\n".join(filter(None, [*own, *(all_text(each) for each in value.values())]))


def shown(state: Json) -> str:
    """A short account of a state for an error message."""
    last = [all_text(each)[:300] for each in (state["thread"] or state["messages"])[-3:]]
    return json.dumps({"last": last, "view": all_text(state["view"])[:500], "notice": state["notice"]})
