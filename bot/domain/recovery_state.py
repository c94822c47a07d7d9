"""The state of a recovery, as values: what the fold of its events (`bot.domain.recovery`) arrives at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.domain.frozen_plan import FrozenPlan, Mode, OnFail, PlannedStep, Unit
from bot.domain.restore_order import held_by


class StepStatus(StrEnum):
    """Where a planned step stands."""

    PENDING = "pending"
    RUNNING = "running"
    WAITING = "waiting"  # for a person's answer
    ANSWERED = "answered"  # the answer is stored; the workflow has not gone on yet
    PASSED = "passed"  # the command ended as it should
    VERIFIED = "verified"  # a check compared it with a recorded truth
    DONE = "done"  # a person said so
    FAILED = "failed"
    SKIPPED = "skipped"
    INTERRUPTED = "interrupted"  # nobody knows whether the command ran to its end
    ABORTED = "aborted"
    GIVEN_UP = "given_up"


class Question(StrEnum):
    """What a person is asked."""

    DO = "do"  # do this, and say so
    FAILED = "failed"  # it failed: again, skip, or stop here
    INTERRUPTED = "interrupted"  # it may have run: again, it was done, or stop here


class Choice(StrEnum):
    """What a person answers."""

    DONE = "done"
    FAIL = "fail"
    SKIP = "skip"
    RETRY = "retry"
    JUMP = "jump"  # go to another step, there or back
    GIVE_UP = "give_up"


CHOICES: Mapping[Question, tuple[Choice, ...]] = {
    Question.DO: (Choice.DONE, Choice.FAIL, Choice.SKIP, Choice.JUMP),
    Question.FAILED: (Choice.RETRY, Choice.SKIP, Choice.JUMP, Choice.GIVE_UP),
    Question.INTERRUPTED: (Choice.RETRY, Choice.DONE, Choice.SKIP, Choice.JUMP, Choice.GIVE_UP),
}


class AttemptOutcome(StrEnum):
    """How a command ended."""

    PASSED = "passed"
    FAILED = "failed"  # exit code, expected output, or the comparison with the truth
    TIMED_OUT = "timed_out"
    ABORTED = "aborted"
    INTERRUPTED = "interrupted"  # it began and left no end
    NEVER_RAN = "never_ran"  # claimed by the bot after a crash: it did not begin and never will


class Verdict(StrEnum):
    """What can be said of a unit that ended."""

    VERIFIED = "verified"  # every check passed, and one of them compared the data with a recorded truth
    PARTIAL = "partial"  # checked, but without a truth, or a restore action was skipped or failed and was passed over
    UNVERIFIED = "unverified"  # a check was skipped or only attested
    DONE = "done"  # steps that bring no system back: all done
    FAILED = "failed"
    ABORTED = "aborted"


class RecoveryStatus(StrEnum):
    """Where a recovery stands."""

    WAITING_FOR_APPROVAL = "waiting_for_approval"
    RUNNING = "running"
    ENDED = "ended"
    REJECTED = "rejected"
    EXPIRED = "expired"


class Outcome(StrEnum):
    """How a recovery ended."""

    RECOVERED = "recovered"  # every system that counts is verified
    FINISHED = "finished"  # a walk that restores no system: people went through it, and no command was left out
    PARTIAL = "partial"
    UNVERIFIED = "unverified"
    FAILED = "failed"
    ABORTED = "aborted"


@dataclass(frozen=True, slots=True)
class StepState:
    """One planned step, so far. `tries`: how often it was tried again without asking, since a person last said so."""

    status: StepStatus = StepStatus.PENDING
    attempt: int = 1
    question: Question | None = None
    detail: str = ""
    output: str = ""  # the end of what a command printed that did not end well
    started_at: datetime | None = None
    asked_at: datetime | None = None
    taken_by: str = ""
    taken_at: datetime | None = None
    assigned_to: str = ""  # a person's id
    assigned_to_name: str = ""
    assigned_at: datetime | None = None
    answered_by: str = ""
    answered_at: datetime | None = None
    choice: Choice | None = None
    ended_at: datetime | None = None
    reason: str = ""
    release: bool = False
    comparison: Mapping[str, Any] = field(default_factory=dict)
    tries: int = 0

    @property
    def closed(self) -> bool:
        """Nothing more will happen to it unless a person says so."""
        return self.status in _CLOSED

    def given_to(self, person: str, name: str, at: datetime) -> StepState:
        """The step for one person from now on. Whoever else was on it is no longer: it waits until it is taken."""
        given = replace(self, assigned_to=person, assigned_to_name=name, assigned_at=at)
        return given if self.taken_by == name else replace(given, taken_by="", taken_at=None)


_CLOSED = frozenset({StepStatus.PASSED, StepStatus.VERIFIED, StepStatus.DONE, StepStatus.SKIPPED, StepStatus.GIVEN_UP})


@dataclass(frozen=True, slots=True)
class Captured:
    """What was kept of a command's output under a name. A secret's value stands in its attempt's files alone."""

    value: str
    step: str
    attempt: int
    secret: bool = False


@dataclass(frozen=True, slots=True)
class UnitState:
    """One unit, so far. `captured` is by the name under which later commands get it."""

    unit: Unit
    mode: Mode
    steps: Mapping[str, StepState]
    started_at: datetime | None = None
    ended_at: datetime | None = None
    verified_at: datetime | None = None
    verdict: Verdict | None = None
    released: bool = False
    released_at: datetime | None = None  # before its end; None when its end released it
    reasons: tuple[str, ...] = ()
    aborted: bool = False
    captured: Mapping[str, Captured] = field(default_factory=dict)

    @property
    def current(self) -> PlannedStep | None:
        """The step that is next or under way; None when the unit has ended or nothing is left."""
        if self.ended_at:
            return None
        return next((step for step in self.unit.steps if not self._passed_by(step)), None)

    def _passed_by(self, step: PlannedStep) -> bool:
        state = self.steps[step.id]
        return state.closed or (state.status is StepStatus.FAILED and step.on_fail is OnFail.CONTINUE)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that a person attached; `digest` is its SHA-256 in hex, `about` a unit or a unit and its step."""

    at: datetime
    who: str
    name: str
    size: int
    digest: str
    media_type: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True)
class RecoveryState:
    """One recovery, so far."""

    plan: FrozenPlan
    units: Mapping[str, UnitState]
    status: RecoveryStatus = RecoveryStatus.WAITING_FOR_APPROVAL
    requested_by: str = ""
    requested_by_name: str = ""
    requested_at: datetime | None = None
    declared_at: datetime | None = None
    approved_by: str = ""
    approved_by_name: str = ""
    approved_at: datetime | None = None
    approvals: tuple[str, ...] = ()  # ids of all who approved, the last of them is `approved_by`
    rejected_by_name: str = ""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    outage_started_at: datetime | None = None
    evidence: str = ""
    reason: str = ""
    lead: str = ""
    lead_name: str = ""
    paused: bool = False
    resumed_at: datetime | None = None  # when the last pause ended
    abort_requested: bool = False
    outcome: Outcome | None = None
    break_glass: tuple[str, ...] = ()
    notes: tuple[tuple[datetime, str, str], ...] = ()  # (when, who, text)
    attachments: tuple[Attachment, ...] = ()

    @property
    def held(self) -> dict[str, list[str]]:
        """Units that cannot start, with those that hold them."""
        stopped = {name for name, unit in self.units.items() if unit.ended_at and not unit.released}
        return held_by(self.plan.graph, stopped)

    @property
    def critical(self) -> tuple[UnitState, ...]:
        """The units whose return stops the clock: the plan's critical systems, else all that are not optional."""
        chosen = [unit for unit in self.plan.systems if unit.name in self.plan.critical or not self.plan.critical]
        return tuple(self.units[unit.name] for unit in chosen if not unit.optional)

    @property
    def verified_at(self) -> datetime | None:
        """When all critical systems were verified at once; None while one is not, or when there is none."""
        times = [unit.verified_at for unit in self.critical]
        known = [time for time in times if time]
        return max(known) if known and len(known) == len(times) else None

    @property
    def rta(self) -> timedelta | None:
        """Recovery time actual: of real recoveries only, from the start of the outage to verified."""
        if self.plan.mode is not Mode.REAL or not (self.verified_at and self.outage_started_at):
            return None
        return self.verified_at - self.outage_started_at
