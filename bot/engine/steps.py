"""What the workflow does: each method is one durable step. It commits to the store, then returns what it committed.

A step that is replayed meets the unique ids of its events and returns them as they were stored, times included.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Protocol

from bot.domain.events import ESTATE_STREAM, EstateEventKind, Event, EventKind, Source, make_event
from bot.domain.frozen_plan import Mode, UnitKind
from bot.domain.recovery_state import AttemptOutcome, Verdict
from bot.engine.attempts import NOTHING_CAPTURED, judge, prepare, write_truth
from bot.engine.guarded_step import AttemptEnd

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.domain.clock import Clock
    from bot.domain.frozen_plan import FrozenPlan, PlannedStep, Unit
    from bot.domain.next_action import AskPerson, EndUnit, ReleaseUnit
    from bot.domain.recovery_state import Captured, Outcome, RecoveryState, UnitState
    from bot.engine.attempts import Workshop
    from bot.engine.guarded_step import GuardedStep
    from bot.runners.attempt import Attempt
    from bot.store.answers import Answers
    from bot.store.recoveries import Recoveries


class KeepsProofs(Protocol):
    """Keeps the proof that a unit's end is."""

    async def __call__(self, plan: FrozenPlan, state: UnitState) -> None:
        """Keep it, once."""
        ...


class Steps:
    """The durable steps of one owner epoch."""

    def __init__(
        self,
        *,
        recoveries: Recoveries,
        answers: Answers,
        guarded: GuardedStep,
        workshop: Workshop,
        keep_proof: KeepsProofs,
        clock: Clock,
        epoch: int,
    ) -> None:
        self._recoveries = recoveries
        self._answers = answers
        self._guarded = guarded
        self._workshop = workshop
        self._keep_proof = keep_proof
        self._clock = clock
        self._epoch = epoch

    async def start_unit(self, plan: FrozenPlan, unit: Unit) -> list[Event] | str:
        """Record that a unit starts; or what the control row says instead."""
        event = make_event(plan.recovery, EventKind.UNIT_STARTED, self._clock.now(), unit=unit.name, digest=unit.digest)
        return await self._gated(plan, event)

    async def release_unit(self, plan: FrozenPlan, unit: Unit, action: ReleaseUnit) -> list[Event]:
        """Record that what depends on a unit may start."""
        data = {"verified_at": action.verified_at.isoformat() if action.verified_at else None}
        event = make_event(plan.recovery, EventKind.UNIT_RELEASED, self._clock.now(), unit=unit.name, data=data)
        return await self._append(plan, [event], "unit end")

    async def ask(self, plan: FrozenPlan, unit: Unit, action: AskPerson) -> list[Event] | str:
        """Record that a person is asked; or what the control row says instead."""
        event = make_event(
            plan.recovery,
            EventKind.ASKED,
            self._clock.now(),
            unit=unit.name,
            step=action.step.id,
            attempt=action.attempt,
            digest=action.step.digest,
            data={"question": action.question.value, "detail": action.detail, "by": action.step.by or unit.owner},
            extra=action.question.value,
        )
        return await self._gated(plan, event)

    async def _gated(self, plan: FrozenPlan, event: Event) -> list[Event] | str:
        passed = await self._recoveries.gate(plan.recovery, self._epoch, event)
        return passed.control if passed.event is None else [passed.event]

    async def run_attempt(
        self,
        plan: FrozenPlan,
        unit: Unit,
        step: PlannedStep,
        attempt_number: int,
        captured: Mapping[str, Captured] = NOTHING_CAPTURED,
    ) -> list[Event] | str:
        """Run a command through the guarded step: its start and its end; or what the control row says instead.

        `captured`: what earlier commands of the unit left for later ones.
        """
        command = step.runs
        assert command, step.id
        start = make_event(
            plan.recovery,
            EventKind.ATTEMPT_STARTED,
            self._clock.now(),
            unit=unit.name,
            step=step.id,
            attempt=attempt_number,
            digest=step.digest,
            data={"command": command.name, "idempotent": step.idempotent, "boot": self._guarded.boot()},
        )
        cleans_up = step.cleanup and plan.mode is Mode.DRILL
        passed = await self._recoveries.gate(plan.recovery, self._epoch, start, despite_abort=cleans_up)
        if passed.event is None:
            return passed.control
        attempt = await asyncio.to_thread(prepare, self._workshop, plan, unit, step, command, attempt_number, captured)
        began_on = None if passed.fresh else str(passed.event.data.get("boot", ""))
        end = await self._run(plan, unit, attempt, began_on, despite_abort=cleans_up)
        data = await asyncio.to_thread(judge, self._workshop, unit, step, command, attempt, end)
        ended = make_event(
            plan.recovery,
            EventKind.ATTEMPT_ENDED,
            max(end.ended_at, passed.event.occurred_at),
            unit=unit.name,
            step=step.id,
            attempt=attempt_number,
            digest=step.digest,
            source=Source.WRAPPER if end.exit_code is not None else Source.BOT,
            data={**data, "began_at": end.began_at.isoformat() if end.began_at else None},
        )
        return [passed.event, *await self._append(plan, [ended], "attempt end")]

    async def _run(
        self, plan: FrozenPlan, unit: Unit, attempt: Attempt, began_on: str | None, *, despite_abort: bool
    ) -> AttemptEnd:
        async def control() -> str:
            return "" if despite_abort else await self._recoveries.control(plan.recovery)

        if began_on is None:
            try:
                await asyncio.to_thread(write_truth, unit, attempt)
            except Exception as error:  # noqa: BLE001 - the engine step: nothing was started, and a person decides
                return AttemptEnd(AttemptOutcome.FAILED, None, self._clock.now(), detail=str(error))
        return await self._guarded.run(attempt, control, began_on=began_on)

    async def apply_answer(self, answer_id: str) -> list[Event]:
        """Go on with an answer."""
        return await self._answers.apply(answer_id)

    async def end_unit(self, plan: FrozenPlan, state: UnitState, action: EndUnit) -> list[Event]:
        """Record how a unit ended, and the proof that this is."""
        event = make_event(
            plan.recovery,
            EventKind.UNIT_ENDED,
            self._clock.now(),
            unit=state.unit.name,
            digest=state.unit.digest,
            data={
                "verdict": action.verdict.value,
                "released": action.released,
                "verified_at": action.verified_at.isoformat() if action.verified_at else None,
                "reasons": list(action.reasons),
            },
        )
        stored = await self._append(plan, [event], "unit end")
        if state.unit.kind is UnitKind.SYSTEM and action.verdict is not Verdict.ABORTED:
            await self._keep_proof(plan, state)
        return stored

    async def end_recovery(self, plan: FrozenPlan, outcome: Outcome, state: RecoveryState) -> list[Event]:
        """Record how the recovery ended, and enter its last head in the estate's stream."""
        now = self._clock.now()
        held = {name: list(holders) for name, holders in state.held.items()}
        data: dict[str, Any] = {"outcome": outcome.value, "held": held}
        ended = make_event(plan.recovery, EventKind.ENDED, now, data=data, digest=plan.digest)

        def closing(head: str) -> list[Event]:
            data = {"recovery": plan.recovery, "head": head, "outcome": outcome.value}
            return [make_event(ESTATE_STREAM, EstateEventKind.RECOVERY_CLOSED, now, data=data, extra=plan.recovery)]

        return await self._recoveries.close(plan.recovery, ended, closing)

    async def state(self, plan: FrozenPlan) -> RecoveryState:
        """The recovery as the ledger has it now."""
        return await self._recoveries.state(plan.recovery)

    async def _append(self, plan: FrozenPlan, events: list[Event], point: str) -> list[Event]:
        return await self._recoveries.append_owned(plan.recovery, self._epoch, events, point)
