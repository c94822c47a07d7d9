"""What a restore would do: the frozen plan, its order, what is a GUESS, what stands in the way. Nothing is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.domain.errors import BringbackError, UnknownName
from bot.domain.freshness import Freshness
from bot.domain.frozen_plan import FrozenPlan, Mode, Unit, UnitKind
from bot.domain.make_plan import Shelf, own_units, plan_digest, system_unit, walk_unit
from bot.domain.parts import chosen_parts, parts_of
from bot.domain.policy import Approval
from bot.domain.proof_state import ProofState, rtc
from bot.domain.restore_order import levels
from bot.domain.runbook import Part
from bot.operations.check_freshness import check_freshness
from bot.operations.gather_inputs import Asked, asking, gather, problems_of, runbooks_of, secrets_of, two_secrets
from bot.operations.weigh_evidence import weigh_evidence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.estate import Estate
    from bot.domain.recovery_points import RecoveryPoint
    from bot.domain.runbook import Runbook
    from bot.operations.desk import Desk


@dataclass(frozen=True, slots=True)
class RestoreRequest:
    """What a person asks for: a plan by `name`, or `systems`, or one `runbook` to walk.

    `points` chooses recovery points by id (system, id); elsewhere the newest usable one is taken. `outage_started_at`
    None means unknown: "at least since it was declared". `break_glass` starts a real one without a second person.
    `parts`: titles of the walked runbook's parts; without any its default part, else all but the hidden ones.
    """

    name: str = ""
    systems: tuple[str, ...] = ()
    runbook: str = ""
    mode: Mode = Mode.REAL
    points: tuple[tuple[str, str], ...] = ()
    outage_started_at: datetime | None = None
    evidence: str = ""
    reason: str = ""
    inputs: tuple[tuple[str, str], ...] = ()
    declared_at: datetime | None = None
    unproven_reason: str = ""
    break_glass: str = ""
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Preview:
    """What the request comes to. `problems` are sentences; with one of them it cannot be started.

    `parts`: those of the walked runbook to choose from, none where there is no choice; `chosen`: the titles taken.
    """

    plan: FrozenPlan
    order: tuple[tuple[str, ...], ...]
    guesses: tuple[str, ...] = ()
    proof_states: Mapping[str, ProofState] = field(default_factory=dict)
    freshness: Mapping[str, Freshness] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    needs_approval: bool = False
    usual: Mapping[str, timedelta | None] = field(default_factory=dict)
    inputs: tuple[Asked, ...] = ()
    parts: tuple[Part, ...] = ()
    chosen: tuple[str, ...] = ()

    @property
    def missing(self) -> tuple[Asked, ...]:
        """The inputs without a value that fits; `problems` names them as well."""
        return tuple(asked for asked in self.inputs if asked.problem)


async def preview_restore(desk: Desk, request: RestoreRequest, recovery: str = "R-?") -> Preview:
    """What the request would do. Raises UnknownName and RunbookError."""
    estate = desk.estate
    walked = _walked(estate, request)
    names = _systems(estate, request)
    fresh = {answer.system: answer for answer in await check_freshness(desk, names)} if names else {}
    points, problems = await _points(desk, request, names, fresh)
    units = tuple(
        replace(
            unit,
            secrets=secrets_of(*runbooks_of(estate, unit)),
            site=unit.site if unit.kind is UnitKind.SYSTEM else desk.site,
        )
        for unit in _units(estate, request, names, points)
    )
    runbooks = asking(estate, units)
    inputs = gather(runbooks, dict(request.inputs))
    chosen = tuple(part.title for part in chosen_parts(walked, request.parts)) if walked else ()
    plan = replace(_freeze(desk, request, recovery, units, inputs), parts=chosen)
    problems += [f"{unit.name} has no {request.mode.value} target." for unit in units if _lacks_target(unit)]
    problems += [_nobody_at(unit, desk) for unit in units if desk.alone and unit.site != desk.site]
    problems += two_secrets(estate, units)
    problems += [*problems_of(runbooks, dict(request.inputs)), *(asked.problem for asked in inputs if asked.problem)]
    states, usual = await _evidence(desk, units)
    return Preview(
        plan=plan,
        order=tuple(tuple(level) for level in levels(plan.graph)),
        guesses=tuple(name for name, state in states.items() if state is ProofState.GUESS),
        proof_states=states,
        freshness=fresh,
        problems=tuple(problems),
        needs_approval=needs_approval(desk, plan),
        usual=usual,
        inputs=inputs,
        parts=parts_of(walked) if walked else (),
        chosen=chosen,
    )


def _walked(estate: Estate, request: RestoreRequest) -> Runbook | None:
    """The one runbook that is walked. Raises BringbackError for parts of anything else."""
    if request.runbook:
        return estate.runbook(request.runbook)
    if request.parts:
        raise BringbackError("Parts are chosen of one runbook.", "Name the runbook to walk.")
    return None


def approval_rule(desk: Desk) -> Approval:
    """What a real restore needs before it starts; a policy that says nothing asks for a second person."""
    return desk.policy.approval(Mode.REAL) or Approval()


def needs_approval(desk: Desk, plan: FrozenPlan) -> bool:
    """Whether a second person must approve: real, and something is run."""
    runs = any(step.runs for unit in plan.units for step in unit.steps)
    return plan.mode is Mode.REAL and runs and approval_rule(desk).needs > 0


def _systems(estate: Estate, request: RestoreRequest) -> list[str]:
    if request.runbook:
        runbook = estate.runbook(request.runbook)
        if runbook.plan:
            raise BringbackError(f"{request.runbook} is a plan: it is restored, not walked.", "Use restore instead.")
        return _restorable(estate, [runbook.system.name] if runbook.system else [])
    if request.systems:
        return _restorable(estate, request.systems)
    if request.name in estate.plans:
        return estate.with_dependencies(estate.plan(request.name).systems)
    if request.name in estate.systems:
        return _restorable(estate, [request.name])
    raise estate.missing("plan or system", request.name, [*estate.plans, *estate.systems])


def _restorable(estate: Estate, names: Sequence[str]) -> list[str]:
    """These systems, once each. Raises RunbookError where one of them needs a broken one, and UnknownName."""
    estate.with_dependencies(names)
    return list(dict.fromkeys(names))


def _units(
    estate: Estate, request: RestoreRequest, names: Sequence[str], points: Mapping[str, RecoveryPoint]
) -> tuple[Unit, ...]:
    units = []
    shelf = Shelf(estate.runbooks, request.parts)
    for name in names:
        system = estate.system(name)
        depends_on = [parent for parent in system.depends_on if parent in names]
        units.append(system_unit(estate.runbooks[system.runbook], request.mode, points.get(name), depends_on, shelf))
    if request.runbook and not names:
        return (walk_unit(estate.runbook(request.runbook), request.mode, shelf),)
    if request.name in estate.plans and not request.systems:
        plan = estate.plan(request.name)
        optional = {*plan.optional}
        units = [replace(unit, optional=unit.optional or unit.name in optional) for unit in units]
        return own_units(estate.runbooks[plan.runbook], request.mode, units, shelf)
    return tuple(units)


def _freeze(
    desk: Desk, request: RestoreRequest, recovery: str, units: Sequence[Unit], asked: Sequence[Asked]
) -> FrozenPlan:
    inputs = tuple((one.wanted.name, one.value) for one in asked if not one.problem)
    plan = desk.estate.plans.get(request.name)
    rtos = [unit.rto for unit in units if unit.rto and not unit.optional]
    return FrozenPlan(
        recovery=recovery,
        name=request.name or request.runbook or ", ".join(request.systems),
        mode=request.mode,
        units=tuple(units),
        digest=plan_digest(request.mode, units, inputs),
        policy_digest=desk.policy.digest,
        critical=plan.critical if plan else (),
        rto=plan.rto if plan and plan.rto else max(rtos, default=None),
        inputs=inputs,
        requested_at=desk.clock.now(),
    )


def _nobody_at(unit: Unit, desk: Desk) -> str:
    return f"{unit.name} runs its commands at the site {unit.site}, and the only bot there is works at {desk.site}."


def _lacks_target(unit: Unit) -> bool:
    return unit.kind is UnitKind.SYSTEM and not unit.target and any(step.runs for step in unit.steps)


async def _points(
    desk: Desk, request: RestoreRequest, names: Sequence[str], fresh: Mapping[str, Freshness]
) -> tuple[dict[str, RecoveryPoint], list[str]]:
    """The recovery point of each system: the one that was asked for, else the newest usable one."""
    wanted = dict(request.points)
    points: dict[str, RecoveryPoint] = {}
    problems = []
    for name in names:
        known = {point.id: point for reading in await desk.store.readings.of(name) for point in reading.points}
        effective = fresh[name].effective
        if name in wanted:
            if wanted[name] not in known:
                raise UnknownName(f"recovery point of {name}", wanted[name], sorted(known, reverse=True)[:5])
            points[name] = known[wanted[name]]
        elif effective:
            points[name] = effective
        elif desk.estate.system(name).backups:
            why = fresh[name].fault
            cause = why.detail if why else "no copy can be used"
            problems.append(f"No recovery point of {name} is known: {cause}")
    return points, problems


async def _evidence(desk: Desk, units: Sequence[Unit]) -> tuple[dict[str, ProofState], dict[str, timedelta | None]]:
    states: dict[str, ProofState] = {}
    usual: dict[str, timedelta | None] = {}
    evidence = await weigh_evidence(desk)
    for unit in units:
        if unit.kind is UnitKind.SYSTEM:
            tool = unit.point.source if unit.point else None
            states[unit.name] = evidence.of(unit.name, tool) or ProofState.GUESS
            usual[unit.name] = rtc(await desk.store.proofs.of(unit.name), unit.digest)[0]
    return states, usual
