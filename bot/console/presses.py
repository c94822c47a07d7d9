"""Which element a person used, found in what is shown now by what was shown when they used it. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .errors import PageError
from .records import Json
from .state_values import VALUE_KEYS, options_of
from .validate import elements_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


CHANGED = "This changed while you were looking at it, and your click was not sent. Look again."


@dataclass(frozen=True, slots=True)
class Press:
    """An element that was used: ``value`` is a button's value or a chosen option's, None for a field."""

    block: Json
    element: Json
    value: str | None

    @property
    def confirm(self) -> Json | None:
        """The question to ask first."""
        asked: Json | None = self.element.get("confirm")
        return asked

    def action(self, values: Json) -> Json:
        """The entry of ``actions`` without its timestamp. ``values`` are those of the form that was posted."""
        element = self.element
        action = {"type": element["type"], "action_id": element["action_id"], "block_id": self.block["block_id"]}
        if element["type"] == "button":
            kept = {key: element[key] for key in ("text", "value", "style", "url") if key in element}
            return action | kept
        if element["type"] == "overflow":
            return action | {"selected_option": next(o for o in element["options"] if o["value"] == self.value)}
        key, _ = VALUE_KEYS[element["type"]]
        action[key] = values[self.block["block_id"]][element["action_id"]][key]
        return action | ({"placeholder": element["placeholder"]} if "placeholder" in element else {})


def pressed(blocks: Sequence[Json], posted: str) -> Press:
    """Finds the element that ``posted`` (a JSON list: block id, action id and maybe a value) names.

    A button whose value is another by now counts as changed; one whose block only has a new generated id does not.
    """
    try:
        block_id, action_id, *more = json.loads(posted)
    except (ValueError, TypeError):
        raise PageError(400, "This form does not say what was clicked.") from None
    value = more[0] if more else None
    fitting = [each for each in _all(blocks, value) if each.element["action_id"] == action_id and _fits(each)]
    for press in sorted(fitting, key=lambda each: each.block["block_id"] != block_id):
        return press
    raise PageError(409, CHANGED)


def _all(blocks: Sequence[Json], value: str | None) -> Iterator[Press]:
    for block in blocks:
        yield from _all(block.get("child_blocks", []), value)
        if not block.get("child_blocks"):
            for element in elements_of(block):
                yield Press(block, element, value)


def _fits(press: Press) -> bool:
    kind = press.element["type"]
    if kind == "button":
        return bool(press.element.get("value", "") == (press.value or ""))
    if kind == "overflow":
        return press.value in {option["value"] for option in options_of(press.element)}
    return True
