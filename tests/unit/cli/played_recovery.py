"""A recovery that is played in memory by the real rules: commands end as they are told to, people answer."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.domain.errors import BringbackError
from bot.domain.events import BOT, Actor, Event, EventKind, make_event
from bot.domain.frozen_plan import FrozenPlan, PlannedStep
from bot.domain.next_action import (
    AskPerson,
    AwaitAnswer,
    EndUnit,
    ReleaseUnit,
    RunStep,
    StartUnit,
    next_action,
    outcome_of,
    startable,
)
from bot.domain.recovery import fold
from bot.domain.review import build_review
from bot.operations.preview_restore import Preview
from bot.web.control_table import LastTime
from tests.unit.cli.terminal import ADA, NOW

if TYPE_CHECKING:
    from bot.domain.recovery_state import Choice, RecoveryState


def placed(*steps: PlannedStep) -> tuple[PlannedStep, ...]:
    """The steps, each at its place in the walk."""
    return tuple(replace(step, place=place, position=place) for place, step in enumerate(steps, 1))


@dataclass
class PlayedRecovery:
    """`fails` maps a step to why its command fails; `refuses` to the error that answering it meets."""

    plan: FrozenPlan
    fails: Mapping[str, str] = field(default_factory=dict)
    refuses: dict[str, BringbackError] = field(default_factory=dict)
    approved: bool = True
    events: list[Event] = field(default_factory=list)
    now: datetime = NOW
    last_times: list[LastTime] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tell(EventKind.REQUESTED, actor=ADA, data={"outage_started_at": NOW.isoformat()})
        if self.approved:
            self.tell(EventKind.STARTED)
            self.play()

    def tell(self, kind: EventKind, *, actor: Actor = BOT, **place: Any) -> None:
        self.now += timedelta(seconds=1)
        event = make_event(self.plan.recovery, kind, self.now, actor=actor, extra=str(len(self.events)), **place)
        self.events.append(replace(event, seq=len(self.events) + 1))

    @property
    def state(self) -> RecoveryState:
        return fold(self.plan, self.events)

    def play(self) -> None:
        """Go on until everything that is left waits for a person."""
        while self._moves():
            pass
        outcome = outcome_of(self.state)
        if outcome and not self.state.outcome:
            self.tell(EventKind.ENDED, data={"outcome": outcome.value})

    def _moves(self) -> bool:
        state = self.state
        under_way = [name for name, unit in state.units.items() if unit.started_at and not unit.ended_at]
        moved = [self._act(name) for name in [*under_way, *startable(state)]]
        return any(moved)

    def _act(self, name: str) -> bool:
        action = next_action(self.state.units[name])
        match action:
            case StartUnit():
                self.tell(EventKind.UNIT_STARTED, unit=name)
            case RunStep(step, attempt):
                place: dict[str, Any] = {"unit": name, "step": step.id, "attempt": attempt}
                why = self.fails.get(step.id, "") if attempt == 1 else ""
                self.tell(EventKind.ATTEMPT_STARTED, **place)
                done: dict[str, Any] = {
                    "outcome": "failed" if why else "passed",
                    "detail": why,
                    "output": f"{step.id} ran\n",
                }
                done["comparison"] = {} if why else {"verdict": "verified", "found": {"written_at": NOW.isoformat()}}
                self.tell(EventKind.ATTEMPT_ENDED, **place, data=done)
            case AskPerson(step, attempt, question, detail):
                asked = {"question": question.value, "detail": detail}
                self.tell(EventKind.ASKED, unit=name, step=step.id, attempt=attempt, data=asked)
            case ReleaseUnit(verified_at):
                at = verified_at.isoformat() if verified_at else None
                self.tell(EventKind.UNIT_RELEASED, unit=name, data={"verified_at": at})
            case EndUnit(verdict, released, verified_at, reasons):
                at = verified_at.isoformat() if verified_at else None
                ended = {"verdict": verdict.value, "released": released, "verified_at": at, "reasons": list(reasons)}
                self.tell(EventKind.UNIT_ENDED, unit=name, data=ended)
            case AwaitAnswer() | None:
                return False
        return True

    def answer(
        self,
        _recovery: str,
        unit: str,
        step: str,
        attempt: int,
        choice: Choice,
        actor: Actor,
        reason: str = "",
        *,
        release: bool = False,
        to: str = "",
        done_at: datetime | None = None,
    ) -> RecoveryState:
        if step in self.refuses:
            raise self.refuses.pop(step)
        data: dict[str, Any] = {"choice": choice.value, "reason": reason, "release": release}
        data |= {"to": to} if to else {}
        data |= {"said_at": self.now.isoformat()} if done_at else {}
        for kind in (EventKind.ANSWERED, EventKind.APPLIED):
            self.tell(kind, unit=unit, step=step, attempt=attempt, actor=actor, data=data)
        self.play()
        return self.state

    def take(
        self, _recovery: str, unit: str, step: str, attempt: int, actor: Actor, *, over: bool = False
    ) -> RecoveryState:
        before = {"from": self.state.units[unit].steps[step].taken_by} if over else {}
        self.tell(EventKind.TAKEN, unit=unit, step=step, attempt=attempt, actor=actor, data=before)
        return self.state

    def assign(self, _recovery: str, unit: str, step: str, attempt: int, to: str, actor: Actor) -> RecoveryState:
        if to in self.refuses:
            raise self.refuses[to]
        self.tell(EventKind.ASSIGNED, unit=unit, step=step, attempt=attempt, actor=actor, data={"to": to})
        return self.state

    def hand_over(self, _recovery: str, to: str, actor: Actor, text: str = "") -> RecoveryState:
        self.tell(EventKind.HANDED_OVER, actor=actor, data={"to": to, "to_name": to, "text": text})
        return self.state

    def attach(self, _recovery: str, actor: Actor, name: str, data: str, unit: str = "", step: str = "") -> Any:
        size, about = len(base64.b64decode(data)), f"{unit}/{step}"
        told = {"name": name, "size": size, "digest": "ab" * 32, "about": about}
        self.tell(EventKind.ATTACHED, actor=actor, data=told)
        return self.state

    def note(self, _recovery: str, actor: Actor, text: str, _unit: str = "", _step: str = "") -> RecoveryState:
        self.tell(EventKind.NOTED, actor=actor, data={"text": text})
        return self.state

    def abort(self, _recovery: str, actor: Actor, reason: str) -> RecoveryState:
        self.tell(EventKind.ABORT_REQUESTED, actor=actor, data={"reason": reason})
        self.tell(EventKind.ENDED, data={"outcome": "aborted"})
        return self.state

    def approve(self, *_given: Any) -> RecoveryState:
        self.tell(EventKind.APPROVED, actor=Actor("U2", "Bob"))
        self.tell(EventKind.STARTED)
        self.play()
        return self.state

    def reject(self, _recovery: str, actor: Actor, reason: str) -> RecoveryState:
        self.tell(EventKind.REJECTED, actor=actor, data={"reason": reason})
        return self.state

    def operations(self) -> dict[str, Any]:
        """What FakeVerbs answers with."""
        return {
            "recovery_state": lambda _recovery: self.state,
            "events_after": lambda _recovery, after=0: self.events[after:],
            "review": lambda _recovery: build_review(self.plan, self.events, "estate:3:7c1e00"),
            "preview_restore": Preview(self.plan, tuple((unit.name,) for unit in self.plan.units)),
            "start_recovery": lambda _request, _actor: self.state,
            "answer_step": self.answer,
            "take_step": self.take,
            "add_note": self.note,
            "assign_step": self.assign,
            "hand_over": self.hand_over,
            "attach_text": self.attach,
            "last_times": self.last_times,
            "abort": self.abort,
            "approve": self.approve,
            "reject": self.reject,
        }
