"""Makes single blocks and elements fit: cuts what is too long, drops what Slack would refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.blocks.text import cut
from bot.slack import limits

if TYPE_CHECKING:
    from collections.abc import Callable

Json = dict[str, Any]
Fitted = Json | None


def fit_block(block: Json) -> Fitted:
    """The block within its limits, changed in place; None when nothing is left that Slack would take."""
    if len(block.get("block_id", "")) > limits.IDENTIFIER:
        del block["block_id"]
    fitter = _BLOCKS.get(block["type"])
    return fitter(block) if fitter else block


def _text(holder: Json, most: int) -> Json:
    holder["text"] = cut(str(holder.get("text") or ""), most) or "-"
    return holder


def _header(block: Json) -> Fitted:
    _text(block["text"], limits.HEADER_TEXT)
    return block


def _section(block: Json) -> Fitted:
    if block.get("text"):
        _text(block["text"], limits.SECTION_TEXT)
    if block.get("fields"):
        block["fields"] = [_text(one, limits.SECTION_FIELD) for one in block["fields"][: limits.SECTION_FIELDS]]
    if block.get("accessory"):
        block["accessory"] = fit_element(block["accessory"])
        if block["accessory"] is None:
            del block["accessory"]
    return block if block.get("text") or block.get("fields") else None


def _context(block: Json) -> Fitted:
    elements = block["elements"]
    kept = elements[: limits.CONTEXT_ELEMENTS]
    if len(elements) > len(kept):
        kept[-1] = {"type": "plain_text", "text": f"… {len(elements) - len(kept) + 1} more", "emoji": False}
    block["elements"] = [_text(one, limits.CONTEXT_TEXT) if one["type"] != "image" else one for one in kept]
    return block if kept else None


def _actions(block: Json) -> Fitted:
    fitted = [fit_element(element) for element in block["elements"][: limits.ACTIONS_ELEMENTS]]
    block["elements"] = [element for element in fitted if element]
    return block if block["elements"] else None


def _input(block: Json) -> Fitted:
    _text(block["label"], limits.LABEL)
    if block.get("hint"):
        _text(block["hint"], limits.LABEL)
    block["element"] = fit_element(block["element"])
    return block if block["element"] else None


def _table(block: Json) -> Fitted:
    rows = [row[: limits.TABLE_COLUMNS] for row in block["rows"] if row]
    for row in rows:
        for cell in row:
            if cell.get("type") == "raw_text":
                _text(cell, 300)
    kept = rows[: limits.TABLE_ROWS]
    while len(kept) > 2 and sum(_length(row) for row in kept) > limits.TABLE_TEXT:  # noqa: PLR2004 - headings, one row
        kept.pop()
    if len(kept) < len(rows):
        last = [{"type": "raw_text", "text": "-"} for _ in rows[0]]
        last[0] = {"type": "raw_text", "text": f"… {len(rows) - len(kept) + 1} more"}
        kept[-1] = last
    block["rows"] = kept
    if block.get("column_settings"):
        block["column_settings"] = block["column_settings"][: limits.TABLE_COLUMNS]
    return block if kept else None


def _plan(block: Json) -> Fitted:
    block["title"] = cut(block["title"], limits.PLAN_TITLE) or "-"
    tasks = [_task(task) for task in block.get("tasks", [])]
    kept = tasks[: limits.PLAN_TASKS]
    if len(tasks) > len(kept):
        mark = f"… {len(tasks) - len(kept) + 1} more"
        kept[-1] = {"type": "task_card", "task_id": "more", "title": mark, "status": "pending"}
    block["tasks"] = kept
    return block if kept else None


def _task(task: Json) -> Json:
    task["title"] = cut(task["title"], limits.PLAN_TITLE) or "-"
    task["task_id"] = cut(task["task_id"], limits.TASK_ID) or "-"
    for name in ("details", "output"):
        if name in task:
            _rich_text(task[name])
            _shorten(task[name], limits.TASK_DETAILS)
    return task


def _rich_text(block: Json) -> Fitted:
    parts = [_rich_part(part) for part in block["elements"][: limits.RICH_TEXT_ELEMENTS]]
    block["elements"] = [part for part in parts if part["elements"]]
    return block if block["elements"] else None


def _rich_part(part: Json) -> Json:
    if part["type"] == "rich_text_list":
        part["elements"] = [_rich_part(each) for each in part["elements"][: limits.RICH_TEXT_ELEMENTS]]
        return part
    pieces = [piece for piece in part["elements"] if piece.get("text") != ""][: limits.RICH_TEXT_ELEMENTS]
    part["elements"] = pieces or [{"type": "text", "text": "-"}]
    return part


def _shorten(rich_text: Json, most: int) -> None:
    """Leave at most so many characters in a rich_text, from its beginning."""
    left = most
    for part in rich_text["elements"]:
        for piece in part["elements"]:
            if isinstance(piece.get("text"), str):
                piece["text"] = cut(piece["text"], max(left, 1))
                left -= len(piece["text"])


def _container(block: Json) -> Fitted:
    if block.get("title"):
        _text(block["title"], limits.CONTAINER_TITLE)
    children = [fit_block(child) for child in block["child_blocks"][: limits.CONTAINER_CHILDREN]]
    block["child_blocks"] = [child for child in children if child]
    return block if block["child_blocks"] else None


def _markdown(block: Json) -> Fitted:
    block["text"] = cut(block["text"], limits.MARKDOWN_TEXT) or "-"
    return block


_BLOCKS: dict[str, Callable[[Json], Fitted]] = {
    "header": _header,
    "section": _section,
    "context": _context,
    "actions": _actions,
    "input": _input,
    "table": _table,
    "plan": _plan,
    "task_card": _task,
    "rich_text": _rich_text,
    "container": _container,
    "markdown": _markdown,
}


def fit_element(element: Json) -> Fitted:
    """A button, menu or entry within its limits; None when a value that must be whole does not fit."""
    if element.get("confirm"):
        _confirm(element["confirm"])
    if element.get("placeholder"):
        _text(element["placeholder"], limits.PLACEHOLDER)
    if len(element.get("action_id", "")) > limits.IDENTIFIER or len(element.get("value", "")) > limits.BUTTON_VALUE:
        return None
    if element["type"] == "button":
        _text(element["text"], limits.BUTTON_TEXT)
        return None if len(element.get("url", "")) > limits.URL else element
    if element["type"] == "plain_text_input":
        element["max_length"] = min(element.get("max_length", limits.INPUT_LENGTH), limits.INPUT_LENGTH)
        if element.get("initial_value"):
            element["initial_value"] = cut(element["initial_value"], element["max_length"])
    return _options(element) if "options" in element else element


def _options(element: Json) -> Fitted:
    most = {"overflow": limits.OVERFLOW[1], "radio_buttons": limits.CHOICES, "checkboxes": limits.CHOICES}
    whole = [option for option in element["options"] if 0 < len(option["value"]) <= limits.OPTION_VALUE]
    element["options"] = [_option(option) for option in whole[: most.get(element["type"], limits.OPTIONS)]]
    offered = element["options"]
    if element.get("initial_option") and _option(element["initial_option"]) not in offered:
        del element["initial_option"]
    if "initial_options" in element:
        element["initial_options"] = [one for one in map(_option, element["initial_options"]) if one in offered]
        if not element["initial_options"]:
            del element["initial_options"]
    least = limits.OVERFLOW[0] if element["type"] == "overflow" else 1
    return element if len(offered) >= least else None


def _option(option: Json) -> Json:
    _text(option["text"], limits.OPTION_TEXT)
    if option.get("description"):
        _text(option["description"], limits.OPTION_TEXT)
    return option


def _confirm(asked: Json) -> None:
    _text(asked["title"], limits.CONFIRM_TITLE)
    _text(asked["text"], limits.CONFIRM_TEXT)
    for name in ("confirm", "deny"):
        _text(asked[name], limits.CONFIRM_BUTTON)


def _length(row: list[Json]) -> int:
    return sum(len(cell.get("text", "")) for cell in row)
