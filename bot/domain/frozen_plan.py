"""The frozen plan: what one recovery will do, fixed when it is asked for, carried as JSON.

A unit is one lane of the restore order: a system's runbook, a plan's own steps before or after its systems, or one
walked runbook. A planned step is what runs or asks at once: one command of a step, or the step as a whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.recovery_points import RecoveryPoint
from bot.domain.restore_order import Graph, in_order
from bot.domain.runbook import Command, StepKind, Truth

PROBE = "still-standing"
"""The id of the step that runs a system's check before anything is restored."""


class Mode(StrEnum):
    """Drill: into scratch targets, the live estate untouched. Real: into the real targets."""

    DRILL = "drill"
    REAL = "real"


class UnitKind(StrEnum):
    """What a unit brings back."""

    SYSTEM = "system"
    BEFORE = "before"  # a plan's steps before its systems
    AFTER = "after"  # a plan's steps after its systems
    WALK = "walk"  # one runbook that declares no system


class OnFail(StrEnum):
    """What a failed step does."""

    STOP = "stop"  # the unit ends FAILED
    ASK = "ask"  # a person decides: again, skip, or stop
    CONTINUE = "continue"  # recorded, and on


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One thing that runs or asks. `position` counts from 1 in its unit; `runs` is None when a person does it.

    `place` is the author's step that it belongs to, from 1 in the unit (0: the bot's own look before the first), and
    `command_place` which of that step's commands it is: (2, 3) is the second of three, (0, 0) that there is one at
    most. `section` are the headings above it, `within` the titles of the opened runbooks around it, outermost first.
    """

    id: str
    position: int
    title: str
    kind: StepKind
    digest: str
    text: str = ""
    number: str = ""
    context: str = ""
    runs: Command | None = None
    shown: tuple[Command, ...] = ()
    by: str = ""
    expected: timedelta | None = None
    on_fail: OnFail = OnFail.ASK
    idempotent: bool = False
    simulated: bool = False  # a manual step of a drill: say what you would do
    danger: bool = False
    optional: bool = False
    cleanup: bool = False  # in a drill it runs also when the system failed or was aborted
    probe: bool = False  # the check run first: a system that is still standing is not overwritten
    section: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    place: int = 0
    command_place: tuple[int, int] = (0, 0)
    retry: int = 0  # how often a failed command is tried again without asking
    goto: str = ""  # the planned step to go to when it failed; empty: none
    rollback: str = ""  # the planned step that undoes it; empty: none
    parallel: str = ""  # steps of one name that follow each other, and that only people do, are asked at once
    skip: str = ""  # why it may be skipped, in the author's words


@dataclass(frozen=True, slots=True)
class Unit:
    """One lane of the restore order."""

    name: str
    kind: UnitKind
    title: str
    runbook: str
    steps: tuple[PlannedStep, ...]
    digest: str
    depends_on: tuple[str, ...] = ()
    target: str = ""
    point: RecoveryPoint | None = None
    truth: Truth | None = None
    rpo: timedelta | None = None
    rto: timedelta | None = None
    tier: int = 3
    owner: str = ""
    site: str = "local"
    optional: bool = False
    host: str = ""
    secrets: tuple[tuple[str, str], ...] = ()  # environment variable, and where its value is read when a command runs
    background: tuple[tuple[str, str], ...] = ()  # (title, markdown) of what its runbooks explain, shown on request
    escalate: str = ""  # who is asked too, when nobody has gone to a step of it for `escalate_after`
    escalate_after: timedelta | None = None  # None: as long as the policy says

    @property
    def places(self) -> int:
        """How many steps its author wrote, those of opened runbooks among them."""
        return max((step.place for step in self.steps), default=0)

    @property
    def checks(self) -> tuple[PlannedStep, ...]:
        """Its check steps, without the look at whether it still stands."""
        return tuple(step for step in self.steps if step.kind is StepKind.CHECK and not step.probe)

    def step(self, step_id: str) -> PlannedStep:
        """The step of that id. Raises KeyError."""
        for step in self.steps:
            if step.id == step_id:
                return step
        raise KeyError(step_id)


@dataclass(frozen=True, slots=True)
class FrozenPlan:
    """What one recovery will do. `digest` covers everything an approver approves but times and people."""

    recovery: str
    name: str
    mode: Mode
    units: tuple[Unit, ...]
    digest: str
    policy_digest: str = ""
    critical: tuple[str, ...] = ()
    rto: timedelta | None = None
    inputs: tuple[tuple[str, str], ...] = ()
    requested_at: datetime | None = None
    parts: tuple[str, ...] = ()  # titles of the walked runbook's chosen parts; none where there was no choice

    @property
    def graph(self) -> Graph:
        """Unit name to the units it depends on."""
        return {unit.name: unit.depends_on for unit in self.units}

    @property
    def systems(self) -> tuple[Unit, ...]:
        """The units that are systems, in restore order."""
        order = {name: place for place, name in enumerate(in_order(self.graph))}
        chosen = [unit for unit in self.units if unit.kind is UnitKind.SYSTEM]
        return tuple(sorted(chosen, key=lambda unit: order[unit.name]))

    @property
    def running(self) -> tuple[PlannedStep, ...]:
        """The steps that run a command, unit by unit."""
        return tuple(step for unit in self.units for step in unit.steps if step.runs)

    def unit(self, name: str) -> Unit:
        """The unit of that name. Raises KeyError."""
        for unit in self.units:
            if unit.name == name:
                return unit
        raise KeyError(name)
