"""Sections that are there to look something up: a table, or a list of names with what each is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.runbook.actions import is_verb, says_to_run, tells
from bot.runbook.items import has_code, items_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.runbook.document import Block

_TEXT = frozenset({"paragraph", "table", "hr", "html_block", "note", "alert"})
_NAME = re.compile(
    r"(?:`(?P<code>[^`]{1,120})`|(?P<mark>\*\*|__)(?P<bold>[^*`]{1,120}?)(?P=mark))\s*"
    r"(?:\([^()]{0,80}\)\s*)?(?P<end>[:=]|[-\u2013\u2014]\s)?"
)


def only_to_look_up(blocks: Sequence[Block]) -> bool:
    """Whether there is nothing but text with a table, or with bullets that each tell what a name is: `name` - text."""
    lists = [block for block in blocks if block.kind == "bullet_list"]
    if not {block.kind for block in blocks} <= _TEXT | {"bullet_list"}:
        return False
    return all(map(_defines, lists)) if lists else any(block.kind == "table" for block in blocks)


def nothing_to_do(blocks: Sequence[Block]) -> bool:
    """Whether there is only text and lists, and no sentence or item of them tells to do something."""
    said = [block for block in blocks if block.kind != "fence" or has_code(block.codes)]
    if not {block.kind for block in said} <= _TEXT | {"bullet_list", "ordered_list"}:
        return False
    return not any(map(_does, said))


def _does(block: Block) -> bool:
    ticked = any("checked" in token.meta for token in block.tokens)
    runs = block.kind == "paragraph" and says_to_run(block.text)
    return runs or ticked or has_code(block.codes) or tells(block.tokens)


def _defines(block: Block) -> bool:
    inner = block.tokens
    if any(token.type in {"fence", "code_block", "ordered_list_open"} or "checked" in token.meta for token in inner):
        return False
    texts = [
        next((token.content for token in item.tokens if token.type == "inline"), "") for item in items_of(block, 0)
    ]
    names = [_NAME.match(text) for text in texts]
    return all(match is not None and _tells_what_it_is(match) for match in names)


def _tells_what_it_is(match: re.Match[str]) -> bool:
    rest = match.string[match.end() :]
    if match["code"]:
        told = bool(match["end"]) and not is_verb(rest)
        return (told or not rest) and " " not in match["code"]  # words are a command
    acts = is_verb(match["bold"]) or is_verb(rest)
    return not acts and bool(match["end"] or match["bold"].rstrip().endswith(":"))
