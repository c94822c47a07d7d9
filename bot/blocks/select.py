"""A menu of values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.blocks.elements import Block, option, plain
from bot.blocks.text import cut

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

MENU = 100  # options of one menu; more stand in groups


def select(
    action_id: str,
    values: Sequence[str],
    chosen: Iterable[str] = (),
    *,
    labels: Mapping[str, str] | None = None,
    several: bool = False,
) -> Block:
    """A menu; above a hundred options they stand in groups, by their first and last names."""
    options = [option((labels or {}).get(value, value), value) for value in values]
    menu: Block = {"type": "multi_static_select" if several else "static_select", "action_id": action_id}
    if len(options) <= MENU:
        menu["options"] = options
    else:
        chunks = [options[start : start + MENU] for start in range(0, min(len(options), MENU * MENU), MENU)]
        menu["option_groups"] = [{"label": plain(_span(chunk), 75), "options": chunk} for chunk in chunks]
    initial = [one for one in options if one["value"] in set(chosen)]
    if initial and several:
        menu["initial_options"] = initial
    elif initial:
        menu["initial_option"] = initial[0]
    return menu


def _span(options: Sequence[Mapping[str, Any]]) -> str:
    return f"{cut(options[0]['value'], 34)} … {cut(options[-1]['value'], 34)}"
