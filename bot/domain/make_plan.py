"""Makes the frozen plan of runbooks: units, planned steps, and the digest that an approval binds."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bot.domain.frozen_plan import PROBE, Mode, OnFail, PlannedStep, Unit, UnitKind
from bot.domain.opening import background_of
from bot.domain.parts import chosen_parts, steps_of_parts
from bot.domain.plan_steps import in_place, plan_steps
from bot.domain.runbook import Moment, Runbook, StepKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.recovery_points import RecoveryPoint


@dataclass(frozen=True, slots=True)
class Shelf:
    """What a unit is made with besides its runbook: the runbooks that it may open, and the titles of chosen parts."""

    books: Mapping[str, Runbook] = field(default_factory=dict)
    parts: tuple[str, ...] = ()


EMPTY = Shelf()


def system_unit(
    runbook: Runbook, mode: Mode, point: RecoveryPoint | None, depends_on: Sequence[str], shelf: Shelf = EMPTY
) -> Unit:
    """The unit of a system's runbook. Raises UnknownName for a part that it has not."""
    system = runbook.system
    if system is None:
        message = f"{runbook.name} declares no system"
        raise ValueError(message)
    chosen = steps_of_parts(runbook, shelf.parts)
    steps = plan_steps(chosen, mode, runbook, shelf.books)
    if not any(step.kind is StepKind.CHECK for step in steps):
        last = max((step.place for step in steps), default=0)
        steps = in_place([*steps, replace(_check_by_hand(system.name), place=last + 1)])
    elif mode is Mode.REAL:
        steps = _with_probe(steps)
    return Unit(
        name=system.name,
        kind=UnitKind.SYSTEM,
        title=runbook.title,
        runbook=runbook.name,
        steps=steps,
        digest=_digest(runbook, shelf),
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
        background=background_of(runbook, chosen, shelf.books),
        escalate=system.escalate,
        escalate_after=system.escalate_after,
    )


def _digest(runbook: Runbook, shelf: Shelf) -> str:
    """The runbook's, and another one when other parts were chosen than it is usually walked with."""
    chosen = [part.title for part in chosen_parts(runbook, shelf.parts)]
    usual = [part.title for part in chosen_parts(runbook)]
    return runbook.digest if chosen == usual else digest_of([runbook.digest, *chosen])


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
    probe = replace(
        check,
        id=PROBE,
        title=title,
        probe=True,
        on_fail=OnFail.CONTINUE,
        text="",
        context="",
        idempotent=True,
        place=0,
        command_place=(0, 0),
        retry=0,
        goto="",
        rollback="",
    )
    return in_place([probe, *steps])


def own_units(runbook: Runbook, mode: Mode, systems: Sequence[Unit], shelf: Shelf = EMPTY) -> tuple[Unit, ...]:
    """A plan's units: its steps before (all systems wait for them), its systems, its steps after (waiting for all).

    A plan whose body only explains it has no steps of its own: nobody is asked to have read that before it starts.
    """
    does = any(step.kind is not StepKind.INFO or step.opens for step in runbook.steps)
    steps = [step for step in runbook.steps if does]
    first_steps = [step for step in steps if step.when is Moment.BEFORE]
    last_steps = [step for step in steps if step.when is Moment.AFTER]
    speaks = mode is Mode.DRILL  # as in a walk: only its systems have scratch targets
    before = plan_steps(first_steps, mode, runbook, shelf.books, speaks=speaks)
    unsaid = replace(runbook, before_you_start="") if before else runbook
    after = plan_steps(last_steps, mode, unsaid, shelf.books, speaks=speaks)
    units: list[Unit] = []
    name = runbook.plan.name if runbook.plan else runbook.name
    if before:
        first = Unit(f"{name}:before", UnitKind.BEFORE, runbook.title, runbook.name, before, runbook.digest)
        units.append(replace(first, background=background_of(runbook, first_steps, shelf.books)))
        systems = [replace(unit, depends_on=unit.depends_on or (first.name,)) for unit in systems]
    units.extend(systems)
    if after:
        waits_for = tuple(unit.name for unit in systems if not unit.optional)
        last = Unit(f"{name}:after", UnitKind.AFTER, runbook.title, runbook.name, after, runbook.digest, waits_for)
        units.append(replace(last, background=background_of(runbook, last_steps, shelf.books)))
    return tuple(units)


def walk_unit(runbook: Runbook, mode: Mode, shelf: Shelf = EMPTY) -> Unit:
    """The unit of a runbook that declares no system. Raises UnknownName for a part that it has not."""
    chosen = steps_of_parts(runbook, shelf.parts)
    # It has no scratch target: what it does, it does to what lives.
    steps = plan_steps(chosen, mode, runbook, shelf.books, speaks=mode is Mode.DRILL)
    return Unit(
        name=runbook.name,
        kind=UnitKind.WALK,
        title=runbook.title,
        runbook=runbook.name,
        steps=steps,
        digest=_digest(runbook, shelf),
        owner=runbook.owner,
        background=background_of(runbook, chosen, shelf.books),
    )


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
