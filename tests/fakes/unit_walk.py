"""One unit walked by the real rules, with its commands ending and its people answering as they are told to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.domain.events import EventKind, make_event
from bot.domain.frozen_plan import Mode, PlannedStep, Unit
from bot.domain.jump import targets
from bot.domain.next_action import AskPerson, AwaitAnswer, EndUnit, ReleaseUnit, RunStep, StartUnit, next_action
from bot.domain.recovery import apply_unit, begin_unit
from bot.domain.recovery_state import Question, UnitState
from bot.domain.runbook import StepKind
from tests.fakes.histories import ANN, RECOVERY, at, verified


@dataclass
class UnitWalk:
    """`told` says every outcome and answer.

    `verified` is a check that compared, `skip!` a skip that releases, `jump>look` goes to that step, `jump>3` to the
    third of those that can be gone to, and skips where there is none.
    """

    unit: Unit
    told: Callable[[PlannedStep, Question | None], str]
    mode: Mode = Mode.REAL
    seen: list[str] = field(default_factory=list)

    def run(self, *, most: int = 500) -> UnitState:
        """The unit's state once nothing is left to do; `seen` names what was done. Fails past `most` actions."""
        state = begin_unit(self.unit, self.mode)
        for _ in range(most):
            action = next_action(state)
            if action is None:
                return state
            for kind, place, data in self._events(state, action):
                self.seen.append(f"{kind.value} {place.get('step', '')}".strip())
                event = make_event(
                    RECOVERY, kind, at(len(self.seen)), actor=ANN, unit=self.unit.name, data=data, **place
                )
                state = apply_unit(state, event)
        raise AssertionError(self.seen)

    def _events(self, state: UnitState, action: Any) -> list[tuple[EventKind, dict[str, Any], dict[str, Any]]]:
        match action:
            case StartUnit():
                return [(EventKind.UNIT_STARTED, {}, {})]
            case RunStep(step, attempt):
                place = {"step": step.id, "attempt": attempt}
                return [
                    (EventKind.ATTEMPT_STARTED, place, {}),
                    (EventKind.ATTEMPT_ENDED, place, _outcome(self.told(step, None))),
                ]
            case AskPerson(step, attempt, question, detail):
                data = {"question": question.value, "detail": detail}
                return [(EventKind.ASKED, {"step": step.id, "attempt": attempt}, data)]
            case AwaitAnswer(step, attempt, question):
                said = _answer(state, step, self.told(step, question))
                place = {"step": step.id, "attempt": attempt}
                return [(EventKind.ANSWERED, place, said), (EventKind.APPLIED, place, said)]
            case ReleaseUnit(verified_at):
                when = verified_at.isoformat() if verified_at else None
                return [(EventKind.UNIT_RELEASED, {}, {"verified_at": when})]
            case EndUnit(verdict, released, verified_at, reasons):
                when = verified_at.isoformat() if verified_at else None
                ended = {"verdict": verdict.value, "released": released, "verified_at": when, "reasons": list(reasons)}
                return [(EventKind.UNIT_ENDED, {}, ended)]
        raise AssertionError(action)


def _answer(state: UnitState, step: PlannedStep, word: str) -> dict[str, Any]:
    choice, _, to = word.rstrip("!").partition(">")
    said = {"choice": choice, "reason": "so", "release": word.endswith("!")}
    open_to = [target.id for target in targets(state, step)]
    if to and not to.isdigit():
        return {**said, "to": to}
    if to and open_to:
        return {**said, "to": open_to[int(to) % len(open_to)]}
    return {**said, "choice": "skip"} if to else said


def _outcome(word: str) -> dict[str, Any]:
    if word == "verified":
        return {"outcome": "passed", "comparison": verified(at(-10))}
    return {"outcome": word, "detail": "exit code 1" if word == "failed" else ""}


def walk(unit: Unit, mode: Mode = Mode.REAL, **told: str) -> UnitWalk:
    """A walk in which each named step takes these words in turn, and every other goes well."""
    left = {name.replace("_", "-"): words.split() for name, words in told.items()}

    def tell(step: PlannedStep, question: Question | None) -> str:
        if left.get(step.id):
            return left[step.id].pop(0)
        if question:
            return "done" if question is Question.DO else "give_up"
        return "verified" if step.kind is StepKind.CHECK else "passed"

    return UnitWalk(unit, tell, mode)
