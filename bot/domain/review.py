"""The review of a recovery: what really happened, as values read from its ledger. Nothing in it is an opinion."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.domain.events import EventKind
from bot.domain.frozen_plan import FrozenPlan, Mode
from bot.domain.proof_state import CosmeticReview
from bot.domain.recovery import fold
from bot.domain.recovery_state import Attachment, Outcome, RecoveryState, RecoveryStatus
from bot.domain.restore_order import levels
from bot.domain.review_facts import (
    LeftBehind,
    Note,
    NotStarted,
    OpenedGate,
    Skip,
    StepReview,
    left_behind,
    not_started,
    notes,
    opened_gates,
    skips,
    step_reviews,
    worth_mending,
)
from bot.domain.review_walk import Jumped, Kept, PassedOn, Retried, jumps, kept, passed_on, retries
from bot.domain.system_review import SystemReview, excess, system_reviews
from bot.domain.timeline import TimeEdit, Timeline, time_edits, timeline_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.domain.events import Event
    from bot.domain.proof_state import ProofState


class Attainment(StrEnum):
    """How a recovery counts against its RTO."""

    MET = "met"
    MISSED = "missed"
    UNVERIFIED = "unverified"  # counts as missed
    FAILED = "failed"  # counts as missed
    ABORTED = "aborted"  # counts as missed
    NO_RTO = "no_rto"  # verified, but nothing was promised
    OPEN = "open"  # not over
    NOT_MEASURED = "not_measured"  # a drill, a runbook without a system, or one that never started


COUNTS_AS_MISSED = frozenset({Attainment.MISSED, Attainment.UNVERIFIED, Attainment.FAILED, Attainment.ABORTED})


@dataclass(frozen=True, slots=True)
class Review:
    """What a review says. Times are UTC.

    `rto` is the plan's; where the plan has none, that of the critical system which was furthest past its own, named by
    `rto_of`. `rta`: start of the outage until all critical systems were verified at once, of real recoveries only.
    `restore_time`: launch until then. `documented_levels` names units by how many others stand before them;
    `parts`: titles of the walked runbook's chosen parts. `kept`: what commands left for later ones. `carried`: systems
    whose proof stands by a cosmetic review.
    `documented_order` and `actual_order` name systems, the latter by when they really started. `ledger_head` is the
    estate stream's, "SEQ:HASH".
    """

    recovery: str
    name: str
    mode: Mode
    status: RecoveryStatus
    outcome: Outcome | None
    attainment: Attainment
    reason: str
    inputs: tuple[tuple[str, str], ...]
    parts: tuple[str, ...]
    requested_by: str
    requested_at: datetime | None
    approved_by: str
    approved_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    outage_started_at: datetime | None
    start_evidence: str
    start_confirmed_by: str
    verified_at: datetime | None
    rta: timedelta | None
    restore_time: timedelta | None
    rto: timedelta | None
    rto_of: str
    rto_missed_by: timedelta | None
    documented_levels: tuple[tuple[str, ...], ...]
    documented_order: tuple[str, ...]
    actual_order: tuple[str, ...]
    out_of_order: tuple[str, ...]
    systems: tuple[SystemReview, ...]
    steps: tuple[StepReview, ...]
    timeline: Timeline
    skips: tuple[Skip, ...]
    break_glass: tuple[OpenedGate, ...]
    time_edits: tuple[TimeEdit, ...]
    not_started: tuple[NotStarted, ...]
    left_behind: tuple[LeftBehind, ...]
    notes: tuple[Note, ...]
    jumps: tuple[Jumped, ...]
    passed_on: tuple[PassedOn, ...]
    attachments: tuple[Attachment, ...]
    retries: tuple[Retried, ...]
    kept: tuple[Kept, ...]
    carried: tuple[tuple[str, CosmeticReview], ...]
    worth_mending: str
    not_tested: tuple[str, ...]
    plan_digest: str
    ledger_head: str

    @property
    def verified(self) -> int:
        """How many systems a check compared with a recorded truth, with nothing left out."""
        return sum(system.verified_at is not None for system in self.systems)

    @property
    def worst_loss(self) -> SystemReview | None:
        """The system that lost most; None when no loss is known."""
        known = [system for system in self.systems if system.rpa is not None]
        return max(known, key=lambda system: system.rpa or timedelta(), default=None)

    @property
    def loss_unknown(self) -> tuple[str, ...]:
        """The systems of a real recovery whose data loss nothing tells."""
        return tuple(system.name for system in self.systems if system.rpa is None and self.mode is Mode.REAL)


def build_review(
    plan: FrozenPlan,
    events: Sequence[Event],
    head: str = "",
    proofs: Mapping[str, ProofState] | None = None,
    not_tested: Sequence[str] = (),
    carried: Mapping[str, CosmeticReview] | None = None,
) -> Review:
    """The review that these events, in ledger order, amount to. Raises ValueError when there is none.

    `head`: the estate stream's, "SEQ:HASH". `proofs`: each system's proof state as it is now. `not_tested`: copies
    never restored. `carried`: the cosmetic reviews by which proofs stand, by system.
    """
    if not events:
        raise ValueError(f"{plan.recovery} has no events")
    state = fold(plan, events)
    measured = timeline_of(state, events)
    systems = system_reviews(state, proofs or {})
    edits = time_edits(events)
    corrected_by = [edit.who for edit in edits if not edit.step]
    rto, rto_of, missed_by = _against_rto(state, systems)
    return Review(
        recovery=plan.recovery,
        name=plan.name,
        mode=plan.mode,
        status=state.status,
        outcome=state.outcome,
        attainment=_attainment(state, missed_by),
        reason=state.reason,
        inputs=plan.inputs,
        parts=plan.parts,
        requested_by=state.requested_by_name or state.requested_by,
        requested_at=state.requested_at,
        approved_by=_approver(events) or state.approved_by,
        approved_at=state.approved_at,
        started_at=state.started_at,
        ended_at=state.ended_at,
        outage_started_at=state.outage_started_at if plan.mode is Mode.REAL else None,
        start_evidence=state.evidence,
        start_confirmed_by=corrected_by[-1] if corrected_by else state.requested_by_name or state.requested_by,
        verified_at=state.verified_at,
        rta=measured.duration if state.rta is not None else None,
        restore_time=_restore_time(state),
        rto=rto,
        rto_of=rto_of,
        rto_missed_by=missed_by,
        documented_levels=tuple(tuple(level) for level in levels(plan.graph)),
        documented_order=tuple(system.name for system in systems),
        actual_order=_actual_order(systems),
        out_of_order=_out_of_order(systems),
        systems=systems,
        steps=step_reviews(state, events, measured.spans),
        timeline=measured,
        skips=skips(state),
        break_glass=opened_gates(events),
        time_edits=edits,
        not_started=not_started(state),
        left_behind=left_behind(state),
        notes=notes(state, events),
        jumps=jumps(state, events),
        passed_on=passed_on(plan, events),
        attachments=state.attachments,
        retries=retries(plan, events),
        kept=kept(state),
        carried=tuple((carried or {}).items()),
        worth_mending=worth_mending(state, measured),
        not_tested=tuple(not_tested),
        plan_digest=plan.digest,
        ledger_head=head,
    )


def _approver(events: Sequence[Event]) -> str:
    return next((event.actor_name for event in events if event.kind == EventKind.APPROVED), "")


def _restore_time(state: RecoveryState) -> timedelta | None:
    if not (state.verified_at and state.started_at):
        return None
    return max(timedelta(), state.verified_at - state.started_at)


def _against_rto(
    state: RecoveryState, systems: Sequence[SystemReview]
) -> tuple[timedelta | None, str, timedelta | None]:
    """The RTO that decides, whose it is ("" for the plan's), and how far it was missed (None: nothing to compare)."""
    if state.plan.rto:
        return state.plan.rto, "", excess(state.rta, state.plan.rto)
    promised = [(system.rta, system.rto, system.name) for system in systems if system.critical and system.rto]
    if not promised:
        return None, "", None
    if state.rta is None or any(rta is None for rta, _, _ in promised):
        _, rto, name = min(promised, key=lambda one: one[1])
        return rto, name, None
    rta, rto, name = max(promised, key=lambda one: (one[0] or timedelta()) - one[1])
    return rto, name, excess(rta, rto)


def _attainment(state: RecoveryState, missed_by: timedelta | None) -> Attainment:
    if state.plan.mode is Mode.DRILL or not state.critical:
        return Attainment.NOT_MEASURED
    if state.status is not RecoveryStatus.ENDED:
        over = state.status in {RecoveryStatus.REJECTED, RecoveryStatus.EXPIRED}
        return Attainment.NOT_MEASURED if over else Attainment.OPEN
    counts_as_missed = {
        Outcome.ABORTED: Attainment.ABORTED,
        Outcome.FAILED: Attainment.FAILED,
        Outcome.UNVERIFIED: Attainment.UNVERIFIED,
    }
    if state.outcome in counts_as_missed:
        return counts_as_missed[state.outcome]
    if state.rta is None:
        return Attainment.UNVERIFIED
    if missed_by is None:
        return Attainment.NO_RTO
    return Attainment.MISSED if missed_by else Attainment.MET


def _actual_order(systems: Sequence[SystemReview]) -> tuple[str, ...]:
    started = [(system.started_at, place, system.name) for place, system in enumerate(systems) if system.started_at]
    return tuple(name for _, _, name in sorted(started))


def _out_of_order(systems: Sequence[SystemReview]) -> tuple[str, ...]:
    """A sentence for each system that started before one that it depends on was verified."""
    by_name = {system.name: system for system in systems}
    return tuple(
        f"{system.name} started before {name} was verified"
        for system in systems
        for name in system.depends_on
        if system.started_at and not _verified_before(by_name[name], system.started_at)
    )


def _verified_before(system: SystemReview, at: datetime) -> bool:
    return system.verified_at is not None and system.verified_at <= at
