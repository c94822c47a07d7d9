"""The manager's summary: what a stretch of time showed about recovery. No averages, no scores, nobody's own speed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.domain.figures import Figures, at_json, figures_json, seconds_json
from bot.domain.frozen_plan import Mode
from bot.domain.proof_state import ProofState
from bot.domain.recovery_state import Outcome, RecoveryStatus
from bot.domain.review import Attainment
from bot.domain.step_spans import SpanKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True, slots=True)
class SystemEvidence:
    """What is proven of one system's restore today."""

    system: str
    tier: int
    proof: ProofState


@dataclass(frozen=True, slots=True)
class TierEvidence:
    """The systems of one tier: those whose restore is proven today, and those without that evidence."""

    tier: int
    proven: tuple[str, ...]
    without: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Delay:
    """What most of the time went into that was no machine's, over all real recoveries. `share` of their RTA, 0 to 1."""

    kind: SpanKind
    length: timedelta
    share: float


@dataclass(frozen=True, slots=True)
class Summary:
    """What happened from `since` up to `until`, to systems of these `tiers` (empty: of all).

    `recoveries` are all of them, newest first. `worst_loss` is the real recovery that lost most data. `not_shown`
    names what these figures say nothing about.
    """

    since: datetime
    until: datetime
    tiers: tuple[int, ...]
    recoveries: tuple[Figures, ...]
    worst_loss: Figures | None
    evidence: tuple[TierEvidence, ...]
    overdue: tuple[str, ...]
    largest_delay: Delay | None
    not_shown: tuple[str, ...]

    def real(self, *attainments: Attainment) -> tuple[Figures, ...]:
        """Real recoveries that count so."""
        return tuple(one for one in self.recoveries if one.mode is Mode.REAL and one.attainment in attainments)

    def drills(self, *outcomes: Outcome) -> tuple[Figures, ...]:
        """Drills that ended so."""
        return tuple(one for one in self.recoveries if one.mode is Mode.DRILL and one.outcome in outcomes)

    @property
    def counted(self) -> tuple[Figures, ...]:
        """The real recoveries that are over and are held against an RTO, or could have been."""
        return self.real(*_COUNTED)

    @property
    def ended_drills(self) -> tuple[Figures, ...]:
        """The drills of restores that are over."""
        return self.drills(*_OF_RESTORES)

    @property
    def walks(self) -> tuple[Figures, ...]:
        """The runbooks that were walked to their end and restore no system, drills among them."""
        return tuple(one for one in self.recoveries if one.outcome is Outcome.FINISHED)

    @property
    def open(self) -> tuple[Figures, ...]:
        """Drills and real recoveries that are not over."""
        over = {RecoveryStatus.ENDED, RecoveryStatus.REJECTED, RecoveryStatus.EXPIRED}
        return tuple(one for one in self.recoveries if one.status not in over)


_OF_RESTORES = tuple(outcome for outcome in Outcome if outcome is not Outcome.FINISHED)
_COUNTED = (
    Attainment.MET,
    Attainment.MISSED,
    Attainment.UNVERIFIED,
    Attainment.FAILED,
    Attainment.ABORTED,
    Attainment.NO_RTO,
)


def summarize(
    recoveries: Iterable[Figures],
    since: datetime,
    until: datetime,
    *,
    tiers: Sequence[int] = (),
    systems: Iterable[SystemEvidence] = (),
    not_tested: Sequence[str] = (),
) -> Summary:
    """The summary of these recoveries, newest first, and of the evidence there is today.

    `tiers` leaves out recoveries and systems of other tiers; `not_tested` names copies that were never restored.
    """
    chosen = tuple(one for one in recoveries if not tiers or set(tiers) & set(one.tiers))
    asked = [one for one in systems if not tiers or one.tier in tiers]
    real = [one for one in chosen if one.mode is Mode.REAL]
    return Summary(
        since=since,
        until=until,
        tiers=tuple(sorted(set(tiers))),
        recoveries=chosen,
        worst_loss=max(
            (one for one in real if one.rpa is not None), key=lambda one: one.rpa or timedelta(), default=None
        ),
        evidence=_evidence(asked),
        overdue=tuple(sorted(one.system for one in asked if one.proof is ProofState.AGED)),
        largest_delay=_largest_delay(real),
        not_shown=("loss of the site", *not_tested),
    )


def _evidence(systems: Sequence[SystemEvidence]) -> tuple[TierEvidence, ...]:
    found = []
    for tier in sorted({one.tier for one in systems}):
        own = sorted((one.system, one.proof is ProofState.PROVEN) for one in systems if one.tier == tier)
        proven = tuple(name for name, is_proven in own if is_proven)
        found.append(TierEvidence(tier, proven, tuple(name for name, is_proven in own if not is_proven)))
    return tuple(found)


def _largest_delay(real: Iterable[Figures]) -> Delay | None:
    measured = [one for one in real if one.rta]
    whole = sum((one.rta for one in measured if one.rta), timedelta())
    lengths = {
        kind: sum((one.parts.get(kind, timedelta()) for one in measured), timedelta())
        for kind in SpanKind
        if kind is not SpanKind.MACHINE
    }
    kind = max(lengths, key=lambda kind: lengths[kind])
    return Delay(kind, lengths[kind], lengths[kind] / whole) if lengths[kind] else None


def as_json(summary: Summary) -> dict[str, Any]:
    """The summary as plain JSON: times in ISO 8601 (UTC), lengths in seconds."""
    delay, loss = summary.largest_delay, summary.worst_loss
    return {
        "since": at_json(summary.since),
        "until": at_json(summary.until),
        "tiers": list(summary.tiers),
        "real": {
            "counted": len(summary.counted),
            **{attainment.value: [one.recovery for one in summary.real(attainment)] for attainment in _COUNTED},
        },
        "drills": {
            "ended": len(summary.ended_drills),
            **{outcome.value: [one.recovery for one in summary.drills(outcome)] for outcome in _OF_RESTORES},
        },
        "walks": [one.recovery for one in summary.walks],
        "open": [one.recovery for one in summary.open],
        "worst_loss": None
        if loss is None
        else {
            "recovery": loss.recovery,
            "system": loss.rpa_of,
            "rpa_seconds": seconds_json(loss.rpa),
            "rpo_seconds": seconds_json(loss.rpo),
        },
        "evidence": [
            {"tier": one.tier, "proven": list(one.proven), "without": list(one.without)} for one in summary.evidence
        ],
        "overdue": list(summary.overdue),
        "largest_delay": None
        if delay is None
        else {"kind": delay.kind.value, "seconds": seconds_json(delay.length), "share_of_rta": round(delay.share, 4)},
        "not_shown": list(summary.not_shown),
        "recoveries": [figures_json(one) for one in summary.recoveries],
    }
