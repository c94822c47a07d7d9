"""The inputs of a form: what was entered, and what is wrong with it, said beside its field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.blocks.elements import pack
from bot.blocks.input_fields import MOST_FIELDS, input_block
from bot.domain.errors import BringbackError
from bot.domain.runbook import Input
from bot.runbook.inputs import fault_in
from bot.slack.payload import entries_of, metadata_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.operations.preview_restore import Preview
    from bot.slack.payload import Payload

PATTERNS_MOST = 800  # characters of patterns that a view carries along; what is longer is checked when it starts
CARRIED_MOST = 3000  # characters that Slack lets a view carry

Values = tuple[tuple[Input, str], ...]


def pages_of(preview: Preview) -> tuple[Values, ...]:
    """The inputs with the values that are known, as many at once as a form holds."""
    inputs = tuple((asked.wanted, asked.value) for asked in preview.inputs)
    return tuple(inputs[start : start + MOST_FIELDS] for start in range(0, len(inputs), MOST_FIELDS))


def other_problems(preview: Preview) -> tuple[str, ...]:
    """What stands in the way beside inputs that the forms ask for."""
    asked = {one.problem for one in preview.missing}
    return tuple(problem for problem in preview.problems if problem not in asked)


def page_of_fault(preview: Preview) -> int:
    """The form that asks for the first value that does not fit; the last one where all of them do."""
    pages = pages_of(preview)
    missing = {asked.wanted.name for asked in preview.missing}
    wrong = (place for place, page in enumerate(pages) if any(wanted.name in missing for wanted, _ in page))
    return next(wrong, max(0, len(pages) - 1))


def carried_along(kept: Mapping[str, Any]) -> str:
    """What a form carries to the next. Raises BringbackError where that is more than Slack lets it."""
    packed = pack(kept)
    if len(packed) > CARRIED_MOST:
        raise BringbackError(
            "These values are longer than Slack's forms can carry from one to the next.",
            "Start it in a terminal, with --input NAME=VALUE for each.",
        )
    return packed


def checks(inputs: Iterable[tuple[Input, str]]) -> dict[str, Any]:
    """What a view carries along to check what is entered: question and pattern, by name."""
    found: dict[str, Any] = {}
    room = PATTERNS_MOST
    for wanted, _ in inputs:
        room -= len(wanted.pattern) + len(wanted.ask)
        if wanted.pattern and room >= 0:
            found[wanted.name] = [wanted.ask, wanted.pattern]
    return {"i": found} if found else {}


def given_of(payload: Payload) -> tuple[tuple[str, str], ...]:
    """The values that were entered, by name."""
    prefix = input_block("")
    entries = entries_of(payload).items()
    return tuple((block.removeprefix(prefix), str(value or "")) for block, value in entries if block.startswith(prefix))


def input_errors(payload: Payload) -> Mapping[str, str]:
    """What is wrong with the values, by block."""
    carried = metadata_of(payload).get("i", {})
    errors = {}
    for name, value in given_of(payload):
        ask, pattern = carried.get(name, ("", ""))
        errors[input_block(name)] = fault_in(Input(name, ask=ask, pattern=pattern), value)
    return {block: fault for block, fault in errors.items() if fault}
