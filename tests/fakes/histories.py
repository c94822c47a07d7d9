"""Small frozen plans, and the events of their recoveries, told by the minute."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.domain.events import BOT, Actor, Event, EventKind, Source, make_event
from bot.domain.frozen_plan import PROBE, FrozenPlan, Mode, OnFail, PlannedStep, Unit, UnitKind
from bot.domain.runbook import Command, StepKind, Truth

if TYPE_CHECKING:
    from collections.abc import Sequence

START = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
RECOVERY = "R-1"
ANN = Actor("U1", "Ann", Source.SLACK)
BEN = Actor("U2", "Ben", Source.SLACK)


def at(minutes: float) -> datetime:
    """So many minutes after the start of the outage."""
    return START + timedelta(minutes=minutes)


def command(
    name: str, kind: StepKind = StepKind.COMMAND, *, optional: bool = False, idempotent: bool = False
) -> PlannedStep:
    runs = Command(name, "sh", "true", "true", 1, runs=True, kind=kind)
    return PlannedStep(
        name, 1, name.capitalize(), kind, f"v1:{name}", runs=runs, optional=optional, idempotent=idempotent
    )


def check(name: str = "check") -> PlannedStep:
    return command(name, StepKind.CHECK)


def probe() -> PlannedStep:
    """The check that a real recovery runs first."""
    return replace(check(PROBE), title="Is it still standing?", probe=True, on_fail=OnFail.CONTINUE)


def manual(name: str, kind: StepKind = StepKind.MANUAL) -> PlannedStep:
    return PlannedStep(name, 1, name.capitalize(), kind, f"v1:{name}")


def system(name: str, *steps: PlannedStep, depends_on: Sequence[str] = (), **more: Any) -> Unit:
    return Unit(
        name,
        more.pop("kind", UnitKind.SYSTEM),
        name,
        name,
        steps or (command("restore"), check()),
        f"v1:{name}",
        tuple(depends_on),
        target=more.pop("target", f"data/{name}"),
        truth=more.pop("truth", Truth(f"{name}.jsonl")),
        **more,
    )


def plan_of(*units: Unit, mode: Mode = Mode.REAL, **more: Any) -> FrozenPlan:
    return FrozenPlan(RECOVERY, "full-site", mode, units, "v1:a91f", **more)


@dataclass
class History:
    """Events of one recovery, told minute by minute: `now` moves on with `wait`."""

    plan: FrozenPlan
    now: datetime = START
    events: list[Event] = field(default_factory=list)

    def tell(self, kind: EventKind, *, who: Actor = BOT, **more: Any) -> History:
        place = {key: more.pop(key) for key in ("unit", "step", "attempt") if key in more}
        extra = str(len(self.events))
        self.events.append(make_event(RECOVERY, kind, self.now, actor=who, data=more, extra=extra, **place))
        return self

    def wait(self, minutes: float) -> History:
        self.now += timedelta(minutes=minutes)
        return self

    def launch(self, *, noticing: float = 9, deciding: float = 3, approval: float = 2) -> History:
        """Outage at 0, declared, asked for by Ann, approved by Ben, started."""
        start, declared = self.now, self.now + timedelta(minutes=noticing)
        self.wait(noticing + deciding)
        self.tell(
            EventKind.REQUESTED,
            who=ANN,
            outage_started_at=start.isoformat(),
            declared_at=declared.isoformat(),
            evidence="first failed check",
            reason="disk gone",
        )
        self.wait(approval).tell(EventKind.APPROVED, who=BEN)
        return self.tell(EventKind.STARTED)

    def unit(self, name: str) -> History:
        return self.tell(EventKind.UNIT_STARTED, unit=name)

    def run(
        self, unit: str, step: str, minutes: float, outcome: str = "passed", *, attempt: int = 1, **data: Any
    ) -> History:
        self.tell(EventKind.ATTEMPT_STARTED, unit=unit, step=step, attempt=attempt)
        return self.wait(minutes).tell(
            EventKind.ATTEMPT_ENDED, unit=unit, step=step, attempt=attempt, outcome=outcome, **data
        )

    def ask(self, unit: str, step: str, question: str = "do", *, attempt: int = 1) -> History:
        return self.tell(EventKind.ASKED, unit=unit, step=step, attempt=attempt, question=question)

    def take(self, unit: str, step: str, *, attempt: int = 1, who: Actor = ANN) -> History:
        return self.tell(EventKind.TAKEN, unit=unit, step=step, attempt=attempt, who=who)

    def answer(self, unit: str, step: str, choice: str, *, attempt: int = 1, who: Actor = ANN, **data: Any) -> History:
        place: dict[str, Any] = {"unit": unit, "step": step, "attempt": attempt}
        self.tell(EventKind.ANSWERED, who=who, choice=choice, **place, **data)
        return self.tell(EventKind.APPLIED, who=who, choice=choice, **place, **data)

    def end_unit(
        self, name: str, verdict: str = "verified", *, reasons: Sequence[str] = (), released: bool = True
    ) -> History:
        verified_at = self.now.isoformat() if verdict == "verified" else None
        return self.tell(
            EventKind.UNIT_ENDED,
            unit=name,
            verdict=verdict,
            released=released,
            verified_at=verified_at,
            reasons=reasons,
        )

    def end(self, outcome: str = "recovered") -> History:
        return self.tell(EventKind.ENDED, outcome=outcome)


def verified(written_at: datetime, verdict: str = "verified", detail: str = "Everything came back.") -> dict[str, Any]:
    """The comparison of a check, as an ATTEMPT_ENDED event carries it."""
    found = {"token": "t1", "written_at": written_at.isoformat(), "counts": {"orders": 3}}
    return {"verdict": verdict, "detail": detail, "found": found, "expected": found, "missing": {}}


def one_system(*, noticing: float = 9) -> History:
    """34 minutes: noticing 9, deciding 3, approval 2, waiting for people 3, hands-on 4, machine 11, rework 2."""
    steps = (manual("stop"), command("restore"), check())
    plan = plan_of(system("orders-db", *steps, rpo=timedelta(minutes=15), rto=timedelta(minutes=30)))
    told = History(plan).launch(noticing=noticing).unit("orders-db")
    told.ask("orders-db", "stop").wait(3).take("orders-db", "stop").wait(4).answer("orders-db", "stop", "done")
    told.run("orders-db", "restore", 1, "failed", detail="exit code 1").ask("orders-db", "restore", "failed").wait(1)
    told.answer("orders-db", "restore", "retry", who=BEN)
    told.run("orders-db", "restore", 10, attempt=2)
    told.run("orders-db", "check", 1, comparison=verified(at(-10)))
    return told.end_unit("orders-db").end()
