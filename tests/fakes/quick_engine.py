"""An engine that carries recoveries on at once: commands pass, checks compare well, questions wait for answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.domain.events import ESTATE_STREAM, EstateEventKind, EventKind, make_event
from bot.domain.next_action import AskPerson, EndUnit, RunStep, StartUnit, next_action, outcome_of, startable
from bot.domain.runbook import StepKind

if TYPE_CHECKING:
    from bot.domain.clock import Clock
    from bot.domain.events import Event
    from bot.domain.recovery_state import RecoveryState
    from bot.store.answers import PendingAnswer
    from bot.store.database import Store


class QuickEngine:
    """`failing` names steps (unit/step) whose first attempt fails, with the words it fails with."""

    def __init__(self, store: Store, clock: Clock, failing: dict[str, str] | None = None) -> None:
        self._store = store
        self._clock = clock
        self.failing = failing or {}

    async def start(self, recovery: str) -> None:
        await self._go_on(recovery)

    async def deliver(self, answer: PendingAnswer) -> None:
        await self._store.answers.apply(answer.id)
        await self._go_on(answer.recovery)

    async def control(self, recovery: str, control: str) -> None:
        state = await self._state(recovery)
        if control == "abort":
            for name, unit in state.units.items():
                if unit.started_at and not unit.ended_at:
                    await self._tell(recovery, EventKind.UNIT_ENDED, unit=name, verdict="aborted", released=False)
            await self._end(recovery)

    async def _go_on(self, recovery: str) -> None:
        while True:
            state = await self._state(recovery)
            for name in startable(state):
                await self._tell(recovery, EventKind.UNIT_STARTED, unit=name)
            moved = [await self._one(recovery, name, state) for name, unit in state.units.items() if unit.started_at]
            if not any(moved) and not startable(state):
                break
        await self._end(recovery)

    async def _one(self, recovery: str, name: str, state: RecoveryState) -> bool:
        match next_action(state.units[name]):
            case RunStep(step, attempt):
                at: dict[str, Any] = {"unit": name, "step": step.id, "attempt": attempt}
                await self._tell(recovery, EventKind.ATTEMPT_STARTED, **at)
                fault = "it is gone" if step.probe else self.failing.get(f"{name}/{step.id}") if attempt == 1 else None
                comparison = {"verdict": "verified"} if step.kind is StepKind.CHECK and not fault else None
                outcome, detail = ("failed", fault) if fault else ("passed", "")
                await self._tell(
                    recovery, EventKind.ATTEMPT_ENDED, **at, outcome=outcome, detail=detail, comparison=comparison
                )
                return True
            case AskPerson(step, attempt, question, detail):
                at = {"unit": name, "step": step.id, "attempt": attempt, "extra": question.value}
                await self._tell(recovery, EventKind.ASKED, **at, question=question.value, detail=detail)
                return True
            case EndUnit(verdict, released, verified_at, reasons):
                when = verified_at.isoformat() if verified_at else None
                data: dict[str, Any] = {"released": released, "verified_at": when, "reasons": list(reasons)}
                await self._tell(recovery, EventKind.UNIT_ENDED, unit=name, verdict=verdict.value, **data)
                return True
            case StartUnit() | None | _:
                return False

    async def _end(self, recovery: str) -> None:
        outcome = outcome_of(await self._state(recovery))
        if outcome:
            data = {"outcome": outcome.value}
            ended = make_event(recovery, EventKind.ENDED, self._clock.now(), data=data)
            await self._store.recoveries.close(recovery, ended, lambda head: [self._closing(recovery, head)])

    def _closing(self, recovery: str, head: str) -> Event:
        data = {"recovery": recovery, "head": head}
        return make_event(ESTATE_STREAM, EstateEventKind.RECOVERY_CLOSED, self._clock.now(), data=data, extra=recovery)

    async def _state(self, recovery: str) -> RecoveryState:
        return await self._store.recoveries.state(recovery)

    async def _tell(self, recovery: str, kind: EventKind, **more: Any) -> None:
        place = {key: more.pop(key) for key in ("unit", "step", "attempt", "extra") if key in more}
        await self._store.ledger.append([make_event(recovery, kind, self._clock.now(), data=more, **place)])
