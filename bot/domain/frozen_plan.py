"""The frozen plan: what one recovery will do, fixed when it is asked for, carried as JSON.

A unit is one lane of the restore order: a system's runbook, a plan's own steps before or after its systems, or one
walked runbook. A planned step is what runs or asks at once: one command of a step, or the step as a whole.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.domain.recovery_points import RecoveryPoint
from bot.domain.restore_order import Graph, closure, in_order
from bot.domain.runbook import Command, Moment, Runbook, Step, StepKind, Truth

if TYPE_CHECKING:
    from collections.abc import Sequence


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
    """One thing that runs or asks. `position` counts from 1 in its unit; `runs` is None when a person does it."""

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
    probe: bool = False  # the check run first: a system that is still standing is not overwritten


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

    def unit(self, name: str) -> Unit:
        """The unit of that name. Raises KeyError."""
        for unit in self.units:
            if unit.name == name:
                return unit
        raise KeyError(name)


def plan_steps(steps: Sequence[Step], mode: Mode) -> tuple[PlannedStep, ...]:
    """The steps of a runbook as they run or ask: each command that runs on its own, all else as a whole."""
    return _in_place([planned for step in steps for planned in _plan_step(step, mode)])


def _in_place(steps: Sequence[PlannedStep]) -> tuple[PlannedStep, ...]:
    """The steps with their positions, and no id twice."""
    placed: list[PlannedStep] = []
    taken: set[str] = set()
    for place, step in enumerate(steps, start=1):
        name, count = step.id, 1
        while name in taken:
            count += 1
            name = f"{step.id}-{count}"
        taken.add(name)
        placed.append(replace(step, id=name, position=place))
    return tuple(placed)


def _plan_step(step: Step, mode: Mode) -> list[PlannedStep]:
    on_fail = _on_fail(step.on_fail, mode)
    whole = PlannedStep(
        id=step.id,
        position=0,
        title=step.title,
        kind=step.kind,
        digest=step.digest,
        text=step.text,
        number=step.number,
        context=step.context,
        shown=step.commands,
        by=step.by,
        expected=step.expected,
        on_fail=on_fail,
        idempotent=step.idempotent,
        danger=step.danger,
        optional=step.optional,
    )
    running = [command for command in step.commands if command.runs]
    if step.kind not in {StepKind.COMMAND, StepKind.CHECK} or not running:
        simulated = mode is Mode.DRILL and step.kind is StepKind.MANUAL and step.in_drill != "do"
        return [replace(whole, simulated=simulated)]
    return [
        replace(
            whole,
            id=step.id if len(running) == 1 else f"{step.id}.{place}",
            title=step.title if len(running) == 1 else f"{step.title} ({place} of {len(running)}: {command.name})",
            kind=command.kind if command.kind is StepKind.CHECK else step.kind,
            runs=command,
            idempotent=command.idempotent or step.idempotent,
        )
        for place, command in enumerate(running, start=1)
    ]


def _on_fail(written: str, mode: Mode) -> OnFail:
    if not written:
        return OnFail.ASK if mode is Mode.REAL else OnFail.STOP
    # "goto:STEP": a person is asked, and goes there.
    return OnFail.ASK if written.startswith("goto:") else OnFail(written)


def system_unit(runbook: Runbook, mode: Mode, point: RecoveryPoint | None, depends_on: Sequence[str]) -> Unit:
    """The unit of a system's runbook."""
    system = runbook.system
    if system is None:
        message = f"{runbook.name} declares no system"
        raise ValueError(message)
    steps = plan_steps(runbook.steps, mode)
    if not any(step.kind is StepKind.CHECK for step in steps):
        steps = _in_place([*steps, _check_by_hand(system.name)])
    elif mode is Mode.REAL:
        steps = _with_probe(steps)
    return Unit(
        name=system.name,
        kind=UnitKind.SYSTEM,
        title=runbook.title,
        runbook=runbook.name,
        steps=steps,
        digest=runbook.digest,
        depends_on=tuple(depends_on),
        target=system.real_target if mode is Mode.REAL else system.drill_target,
        point=point,
        truth=system.truth,
        rpo=system.rpo,
        rto=system.rto,
        tier=system.tier,
        owner=system.owner or runbook.owner,
        site=system.site,
        optional=system.optional,
    )


def _check_by_hand(system: str) -> PlannedStep:
    # Without it a system whose runbook has no check would let its dependents start unlooked at.
    text = f"This runbook has no check. Look whether {system} is back, and whether its data are what you expect."
    return PlannedStep("check-by-hand", 0, "Check by hand", StepKind.CHECK, digest_of([text]), text=text)


def _with_probe(steps: tuple[PlannedStep, ...]) -> tuple[PlannedStep, ...]:
    """The system's own check first: what passes it is left as it is, for older data never silently replaces newer."""
    check = next((step for step in reversed(steps) if step.kind is StepKind.CHECK and step.runs), None)
    if check is None:
        return steps
    # It only looks, so one that was interrupted is run again without asking.
    title = "Is it still standing?"
    probe = replace(check, id=PROBE, title=title, probe=True, on_fail=OnFail.CONTINUE, text="", idempotent=True)
    return _in_place([probe, *steps])


def own_units(runbook: Runbook, mode: Mode, systems: Sequence[Unit]) -> tuple[Unit, ...]:
    """A plan's units: its steps before (all systems wait for them), its systems, its steps after (waiting for all)."""
    before = plan_steps([step for step in runbook.steps if step.when is Moment.BEFORE], mode)
    after = plan_steps([step for step in runbook.steps if step.when is Moment.AFTER], mode)
    units: list[Unit] = []
    name = runbook.plan.name if runbook.plan else runbook.name
    if before:
        first = Unit(f"{name}:before", UnitKind.BEFORE, runbook.title, runbook.name, before, runbook.digest)
        units.append(first)
        systems = [replace(unit, depends_on=unit.depends_on or (first.name,)) for unit in systems]
    units.extend(systems)
    if after:
        waits_for = tuple(unit.name for unit in systems if not unit.optional)
        last = Unit(f"{name}:after", UnitKind.AFTER, runbook.title, runbook.name, after, runbook.digest, waits_for)
        units.append(last)
    return tuple(units)


def walk_unit(runbook: Runbook, mode: Mode) -> Unit:
    """The unit of a runbook that declares no system."""
    steps = plan_steps(runbook.steps, mode)
    return Unit(runbook.name, UnitKind.WALK, runbook.title, runbook.name, steps, runbook.digest, owner=runbook.owner)


def wanted_systems(graph: Graph, names: Sequence[str]) -> list[str]:
    """The named systems with everything they depend on, in restore order."""
    return closure(graph, names)


def digest_of(parts: Sequence[str]) -> str:
    """A digest over texts, none of which can run into its neighbour: `v1:` and 64 hexadecimal digits."""
    hasher = hashlib.sha256()
    for part in parts:
        data = part.encode()
        hasher.update(f"{len(data)}:".encode())
        hasher.update(data)
    return f"v1:{hasher.hexdigest()}"


def plan_digest(mode: Mode, units: Sequence[Unit], inputs: Sequence[tuple[str, str]]) -> str:
    """What an approval binds of the plan: mode, units, their digests, order, targets and recovery points, inputs."""
    parts = [mode.value]
    for unit in sorted(units, key=lambda unit: unit.name):
        point = f"{unit.point.source}:{unit.point.id}" if unit.point else ""
        parts += [unit.name, unit.digest, ",".join(unit.depends_on), unit.target, point]
    parts += [f"{name}={value}" for name, value in inputs]
    return digest_of(parts)


@dataclass(frozen=True, slots=True)
class Binding:
    """What an approval binds: exactly this, until then."""

    requested_by: str
    plan_digest: str
    points: tuple[str, ...]
    targets: tuple[str, ...]
    policy_digest: str
    expires_at: datetime
    approver: str = field(default="")


def short(digest: str) -> str:
    """The four digits of a digest that people read."""
    return digest.partition(":")[2][:4] or digest[:4]
