"""The figures of one recovery: what a list of recoveries says of each, and a review of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.domain.frozen_plan import Mode
from bot.domain.recovery_state import Outcome, RecoveryStatus
from bot.domain.review import Attainment
from bot.domain.step_spans import SpanKind

if TYPE_CHECKING:
    from bot.domain.review import Review


@dataclass(frozen=True, slots=True)
class Figures:
    """One recovery in figures. `rpa` is the worst of its systems, `rpa_of` that system, `rpo` what it may lose."""

    recovery: str
    name: str
    mode: Mode
    status: RecoveryStatus
    outcome: Outcome | None
    attainment: Attainment
    requested_at: datetime | None
    outage_started_at: datetime | None
    started_at: datetime | None
    verified_at: datetime | None
    ended_at: datetime | None
    verified: int
    total: int
    rta: timedelta | None
    restore_time: timedelta | None
    rto: timedelta | None
    rto_of: str
    rto_missed_by: timedelta | None
    rpa: timedelta | None
    rpa_of: str
    rpo: timedelta | None
    rpa_unknown: tuple[str, ...]
    parts: Mapping[SpanKind, timedelta]
    tiers: tuple[int, ...]


def figures_of(review: Review) -> Figures:
    """The figures of a review."""
    worst = review.worst_loss
    return Figures(
        recovery=review.recovery,
        name=review.name,
        mode=review.mode,
        status=review.status,
        outcome=review.outcome,
        attainment=review.attainment,
        requested_at=review.requested_at,
        outage_started_at=review.outage_started_at,
        started_at=review.started_at,
        verified_at=review.verified_at,
        ended_at=review.ended_at,
        verified=review.verified,
        total=len(review.systems),
        rta=review.rta,
        restore_time=review.restore_time,
        rto=review.rto,
        rto_of=review.rto_of,
        rto_missed_by=review.rto_missed_by,
        rpa=worst.rpa if worst else None,
        rpa_of=worst.name if worst else "",
        rpo=worst.rpo if worst else None,
        rpa_unknown=review.loss_unknown,
        parts=review.timeline.parts,
        tiers=tuple(sorted({system.tier for system in review.systems})),
    )


def figures_json(figures: Figures) -> dict[str, Any]:
    """The figures as plain JSON: times in ISO 8601 (UTC), lengths in seconds, null where nothing is known."""
    return {
        "recovery": figures.recovery,
        "name": figures.name,
        "mode": figures.mode.value,
        "status": figures.status.value,
        "outcome": figures.outcome.value if figures.outcome else None,
        "attainment": figures.attainment.value,
        "requested_at": at_json(figures.requested_at),
        "outage_started_at": at_json(figures.outage_started_at),
        "started_at": at_json(figures.started_at),
        "verified_at": at_json(figures.verified_at),
        "ended_at": at_json(figures.ended_at),
        "verified": figures.verified,
        "total": figures.total,
        "rta_seconds": seconds_json(figures.rta),
        "restore_seconds": seconds_json(figures.restore_time),
        "rto_seconds": seconds_json(figures.rto),
        "rto_of": figures.rto_of or None,
        "rto_missed_by_seconds": seconds_json(figures.rto_missed_by),
        "rpa_seconds": seconds_json(figures.rpa),
        "rpa_of": figures.rpa_of or None,
        "rpo_seconds": seconds_json(figures.rpo),
        "rpa_unknown": list(figures.rpa_unknown),
        "parts_seconds": {kind.value: seconds_json(length) for kind, length in figures.parts.items()},
    }


def at_json(time: datetime | None) -> str | None:
    """A time in ISO 8601."""
    return time.isoformat() if time else None


def seconds_json(length: timedelta | None) -> float | None:
    """A length in seconds."""
    return length.total_seconds() if length is not None else None
