"""Makes the frozen plan of runbooks: units, planned steps, and the digest that an approval binds."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.domain.frozen_plan import PROBE, Mode, OnFail, PlannedStep, Unit, UnitKind
from bot.domain.runbook import Moment, Runbook, Step, StepKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.recovery_points import RecoveryPoint


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
            cleanup=command.cleanup,
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
        parts += [f"{name}<{reference}" for name, reference in unit.secrets]
    parts += [f"{name}={value}" for name, value in inputs]
    return digest_of(parts)


def short(digest: str) -> str:
    """The four digits of a digest that people read."""
    return digest.partition(":")[2][:4] or digest[:4]
