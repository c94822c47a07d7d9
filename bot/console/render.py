"""The page's templates, with what they need to show Block Kit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from jinja2 import ChainableUndefined, Environment, FileSystemLoader
from markdown_it import MarkdownIt
from markupsafe import Markup

from .field_names import field_name, query_name
from .render_mrkdwn import mrkdwn, plain
from .rich_text_schema import plain_of
from .state_values import OF_OPTIONS, VALUE_KEYS, initial_value

if TYPE_CHECKING:
    from .names import Names
    from .page_model import BlockContext
    from .records import Json

HERE: Final = Path(__file__).parent
COLOURS: Final = 8


def templates() -> Environment:
    """The templates; every value is escaped unless it was rendered here."""
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        auto_reload=False,
        undefined=ChainableUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    markdown = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table").disable("image")
    environment.globals.update(
        field_name=field_name,
        query_name=query_name,
        press=press,
        chosen=chosen,
        colour=colour,
        grouped=grouped,
        plain_of=plain_of,
        markdown=lambda text: Markup(markdown.render(text)),  # noqa: S704 - html is off, markdown-it escapes
    )
    return environment


def words(value: Json | None, names: Names) -> Markup:
    """HTML of a text object."""
    if not value:
        return Markup()
    if value["type"] == "plain_text":
        return plain(value["text"], with_emoji=value.get("emoji", True))
    return mrkdwn(value["text"], names, verbatim=value.get("verbatim", False))


def press(block_id: str, action_id: str, value: str | None = None) -> str:
    """What a button of the page posts: which element was used, and with which value it was shown."""
    return json.dumps([block_id, action_id] if value is None else [block_id, action_id, value])


def chosen(element: Json, block_id: str, values: Json) -> list[str]:
    """The strings that a field of this element holds now."""
    key, _ = VALUE_KEYS[element["type"]]
    entered = values.get(block_id, {}).get(element["action_id"]) or initial_value(element)
    value = entered[key]
    found = value if isinstance(value, list) else [] if value is None else [value]
    return [each["value"] if element["type"] in OF_OPTIONS else str(each) for each in found]


def grouped(element: Json, context: BlockContext) -> list[dict[str, Any]]:
    """The choices of a menu in its groups: ``label`` (empty for none) and ``options`` as value and text."""
    if element.get("option_groups"):
        return [
            {"label": group["label"]["text"], "options": _pairs(group["options"])} for group in element["option_groups"]
        ]
    if "options" in element:
        return [{"label": "", "options": _pairs(element["options"])}]
    if "users" in element["type"]:
        return [{"label": "", "options": [(each.id, f"@{each.name}") for each in context.people]}]
    return [{"label": "", "options": [(each.id, f"#{each.name}") for each in context.channels]}]


def _pairs(options: list[Json]) -> list[tuple[str, str]]:
    return [(option["value"], option["text"]["text"]) for option in options]


def colour(user_id: str) -> int:
    """A colour for a person, from 0."""
    return sum(map(ord, user_id)) % COLOURS
