"""The one place that makes every payload fit Slack's limits. What is cut says so.

`fit_message` and `fit_view` take what `bot.blocks` made and change nothing that fits. Pure; the limits stand in
`bot.slack.limits`.
"""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

from bot.blocks.text import cut
from bot.slack import limits
from bot.slack.fit_blocks import fit_block

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Json = dict[str, Any]

MARK = "… {count} more, see the review"
_CUT = " … (cut)"
_KEEP_LAST = frozenset({"actions", "context"})


def fit_message(payload: Mapping[str, Any]) -> Json:
    """A message that Slack takes: `text` always said, blocks within every limit and the budget of a message."""
    text = cut(str(payload.get("text") or "").strip(), limits.MESSAGE_TEXT) or "-"
    blocks = fit_blocks(payload.get("blocks") or [], limits.MESSAGE_BLOCKS)
    _within_budget(blocks, limits.MESSAGE_BUDGET)
    return {"text": text, **({"blocks": blocks} if blocks else {})}


def fit_view(view: Mapping[str, Any]) -> Json:
    """A modal or App Home that Slack takes. Raises ValueError when its private metadata do not fit: cut, they lie."""
    if len(view.get("private_metadata", "")) > limits.PRIVATE_METADATA:
        raise ValueError(f"the private metadata of {view.get('callback_id')} are longer than Slack takes")
    fitted = {**view, "blocks": fit_blocks(view["blocks"], limits.VIEW_BLOCKS, in_view=True)}
    for name in ("title", "submit", "close"):
        if view.get(name):
            fitted[name] = {**view[name], "text": cut(view[name]["text"], limits.VIEW_TITLE) or "-"}
    while len(json.dumps(fitted).encode()) > limits.VIEW_BYTES:
        dropped = max(1, len(fitted["blocks"]) // 10)
        fitted["blocks"] = [*fitted["blocks"][: -dropped - 1], _mark(dropped)]
    return fitted


def fit_blocks(blocks: Sequence[Mapping[str, Any]], most: int, *, in_view: bool = False) -> list[Json]:
    """Each block within its limits, as many as a surface takes, block ids used once, one table."""
    fitted: list[Json] = []
    seen: set[str] = set()
    tables = 0
    for block in blocks:
        if block["type"] == "table":
            tables += 1
            if tables > 1 or in_view:
                continue
        made = fit_block(copy.deepcopy(dict(block)))
        if made is None:
            continue
        if made.get("block_id") in seen:
            del made["block_id"]
        seen.add(made.get("block_id", ""))
        fitted.append(made)
    return _few_enough(fitted, most)


def _few_enough(blocks: list[Json], most: int) -> list[Json]:
    """The first blocks, a mark, and the buttons at the end: they are what a person came for."""
    if len(blocks) <= most:
        return blocks
    tail: list[Json] = []
    while blocks and len(tail) < 3 and blocks[-1]["type"] in _KEEP_LAST:  # noqa: PLR2004 - stamp, buttons, one more
        tail.insert(0, blocks.pop())
    kept = blocks[: most - len(tail) - 1]
    return [*kept, _mark(len(blocks) - len(kept)), *tail]


def _mark(count: int) -> Json:
    return {"type": "context", "elements": [{"type": "plain_text", "text": MARK.format(count=count), "emoji": False}]}


def _within_budget(blocks: list[Json], budget: int) -> None:
    """Cut the longest texts until all together fit."""
    holders = [holder for block in blocks for holder in _texts(block)]
    if sum(len(holder["text"]) for holder in holders) <= budget:
        return
    longest = _longest_that_fits([len(holder["text"]) for holder in holders], budget)
    for holder in holders:
        if len(holder["text"]) > longest:
            holder["text"] = cut(holder["text"], max(longest, len(_CUT) + 1), _CUT)


def _longest_that_fits(lengths: list[int], budget: int) -> int:
    low, high = 1, max(lengths)
    while low < high:
        middle = (low + high + 1) // 2
        if sum(min(length, middle) for length in lengths) <= budget:
            low = middle
        else:
            high = middle - 1
    return low


def _texts(value: Any) -> Iterator[Json]:
    """Every object with a text of its own, buttons and options left out: theirs are short already."""
    if isinstance(value, list):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, dict):
        if isinstance(value.get("text"), str):
            yield value
        for key, each in value.items():
            if key not in {"options", "confirm"} and not (value.get("type") == "button" and key == "text"):
                yield from _texts(each)
