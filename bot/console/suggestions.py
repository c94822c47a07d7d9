"""Menus whose options the app supplies while a person looks for one: asked for, and remembered for that person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from . import payloads
from .checks import Check, Faults, items, may, obj
from .delivery import Envelope, Outcome
from .element_schema import OPTION_GROUP, PLAIN_OPTION
from .errors import ApiError, fault_messages
from .state_values import EXTERNAL, VALUE_KEYS, initial_value

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .delivery import Carrier
    from .payloads import Occasion
    from .presses import Press
    from .records import Json

SHORTEST_QUERY: Final = 3  # characters, unless the menu says otherwise
_ANSWER: Final[Check] = obj(
    {
        "options": may(items("select.options", PLAIN_OPTION)),
        "option_groups": may(items("select.option_groups", OPTION_GROUP)),
    }
)
UNHEARD: Final = "The app did not answer with options in time. Try again."
NONE_FOUND: Final = "The app knows no option for this."


class Suggestions:
    """What the app offered to each person for each of its menus."""

    def __init__(self, carrier: Carrier, ack_seconds: float, refused: Callable[[str, ApiError], None]) -> None:
        self._carrier = carrier
        self._ack_seconds = ack_seconds
        self._refused = refused
        self._offered: dict[tuple[str, str, str], Json] = {}

    async def find(self, occasion: Occasion, container: Json, press: Press, query: str) -> str | None:
        """Ask the app for the options of a menu. Gives what the person is told instead of options, if anything."""
        shortest = press.element.get("min_query_length", SHORTEST_QUERY)
        if len(query) < shortest:
            return f"Type at least {shortest} characters to search for."
        place = (press.block["block_id"], press.element["action_id"])
        payload = payloads.suggestion_payload(occasion, container, place, query)
        ack = await self._carrier.deliver(Envelope("interactive", payload, accepts_response=True), self._ack_seconds)
        if ack.outcome is not Outcome.ACKED or ack.payload is None:
            return UNHEARD
        offered = {key: ack.payload[key] for key in ("options", "option_groups") if ack.payload.get(key)}
        try:
            _check(offered)
        except ApiError as refusal:
            self._refused("ack of block_suggestion", refusal)
            return UNHEARD
        self._offered[occasion.person.id, *place] = offered
        return None if offered else NONE_FOUND

    def into(self, person: str, blocks: Sequence[Json], values: Json | None = None) -> list[Json]:
        """These blocks with the options that the app offered this person, and those that are chosen in ``values``."""

        def fill(value: Json, block_id: str) -> Json:
            if value.get("type") not in EXTERNAL:
                return value
            action_id = value["action_id"]
            entered = (values or {}).get(block_id, {}).get(action_id) or initial_value(value)
            offered = self._offered.get((person, block_id, action_id), {})
            return value | _with_chosen(offered, entered[VALUE_KEYS[value["type"]][0]])

        return [_mapped(block, fill) for block in blocks]


def _check(offered: Json) -> None:
    faults: Faults = []
    _ANSWER(offered, "", faults)
    if faults:
        raise fault_messages("invalid_arguments", *faults)


def _with_chosen(offered: Json, chosen: Any) -> Json:
    known = [*offered.get("options", [])]
    known += [option for group in offered.get("option_groups", []) for option in group["options"]]
    several = chosen if isinstance(chosen, list) else [chosen] if chosen else []
    missing = [option for option in several if option not in known]
    if not offered.get("option_groups"):
        return {"options": [*missing, *known]}
    label = {"type": "plain_text", "text": "Chosen"}
    groups = [{"label": label, "options": missing}] if missing else []
    return {"option_groups": [*groups, *offered["option_groups"]]}


def _mapped(block: Json, fill: Callable[[Json, str], Json]) -> Json:
    """A block with ``fill`` done to each element in it."""
    block_id = block.get("block_id", "")
    made: Json = {key: fill(block[key], block_id) for key in ("accessory", "element") if key in block}
    if block.get("type") == "actions":
        made["elements"] = [fill(each, block_id) for each in block["elements"]]
    if "child_blocks" in block:
        made["child_blocks"] = [_mapped(each, fill) for each in block["child_blocks"]]
    return block | made
