"""The proof that a system's end is: evidence for or against its restore, entered in the estate's stream."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.frozen_plan import Mode
from bot.domain.next_action import SIMULATED
from bot.domain.proof_state import Proof
from bot.domain.recovery_state import StepStatus, UnitState, Verdict
from bot.domain.runbook import StepKind
from bot.domain.system_review import newest_data

if TYPE_CHECKING:
    from bot.domain.clock import Clock
    from bot.domain.frozen_plan import FrozenPlan
    from bot.store.database import Store


class KeepProof:
    """Keeps the proof of a unit that ended."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def __call__(self, plan: FrozenPlan, state: UnitState) -> None:
        """Keep it, once. A system that was still standing was not restored: that proves nothing about a restore."""
        recovery = await self._store.recoveries.state(plan.recovery)
        ended = recovery.units[state.unit.name]
        if ended.verdict in {None, Verdict.ABORTED} or _was_standing(ended):
            return
        reading = await self._reading(ended)
        outage = recovery.outage_started_at if plan.mode is Mode.REAL else recovery.requested_at
        newest = newest_data(ended)
        await self._store.proofs.keep(
            Proof(
                system=ended.unit.name,
                source=reading[0],
                tool_version=reading[1],
                recovery=plan.recovery,
                mode=plan.mode,
                at=ended.ended_at or self._clock.now(),
                verdict=_verdict(ended),
                digest=ended.unit.digest,
                location=ended.unit.point.location if ended.unit.point else "",
                point=ended.unit.point.id if ended.unit.point else "",
                rpa=max(timedelta(), outage - newest) if outage and newest else None,
                restore_time=_restore_time(ended),
                manual_simulated=_simulated(ended),
                skipped=_skipped(ended),
                detail="; ".join(ended.reasons),
            )
        )

    async def _reading(self, state: UnitState) -> tuple[str, str]:
        point = state.unit.point
        if point is None:
            return "", ""
        readings = await self._store.readings.of(state.unit.name)
        version = next((reading.tool_version for reading in readings if reading.tool == point.source), "")
        return point.source, version


def _was_standing(state: UnitState) -> bool:
    return any(step.probe and state.steps[step.id].status is StepStatus.VERIFIED for step in state.unit.steps)


def _restore_time(state: UnitState) -> timedelta | None:
    if not (state.started_at and state.verified_at):
        return None
    return state.verified_at - state.started_at


def _verdict(state: UnitState) -> Verdict:
    """What the machines showed; that a person only said what they would do stands in `manual_simulated`."""
    spoken_only = all(reason.startswith(SIMULATED) for reason in state.reasons)
    if state.verdict is Verdict.PARTIAL and state.verified_at and spoken_only:
        return Verdict.VERIFIED
    return state.verdict or Verdict.ABORTED


def _simulated(state: UnitState) -> bool:
    return any(step.simulated and state.steps[step.id].status is StepStatus.DONE for step in state.unit.steps)


def _skipped(state: UnitState) -> tuple[str, ...]:
    counted = {StepKind.COMMAND, StepKind.CHECK}
    steps = [step for step in state.unit.steps if step.kind in counted and not step.optional]
    return tuple(step.title for step in steps if state.steps[step.id].status is StepStatus.SKIPPED)
