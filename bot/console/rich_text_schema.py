"""The rich_text block: sections, lists, quotes and preformatted text, and what stands inside them."""

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
    integer,
    items,
    matching,
    may,
    need,
    obj,
    one_of,
    web_address,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

_STYLE: Final = may(
    obj({name: may(boolean) for name in ("bold", "italic", "strike", "code", "underline", "highlight", "unlink")}),
)
_BASE: Final = {"type": need(any_string), "style": _STYLE}

PIECES: Final[dict[str, Check]] = {
    "text": obj({**_BASE, "text": need(any_string)}),
    "link": obj({**_BASE, "url": need(web_address("button.url")), "text": may(any_string), "unsafe": may(boolean)}),
    "user": obj({**_BASE, "user_id": need(any_string)}),
    "channel": obj({**_BASE, "channel_id": need(any_string)}),
    "usergroup": obj({**_BASE, "usergroup_id": need(any_string)}),
    "broadcast": obj({**_BASE, "range": need(one_of("here", "channel", "everyone"))}),
    "emoji": obj({**_BASE, "name": need(any_string), "unicode": may(any_string), "skin_tone": may(integer)}),
    "color": obj({**_BASE, "value": need(matching(r"#[0-9A-Fa-f]{6}", "a colour (#RRGGBB)"))}),
    "date": obj(
        {
            **_BASE,
            "timestamp": need(integer),
            "format": need(any_string),
            "url": may(web_address("button.url")),
            "fallback": may(any_string),
        },
    ),
}


def _pieces(*only: str) -> Check:
    return items("rich_text.elements", by_type(lambda: PIECES, only or None))


def _containers() -> Mapping[str, Check]:
    return CONTAINERS


CONTAINERS: Final[dict[str, Check]] = {
    "rich_text_section": obj({"type": need(any_string), "elements": need(_pieces())}),
    "rich_text_quote": obj({"type": need(any_string), "elements": need(_pieces()), "border": may(integer)}),
    "rich_text_preformatted": obj(
        {
            "type": need(any_string),
            "elements": need(_pieces("text", "link")),
            "border": may(integer),
            "language": may(any_string),
        },
    ),
    "rich_text_list": obj(
        {
            "type": need(any_string),
            "style": need(one_of("bullet", "ordered")),
            "elements": need(items("rich_text.elements", by_type(_containers, ("rich_text_section",)))),
            "indent": may(integer),
            "offset": may(integer),
            "border": may(integer),
        },
    ),
}

RICH_TEXT: Final = obj(
    {
        "type": need(one_of("rich_text")),
        "block_id": may(any_string),
        "elements": need(items("rich_text.elements", by_type(_containers))),
    },
)


def plain_of(value: Any) -> str:
    """All words of a rich_text value, for counting."""
    if isinstance(value, dict):
        own = value.get("text") or value.get("url") or ""
        return (own if isinstance(own, str) else "") + "".join(plain_of(each) for each in value.get("elements") or [])
    return ""


def short_rich_text(limit: int) -> Check:
    """A rich_text of at most so many characters."""

    def check(value: Any, where: str, faults: Faults) -> None:
        if len(plain_of(value)) > limit:
            fault(faults, f"must be less than {limit + 1} characters", where)

    return both(RICH_TEXT, check)
