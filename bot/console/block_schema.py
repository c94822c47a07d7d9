"""The blocks of Block Kit, and on which surface each may stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .checks import (
    Check,
    Faults,
    any_string,
    boolean,
    both,
    by_type,
    fault,
    items,
    may,
    need,
    obj,
    one_of,
    string,
    text,
    web_address,
    within,
)
from .element_schema import IN_ACTIONS, IN_INPUT, IN_SECTION, element
from .limits import LIMITS
from .rich_text_schema import RICH_TEXT, plain_of, short_rich_text

if TYPE_CHECKING:
    from collections.abc import Mapping

_BASE: Final = {"type": need(any_string), "block_id": may(string("block_id"))}
_DETAILS: Final = short_rich_text(LIMITS["task_card.details"].most)


def text_or_fields(value: Any, where: str, faults: Faults) -> None:
    """A section says something."""
    if not value.get("text") and not value.get("fields"):
        fault(faults, "missing required field: text or fields", where)


def _context_element(value: Any, where: str, faults: Faults) -> None:
    kind = value.get("type") if isinstance(value, dict) else None
    if kind == "image":
        element("image")(value, where, faults)
    elif kind in {"plain_text", "mrkdwn"}:
        text("context.text")(value, where, faults)
    else:
        fault(faults, f"unsupported type: {kind}", f"{where}/type")


def _cell(value: Any, where: str, faults: Faults) -> None:
    kind = value.get("type") if isinstance(value, dict) else None
    if kind == "rich_text":
        RICH_TEXT(value, where, faults)
    elif kind == "raw_text":
        obj({"type": need(any_string), "text": need(any_string)})(value, where, faults)
    else:
        fault(faults, f"unsupported type: {kind}", f"{where}/type")


def _even_and_short(value: Any, where: str, faults: Faults) -> None:
    rows = [row for row in value.get("rows") or [] if isinstance(row, list)]
    within("table.text", sum(len(plain_of(cell)) for row in rows for cell in row), f"{where}/rows", faults)


_TASK_CARD: Final = obj(
    {
        **_BASE,
        "task_id": need(string("task_card.task_id")),
        "title": need(string("task_card.title")),
        "status": may(one_of("pending", "in_progress", "complete", "error")),
        "details": may(_DETAILS),
        "output": may(_DETAILS),
        "sources": may(
            items(
                "select.options",
                obj({"type": need(one_of("url")), "url": need(web_address("button.url")), "text": need(any_string)}),
            )
        ),
    },
)


def _blocks() -> Mapping[str, Check]:
    return BLOCKS


_IN_CONTAINER: Final = ("section", "header", "context", "actions", "divider", "rich_text", "image", "table", "input")

BLOCKS: Final[dict[str, Check]] = {
    "section": both(
        obj(
            {
                **_BASE,
                "text": may(text("section.text")),
                "fields": may(items("section.fields", text("section.field"))),
                "accessory": may(element(*IN_SECTION)),
                "expand": may(boolean),
            },
        ),
        text_or_fields,
    ),
    "header": obj({**_BASE, "text": need(text("header.text", "plain_text"))}),
    "context": obj({**_BASE, "elements": need(items("context.elements", _context_element))}),
    "actions": obj({**_BASE, "elements": need(items("actions.elements", element(*IN_ACTIONS)))}),
    "divider": obj(_BASE),
    "input": obj(
        {
            **_BASE,
            "label": need(text("input.label", "plain_text")),
            "element": need(element(*IN_INPUT)),
            "hint": may(text("input.hint", "plain_text")),
            "optional": may(boolean),
            "dispatch_action": may(boolean),
        },
    ),
    "rich_text": RICH_TEXT,
    "image": obj(
        {
            **_BASE,
            "image_url": need(web_address("image.url")),
            "alt_text": need(string("image.alt_text")),
            "title": may(text("image.title", "plain_text")),
        },
    ),
    "markdown": obj({**_BASE, "text": need(string("markdown.text"))}),
    "alert": obj(
        {
            **_BASE,
            "text": need(text("alert.text")),
            "level": may(one_of("default", "info", "warning", "error", "success")),
        },
    ),
    "table": both(
        obj(
            {
                **_BASE,
                "rows": need(items("table.rows", items("table.columns", _cell))),
                "column_settings": may(
                    items(
                        "table.columns",
                        obj({"align": may(one_of("left", "center", "right")), "is_wrapped": may(boolean)}),
                    )
                ),
            },
        ),
        _even_and_short,
    ),
    "task_card": _TASK_CARD,
    "plan": obj(
        {
            **_BASE,
            "title": need(string("plan.title")),
            "tasks": may(items("plan.tasks", by_type(_blocks, ("task_card",)))),
        },
    ),
    "container": obj(
        {
            **_BASE,
            "title": may(text("container.title", "plain_text")),
            "rich_text_title": may(RICH_TEXT),
            "subtitle": may(text("container.title")),
            "child_blocks": need(items("container.children", by_type(_blocks, _IN_CONTAINER))),
            "width": may(one_of("narrow", "standard", "wide", "full")),
            "icon": may(element("image")),
            "is_collapsible": may(boolean),
            "default_collapsed": may(boolean),
            "has_header_divider": may(boolean),
        },
    ),
}
ON_MESSAGE: Final = tuple(kind for kind in BLOCKS if kind != "alert")
ON_MODAL: Final = tuple(kind for kind in BLOCKS if kind not in {"task_card", "plan", "table"})
ON_HOME: Final = tuple(kind for kind in BLOCKS if kind not in {"alert", "task_card", "plan", "table"})


def block(*only: str) -> Check:
    """A block of one of these types."""
    return by_type(_blocks, only)
