"""What a second person reads of a plan before they approve it, as plain text: Slack and the terminal say the same.

Of a walk that restores no system: which commands it runs, and that nothing is kept aside for it. Of a restore: what is
left as it is. Times are no part of it: every surface shows them in its own way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.outline import commands_in_words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.domain.frozen_plan import FrozenPlan, Unit

WALK_KEEPS = "no old data: nothing is moved aside before a command runs"
"""What becomes of the data that a walk's commands meet."""


def runs_in_words(plan: FrozenPlan, most: int) -> str:
    """The commands of a walk, the first `most` of them by name, and how many of its steps people do."""
    steps = {(unit.name, step.place) for unit in plan.units for step in unit.steps}
    by_people = steps - {(unit.name, step.place) for unit in plan.units for step in unit.steps if step.runs}
    all_steps = f"{len(steps)} {'step' if len(steps) == 1 else 'steps'}"
    people_do = f". People do {len(by_people)} of {all_steps}" if by_people else ""
    return commands_in_words(plan, most) + people_do


def spares_in_words(units: Iterable[Unit]) -> str:
    """What is not overwritten after all; empty where no unit looks first."""
    probed = any(step.probe for unit in units for step in unit.steps)
    return "what passes its own check first is left as it is" if probed else ""
