"""The inputs of a form: what was entered, and what is wrong with it, said beside its field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.blocks.input_fields import MOST_FIELDS, input_block
from bot.domain.runbook import Input
from bot.runbook.inputs import fault_in
from bot.slack.payload import entries_of, metadata_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.operations.preview_restore import Preview
    from bot.slack.payload import Payload

PATTERNS_MOST = 800  # characters of patterns that a view carries along; what is longer is checked when it starts


def askable(preview: Preview) -> tuple[tuple[Input, str], ...]:
    """The inputs with the values that are known; none where a form cannot hold them all."""
    inputs = tuple((asked.wanted, asked.value) for asked in preview.inputs)
    return inputs if len(inputs) <= MOST_FIELDS else ()


def other_problems(preview: Preview) -> tuple[str, ...]:
    """What stands in the way beside inputs that the form asks for."""
    asked = {one.problem for one in preview.missing} if askable(preview) else set()
    return tuple(problem for problem in preview.problems if problem not in asked)


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
