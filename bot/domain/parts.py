"""Which part of a runbook is walked, where it holds several procedures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.errors import UnknownName

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.runbook import Part, Runbook, Step

_TWO = 2


def parts_of(runbook: Runbook) -> tuple[Part, ...]:
    """The parts to choose from; none where there is no choice."""
    return runbook.parts if len(runbook.parts) >= _TWO else ()


def chosen_parts(runbook: Runbook, titles: Sequence[str] = ()) -> tuple[Part, ...]:
    """The parts of these titles, in the runbook's order. Without titles: the default ones, else all but the hidden.

    Raises UnknownName.
    """
    known = {part.title: part for part in parts_of(runbook)}
    for title in titles:
        if title not in known:
            raise UnknownName(f"part of {runbook.name}", title, [*known])
    if titles:
        return tuple(part for title, part in known.items() if title in titles)
    defaults = tuple(part for part in known.values() if part.default)
    return defaults or tuple(part for part in known.values() if not part.hidden) or tuple(known.values())


def steps_of_parts(runbook: Runbook, titles: Sequence[str] = ()) -> tuple[Step, ...]:
    """The steps of the chosen parts, and those that belong to none. Raises UnknownName."""
    chosen = {index for part in chosen_parts(runbook, titles) for index in part.steps}
    passed = {index for part in parts_of(runbook) for index in part.steps} - chosen
    return tuple(step for step in runbook.steps if step.index not in passed)
