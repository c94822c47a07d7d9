"""A question of a recovery, with all that a message about it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.blocks.text import cut, one_line
from bot.domain.frozen_plan import Mode, PlannedStep, UnitKind
from bot.domain.outline import WayOut, label, ways_out
from bot.domain.recovery_state import Question, StepState
from bot.runbook.filled import known_values

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from bot.domain.recovery_state import RecoveryState
    from bot.domain.restore_order import Graph


@dataclass(frozen=True, slots=True)
class AskedStep:
    """One question. `where` is the step's place in the walk, `asked` are Slack ids from the policy.

    `escalates` is who is asked too, and when, unless somebody goes to it. `usual` is how long the same step took the
    last time, `values` what is filled into its commands, `ways` where the runbook says to go when it failed, `via`
    where the answer was given when that was not here.
    """

    recovery: str
    mode: Mode
    unit: str
    step: PlannedStep
    state: StepState
    where: str
    question: Question
    blocks: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    via: str = ""
    usual: timedelta | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    ways: tuple[WayOut, ...] = ()
    to: str = ""  # where a jump went
    escalates: str = ""
    restores: bool = True  # it is a system's, not of a walk that brings none back

    @property
    def reference(self) -> dict[str, Any]:
        """What a button carries, to say which question it answers."""
        return step_reference(self.recovery, self.unit, self.step, self.state.attempt)

    @property
    def named(self) -> str:
        """Its recovery, as every message names it."""
        return f"{self.mode.value.upper()} {self.recovery}"


def step_reference(recovery: str, unit: str, step: PlannedStep, attempt: int) -> dict[str, Any]:
    """Which question a button answers, with what a form about it says."""
    title = cut(one_line(step.title), 60)
    return {"r": recovery, "u": unit, "s": step.id, "a": attempt, "t": title, "k": step.kind.value}


def asked_step(
    state: RecoveryState,
    unit: str,
    step: str,
    asked: StepState,
    people_asked: Sequence[str],
    via: str = "",
    usual: timedelta | None = None,
) -> AskedStep:
    """One question of a recovery; `asked` is its step as it stood when it was put, with the answer it got since."""
    of_unit = state.units[unit]
    planned = of_unit.unit.step(step)
    waiting = [unit, *sorted(_depending(state.plan.graph, unit))]
    return AskedStep(
        recovery=state.plan.recovery,
        mode=state.plan.mode,
        unit=unit,
        step=planned,
        state=asked,
        where=label(of_unit.unit, planned),
        question=asked.question or Question.DO,
        blocks=tuple(name for name in waiting if not state.units[name].ended_at),
        asked=tuple(people_asked),
        via=via,
        usual=usual,
        values=known_values(state.plan, of_unit),
        ways=ways_out(of_unit, planned),
        restores=of_unit.unit.kind is UnitKind.SYSTEM,
    )


def _depending(graph: Graph, name: str) -> set[str]:
    direct = {other for other, parents in graph.items() if name in parents}
    return direct.union(*(_depending(graph, other) for other in direct)) if direct else set()
