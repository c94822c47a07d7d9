"""Recoveries drawn at random and played by the real rules."""

from __future__ import annotations

import heapq
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.domain.events import BOT, Actor, Event, EventKind, make_event
from bot.domain.frozen_plan import FrozenPlan, Mode, PlannedStep
from bot.domain.jump import targets
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
from bot.domain.recovery import apply, begin
from bot.domain.recovery_state import CHOICES, Choice, Question
from bot.domain.runbook import StepKind
from tests.fakes.histories import ANN, BEN, RECOVERY, START, check, command, manual, plan_of, probe, system, verified

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from random import Random


class Simulation:
    """A recovery played by the real rules, with every length and every answer drawn from `random`."""

    def __init__(self, plan: FrozenPlan, random: Random) -> None:
        self.plan = plan
        self.random = random
        self.state = begin(plan)
        self.events: list[Event] = []
        self._due: list[tuple[datetime, int, Iterator[timedelta]]] = []
        self._count = 0
        self._now = START

    def play(self, *, most: int = 400) -> list[Event]:
        """The events, in the order they happened; cut off after `most`."""
        self._launch()
        self._start_units()
        while self._due and len(self.events) < most:
            self._now, _, unit = heapq.heappop(self._due)
            self._go_on(unit)
            self._meddle()
            self._start_units()
        if outcome := outcome_of(self.state):
            self._tell(EventKind.ENDED, outcome=outcome.value)
        return self.events

    def _launch(self) -> None:
        outage = self._now
        declared = self._later()
        self._now = declared + self._length()
        times = {"outage_started_at": outage.isoformat(), "declared_at": declared.isoformat()}
        self._tell(EventKind.REQUESTED, who=ANN, **times)
        self._now = self._later()
        if self.random.random() < 0.8:
            self._tell(EventKind.APPROVED, who=BEN)
        else:
            self._tell(EventKind.BREAK_GLASS, who=ANN, gate="approval", reason="alone")
        self._now = self._later()
        self._tell(EventKind.STARTED)

    def _start_units(self) -> None:
        for name in startable(self.state):
            self._tell(EventKind.UNIT_STARTED, unit=name)
            self._go_on(self._unit(name))

    def _go_on(self, unit: Iterator[timedelta]) -> None:
        pause = next(unit, None)
        if pause is not None:
            self._count += 1
            heapq.heappush(self._due, (self._now + pause, self._count, unit))

    def _unit(self, name: str) -> Iterator[timedelta]:
        while action := next_action(self.state.units[name]):
            yield self._length()
            match action:
                case RunStep(step, attempt):
                    yield from self._run(name, step, attempt)
                case AskPerson(step, attempt, question):
                    self._tell(EventKind.ASKED, unit=name, step=step.id, attempt=attempt, question=question.value)
                case AwaitAnswer(step, attempt, question):
                    choice, to = self._choose(name, step, question)
                    yield from self._answer(name, step, attempt, choice.value, to)
                case EndUnit(verdict, released, verified_at, reasons):
                    when = verified_at.isoformat() if verified_at else None
                    more: dict[str, Any] = {"released": released, "verified_at": when, "reasons": reasons}
                    self._tell(EventKind.UNIT_ENDED, unit=name, verdict=verdict.value, **more)
                case ReleaseUnit(verified_at):
                    when = verified_at.isoformat() if verified_at else None
                    self._tell(EventKind.UNIT_RELEASED, unit=name, verified_at=when)
                case StartUnit():
                    raise AssertionError

    def _run(self, unit: str, step: PlannedStep, attempt: int) -> Iterator[timedelta]:
        place: dict[str, Any] = {"unit": unit, "step": step.id, "attempt": attempt}
        self._tell(EventKind.ATTEMPT_STARTED, **place)
        yield self._length()
        outcome = self.random.choice(["passed"] * 5 + ["failed", "timed_out", "interrupted", "never_ran", "aborted"])
        comparison = verified(START - self._length()) if outcome == "passed" and step.kind is StepKind.CHECK else None
        self._tell(EventKind.ATTEMPT_ENDED, **place, outcome=outcome, comparison=comparison)

    def _choose(self, unit: str, step: PlannedStep, question: Question) -> tuple[Choice, dict[str, str]]:
        choice = self.random.choice(CHOICES[question])
        if choice is not Choice.JUMP:
            return choice, {}
        open_to = targets(self.state.units[unit], step)
        return (choice, {"to": self.random.choice(open_to).id}) if open_to else (Choice.SKIP, {})

    def _answer(
        self, unit: str, step: PlannedStep, attempt: int, choice: str, to: Mapping[str, str]
    ) -> Iterator[timedelta]:
        place: dict[str, Any] = {"unit": unit, "step": step.id, "attempt": attempt}
        for _ in range(self.random.randint(0, 2)):
            self._tell(EventKind.TAKEN, who=ANN, **place)
            yield self._length()
        answer: dict[str, Any] = {"choice": choice, "reason": "so", "release": self.random.random() < 0.5, **to}
        self._tell(EventKind.ANSWERED, who=BEN, **place, **answer)
        self._tell(EventKind.APPLIED, **place, **answer)

    def _meddle(self) -> None:
        """Now and then somebody pauses, goes on, or corrects the start of the outage."""
        kind = self.random.choice([*[None] * 20, EventKind.PAUSED, EventKind.RESUMED, EventKind.OUTAGE_CORRECTED])
        if kind is EventKind.OUTAGE_CORRECTED:
            to = (START + self._length() - self._length()).isoformat()
            self._tell(kind, who=ANN, **{"from": START.isoformat(), "to": to, "reason": "log"})
        elif kind:
            self._tell(kind, who=ANN)

    def _tell(self, kind: EventKind, *, who: Actor = BOT, **more: Any) -> None:
        place: Mapping[str, Any] = {key: more.pop(key) for key in ("unit", "step", "attempt") if key in more}
        event = make_event(RECOVERY, kind, self._now, actor=who, data=more, extra=str(len(self.events)), **place)
        self.events.append(event)
        self.state = apply(self.state, event)

    def _length(self) -> timedelta:
        return timedelta(microseconds=self.random.choice([0, 1, self.random.randint(2, 10**9)]))

    def _later(self) -> datetime:
        return self._now + self._length()


def random_plan(random: Random, mode: Mode = Mode.REAL) -> FrozenPlan:
    """A plan of one to six systems, each depending on some before it."""
    names = [f"s{place}" for place in range(random.randint(1, 6))]
    units = [
        system(
            name,
            *([probe()] if mode is Mode.REAL and random.random() < 0.5 else []),
            *random.sample([manual("stop"), manual("wait", StepKind.WAIT), manual("sign", StepKind.APPROVAL)], k=1),
            command("restore", idempotent=random.random() < 0.5),
            check(),
            depends_on=[other for other in names[:place] if random.random() < 0.4],
            optional=random.random() < 0.2,
        )
        for place, name in enumerate(names)
    ]
    return plan_of(*units, mode=mode, rto=timedelta(minutes=30))
