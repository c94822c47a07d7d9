"""The pieces of Block Kit that this project uses, as plain dicts.

Text from outside goes only through `plain` and `words`: neither is read for mentions, links or formatting. Mentions
are made with `person`, from ids of the policy.
"""

from __future__ import annotations

import base64
import json
import zlib
from typing import TYPE_CHECKING, Any

from bot.blocks.text import clean, clock_seconds, cut, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

Block = dict[str, Any]
Piece = dict[str, Any]

NOTICE = 2500  # characters of a paragraph
PACKED_FROM = 1500  # characters
COMPRESSED = "z:"


def plain(text: str, most: int = 3000) -> Block:
    """A plain_text object; Slack reads nothing in it."""
    return {"type": "plain_text", "text": cut(clean(text), most) or "-", "emoji": False}


def header(text: str) -> Block:
    """A heading of one line."""
    return {"type": "header", "text": plain(one_line(text), 150)}


def words(text: str, *, bold: bool = False, italic: bool = False, code: bool = False) -> Piece:
    """Words inside `line`."""
    style = {name: True for name, on in (("bold", bold), ("italic", italic), ("code", code)) if on}
    piece: Piece = {"type": "text", "text": clean(text) or "-"}
    return {**piece, "style": style} if style else piece


def person(slack_id: str) -> Piece:
    """A mention inside `line`."""
    return {"type": "user", "user_id": slack_id}


def link(text: str, url: str) -> Piece:
    """A link of our own inside `line`."""
    return {"type": "link", "url": url, "text": clean(text)}


def people(slack_ids: Sequence[str], otherwise: str = "") -> list[Piece]:
    """Mentions of all these people; words when there is none."""
    if not slack_ids:
        return [words(otherwise)] if otherwise else []
    pieces: list[Piece] = []
    for slack_id in slack_ids:
        pieces += [words(" "), person(slack_id)] if pieces else [person(slack_id)]
    return pieces


def line(*pieces: Piece | str) -> Block:
    """One paragraph of words and mentions."""
    elements = [words(piece) if isinstance(piece, str) else piece for piece in pieces if piece]
    return {"type": "rich_text_section", "elements": elements or [words("-")]}


def bullets(lines: Iterable[Block], *, ordered: bool = False, indent: int = 0) -> Block:
    """Paragraphs as a list."""
    style = "ordered" if ordered else "bullet"
    return {"type": "rich_text_list", "style": style, "indent": indent, "elements": list(lines)}


def preformatted(text: str) -> Block:
    """Text exactly as it stands, such as a command."""
    return {"type": "rich_text_preformatted", "elements": [words(text.rstrip("\n") or " ")]}


def rich(*parts: Block) -> Block:
    """Paragraphs, lists and preformatted text as one block. Paragraphs that follow each other get a line each."""
    elements: list[Block] = []
    for part in parts:
        if elements and part["type"] == elements[-1]["type"] == "rich_text_section":
            merged = [*elements[-1]["elements"], words("\n"), *part["elements"]]
            elements[-1] = {"type": "rich_text_section", "elements": merged}
        else:
            elements.append(part)
    return {"type": "rich_text", "elements": elements or [line("-")]}


def context(*texts: str) -> Block:
    """Small print."""
    return {"type": "context", "elements": [plain(text) for text in texts if text] or [plain("-")]}


def as_of(at: datetime, more: str = "") -> Block:
    """The stamp of every live message: in UTC, and in the reader's own zone."""
    stamp = clock_seconds(at)
    local = f"<!date^{int(at.timestamp())}^{{time_secs}}|{stamp}>"
    elements: list[Block] = [{"type": "mrkdwn", "text": f"As of {stamp} ({local} your time)", "verbatim": True}]
    return {"type": "context", "elements": [*elements, *([plain(more)] if more else [])]}


def divider() -> Block:
    """A rule between parts."""
    return {"type": "divider"}


def button(text: str, action_id: str, value: Mapping[str, Any] | None = None, **more: Any) -> Block:
    """A button; `value` comes back as JSON. `more`: style, confirm, url."""
    made: Block = {"type": "button", "action_id": action_id, "text": plain(text, 75)}
    if value is not None:
        made["value"] = pack(value)
    return {**made, **more}


def confirm(title: str, text: str, yes: str, no: str = "Not yet", style: str = "danger") -> Block:
    """The question before something is overwritten."""
    return {
        "title": plain(title, 100),
        "text": plain(text, 300),
        "confirm": plain(yes, 30),
        "deny": plain(no, 30),
        "style": style,
    }


def actions(*elements: Block | None, block_id: str = "") -> Block:
    """A row of buttons and menus."""
    row: Block = {"type": "actions", "elements": [element for element in elements if element]}
    return {**row, "block_id": block_id} if block_id else row


def option(text: str, value: str, description: str = "") -> Block:
    """One choice of a menu."""
    made: Block = {"text": plain(one_line(text), 75), "value": cut(value, 150)}
    return {**made, "description": plain(one_line(description), 75)} if description else made


def overflow(action_id: str, options: Sequence[Block]) -> Block:
    """The "more" menu: two to five choices."""
    return {"type": "overflow", "action_id": action_id, "options": list(options)}


def table(rows: Sequence[Sequence[str]]) -> Block:
    """Rows of cells, the first being the headings. Slack refuses an empty cell: "-" stands for it."""
    cells = [[{"type": "raw_text", "text": one_line(cell) or "-"} for cell in row] for row in rows]
    return {"type": "table", "rows": cells, "column_settings": [{"is_wrapped": True} for _ in rows[0]]}


def field(label: str, element: Block, *, block_id: str, hint: str = "", optional: bool = False) -> Block:
    """An entry of a modal."""
    made: Block = {"type": "input", "block_id": block_id, "label": plain(label, 2000), "element": element}
    made["optional"] = optional
    return {**made, "hint": plain(hint, 2000)} if hint else made


def text_input(action_id: str, *, multiline: bool = False, initial: str = "", most: int = 1000, ask: str = "") -> Block:
    """A place to type."""
    made: Block = {"type": "plain_text_input", "action_id": action_id, "multiline": multiline, "max_length": most}
    if ask:
        made["placeholder"] = plain(ask, 150)
    return {**made, "initial_value": cut(initial, most)} if initial else made


def modal(title: str, blocks: Sequence[Block], *, callback_id: str = "", submit: str = "", **more: Any) -> Block:
    """A modal view. `more`: private_metadata, close, clear_on_close."""
    view: Block = {"type": "modal", "title": plain(title, 24), "close": plain(more.pop("close", "Close"), 24)}
    if callback_id:
        view["callback_id"] = callback_id
    if submit:
        view["submit"] = plain(submit, 24)
    return {**view, "blocks": list(blocks), **more}


def notice(title: str, *texts: str) -> Block:
    """A modal that only says something."""
    return modal(title, [rich(*[line(cut(text, NOTICE)) for text in texts])])


def message(text: str, blocks: Sequence[Block], simple_blocks: Sequence[Block] | None = None) -> Block:
    """What a message shows; `text` stands for all of it where blocks cannot: it is never empty."""
    made: Block = {"text": text or "-", "blocks": list(blocks)}
    return {**made, "simple_blocks": list(simple_blocks)} if simple_blocks else made


def pack(value: Mapping[str, Any]) -> str:
    """A small value for a button or a view, as compact JSON; compressed where that would be long for Slack."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    if len(text) <= PACKED_FROM:
        return text
    return COMPRESSED + base64.b85encode(zlib.compress(text.encode())).decode()


def unpack(text: str | None) -> dict[str, Any]:
    """What `pack` made; empty when it is not ours."""
    try:
        if text and text.startswith(COMPRESSED):
            text = zlib.decompress(base64.b85decode(text.removeprefix(COMPRESSED))).decode()
        value = json.loads(text or "{}")
    except (ValueError, zlib.error):
        return {}
    return value if isinstance(value, dict) else {}
