"""The durable steps over a ledger in memory: each commits at once, and the same event once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from bot.domain.events import Event, EventKind, event_id, make_event
from bot.domain.frozen_plan import FrozenPlan, Mode
from bot.domain.jump import THE_END, targets
from bot.domain.recovery import fold
from bot.domain.recovery_state import Choice, Outcome, RecoveryState, StepStatus, UnitState
from bot.domain.runbook import StepKind
from bot.engine.attempts import NOTHING_CAPTURED
from tests.fakes.histories import ANN, RECOVERY, at, verified

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.domain.frozen_plan import PlannedStep, Unit
    from bot.domain.next_action import AskPerson, EndUnit, ReleaseUnit
    from bot.domain.recovery_state import Captured


@dataclass
class MemorySteps:
    """`outcome` says how an attempt ends. `events` is the ledger, `answers` what people said, by its id."""

    plan: FrozenPlan
    outcome: Callable[[str, str, int], str] = lambda _unit, _step, _attempt: "passed"
    events: dict[str, Event] = field(default_factory=dict)
    answers: dict[str, Event] = field(default_factory=dict)
    control: str = ""

    async def start_unit(self, plan: FrozenPlan, unit: Unit) -> list[Event] | str:
        return self._gate(make_event(plan.recovery, EventKind.UNIT_STARTED, self._now(), unit=unit.name))

    async def ask(self, plan: FrozenPlan, unit: Unit, action: AskPerson) -> list[Event] | str:
        place: dict[str, Any] = {"unit": unit.name, "step": action.step.id, "attempt": action.attempt}
        data = {"question": action.question.value, "detail": action.detail}
        extra = action.question.value
        return self._gate(make_event(plan.recovery, EventKind.ASKED, self._now(), **place, data=data, extra=extra))

    async def run_attempt(
        self,
        plan: FrozenPlan,
        unit: Unit,
        step: PlannedStep,
        attempt: int,
        captured: Mapping[str, Captured] = NOTHING_CAPTURED,
    ) -> list[Event] | str:
        place: dict[str, Any] = {"unit": unit.name, "step": step.id, "attempt": attempt}
        started = make_event(plan.recovery, EventKind.ATTEMPT_STARTED, self._now(), **place)
        cleans_up = step.cleanup and plan.mode is Mode.DRILL
        said = self.tell(started) if cleans_up else self._gate(started)
        if isinstance(said, str):
            return said
        outcome = "aborted" if self.control == "abort" and not cleans_up else self.outcome(unit.name, step.id, attempt)
        compared = verified(at(-5)) if outcome == "passed" and step.kind is StepKind.CHECK else {}
        given = {name: one.value for name, one in captured.items()}
        kept = {step.runs.capture.partition("=")[0]: "kept"} if step.runs and step.runs.capture else {}
        data = {"outcome": outcome, "comparison": compared, "captured": kept, "given": given}
        return [*said, *self.tell(make_event(plan.recovery, EventKind.ATTEMPT_ENDED, self._now(), **place, data=data))]

    async def apply_answer(self, answer: str) -> list[Event]:
        answered = self.answers[answer]
        place: dict[str, Any] = {"unit": answered.unit, "step": answered.step, "attempt": answered.attempt}
        applied = event_id(RECOVERY, EventKind.APPLIED, **place, extra=answered.data["question"])
        return [answered, *self.tell(replace(answered, id=applied, kind=EventKind.APPLIED.value))]

    async def release_unit(self, plan: FrozenPlan, unit: Unit, action: ReleaseUnit) -> list[Event]:
        data = {"verified_at": action.verified_at.isoformat() if action.verified_at else None}
        return self.tell(make_event(plan.recovery, EventKind.UNIT_RELEASED, self._now(), unit=unit.name, data=data))

    async def end_unit(self, plan: FrozenPlan, state: UnitState, action: EndUnit) -> list[Event]:
        data = {
            "verdict": action.verdict.value,
            "released": action.released,
            "verified_at": action.verified_at.isoformat() if action.verified_at else None,
            "reasons": list(action.reasons),
        }
        ended = make_event(plan.recovery, EventKind.UNIT_ENDED, self._now(), unit=state.unit.name, data=data)
        return self.tell(ended)

    async def end_recovery(self, plan: FrozenPlan, outcome: Outcome, state: RecoveryState) -> list[Event]:
        del state
        data = {"outcome": outcome.value}
        ended = self.tell(make_event(plan.recovery, EventKind.ENDED, self._now(), data=data))
        return [*ended, make_event("estate", "recovery_closed", self._now(), extra=plan.recovery)]

    async def state(self, plan: FrozenPlan) -> RecoveryState:
        return fold(plan, self.events.values())

    def tell(self, *events: Event) -> list[Event]:
        """Store these, or what was stored under their ids before."""
        return [self.events.setdefault(event.id, event) for event in events]

    def questions(self) -> list[tuple[str, str, int, str]]:
        """What waits for a person: unit, step, attempt, question."""
        return [
            (name, step, state.attempt, state.question.value)
            for name, unit in fold(self.plan, self.events.values()).units.items()
            for step, state in unit.steps.items()
            if state.status is StepStatus.WAITING and state.question and not unit.ended_at
        ]

    def answer(self, unit: str, step: str, attempt: int, question: str, choice: Choice, nth: int = 0) -> dict[str, Any]:
        """Store a person's answer. Returns the message that tells the unit's workflow.

        A jump goes to the `nth` of the steps that can be gone to, the end among them.
        """
        data: dict[str, Any] = {"question": question, "choice": choice.value, "reason": "so", "release": False}
        if choice is Choice.JUMP:
            state = fold(self.plan, self.events.values()).units[unit]
            open_to = (*targets(state, state.unit.step(step)), THE_END)
            data["to"] = open_to[nth % len(open_to)].id
        answer_id = f"{RECOVERY}/{unit}/{step}/{attempt}/{question}"
        place: dict[str, Any] = {"unit": unit, "step": step, "attempt": attempt}
        event = make_event(RECOVERY, EventKind.ANSWERED, self._now(), actor=ANN, **place, data=data, extra=question)
        [self.answers[answer_id]] = self.tell(event)
        return {"answer": answer_id, "step": step, "attempt": attempt, "question": question}

    def _gate(self, event: Event) -> list[Event] | str:
        if self.control and event.id not in self.events:
            return self.control
        return self.tell(event)

    def _now(self) -> Any:
        return at(len(self.events))
