"""rich_text blocks to HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup, escape

from .names import emoji
from .render_mrkdwn import broadcast, channel_link, group_mention, link, mention

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .names import Names
    from .records import Json

_TAGS: Final = (("code", "code"), ("bold", "strong"), ("italic", "em"), ("strike", "s"), ("underline", "u"))


def rich_text(block: Json, names: Names) -> Markup:
    """HTML for a rich_text block; lists that follow each other nest by their indent."""
    return Markup("").join(_container(each, names) for each in block.get("elements", []))


def _container(container: Json, names: Names) -> Markup:
    kind = container["type"]
    if kind == "rich_text_list":
        return _list(container, names)
    inner = _joined(_piece(each, names) for each in container["elements"])
    if kind == "rich_text_preformatted":
        return Markup("<pre>{}</pre>").format(inner)
    if kind == "rich_text_quote":
        return Markup("<blockquote>{}</blockquote>").format(inner)
    return Markup('<div class="rich">{}</div>').format(inner)


def _list(container: Json, names: Names) -> Markup:
    items = _joined(
        Markup("<li>{}</li>").format(_joined(_piece(each, names) for each in section["elements"]))
        for section in container["elements"]
    )
    indent = min(int(container.get("indent") or 0), 6)
    if container["style"] == "ordered":
        start = int(container.get("offset") or 0) + 1
        return Markup('<ol class="indent-{}" start="{}">{}</ol>').format(indent, start, items)
    return Markup('<ul class="indent-{}">{}</ul>').format(indent, items)


def _joined(pieces: Iterable[Markup]) -> Markup:
    return Markup("").join(pieces)


def _piece(piece: Json, names: Names) -> Markup:
    html = _bare(piece, names)
    for style, tag in _TAGS:
        if (piece.get("style") or {}).get(style):
            html = Markup("<{0}>{1}</{0}>").format(Markup(tag), html)  # noqa: S704 - one of the constants above
    return html


def _bare(piece: Json, names: Names) -> Markup:
    kind: Any = piece["type"]
    if kind == "link":
        return link(names, piece["url"], piece.get("text"))
    if kind == "user":
        return mention(names, piece["user_id"])
    if kind == "channel":
        return channel_link(names, piece["channel_id"])
    if kind == "usergroup":
        return group_mention(names, piece["usergroup_id"])
    if kind == "broadcast":
        return broadcast(piece["range"])
    if kind == "emoji":
        return escape(emoji(piece["name"]) or f":{piece['name']}:")
    if kind == "color":
        return escape(piece["value"])
    if kind == "date":
        return _date(piece, names)
    return escape(piece["text"])


def _date(piece: Json, names: Names) -> Markup:
    try:
        words = names.date(piece["timestamp"], piece["format"])
    except (KeyError, OverflowError, ValueError):
        words = piece.get("fallback") or str(piece["timestamp"])
    return link(names, piece["url"], words) if piece.get("url") else escape(words)
