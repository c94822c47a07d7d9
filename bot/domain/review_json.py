"""A review as plain JSON: what `--json` prints and the story writes. Times in ISO 8601 (UTC), lengths in seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from bot.domain.review import Review
    from bot.domain.review_facts import StepReview
    from bot.domain.step_spans import Span
    from bot.domain.system_review import SystemReview


def as_json(review: Review) -> dict[str, Any]:
    """The whole review."""
    return {
        **figures(review),
        "documented_order": list(review.documented_order),
        "documented_levels": [list(level) for level in review.documented_levels],
        "actual_order": list(review.actual_order),
        "out_of_order": list(review.out_of_order),
        "systems": [_system(system) for system in review.systems],
        "steps": [_step(step) for step in review.steps],
        "critical_path": list(review.timeline.path),
        "spans": [_span(span) for span in review.timeline.spans],
        "skips": [
            {
                "unit": skip.unit,
                "step": skip.title,
                "who": skip.who,
                "reason": skip.reason,
                "at": _at(skip.at),
                "check": skip.check,
                "released": skip.released,
            }
            for skip in review.skips
        ],
        "break_glass": [
            {"gate": gate.gate, "who": gate.who, "reason": gate.reason, "at": _at(gate.at), "unit": gate.unit or None}
            for gate in review.break_glass
        ],
        "time_edits": [
            {
                "at": _at(edit.at),
                "who": edit.who,
                "from": _at(edit.before),
                "to": _at(edit.after),
                "reason": edit.reason,
            }
            for edit in review.time_edits
        ],
        "not_started": [{"unit": unit.unit, "why": unit.why} for unit in review.not_started],
        "left_behind": [
            {"unit": left.unit, "target": left.target, "verdict": left.verdict} for left in review.left_behind
        ],
        "notes": [
            {"at": _at(note.at), "who": note.who, "text": note.text, "unit": note.unit or None} for note in review.notes
        ],
        "worth_mending": review.worth_mending,
        "not_tested": list(review.not_tested),
        "plan_digest": review.plan_digest,
        "ledger_head": review.ledger_head,
    }


def figures(review: Review) -> dict[str, Any]:
    """What a list of recoveries says of each."""
    worst = review.worst_loss
    return {
        "recovery": review.recovery,
        "name": review.name,
        "mode": review.mode.value,
        "status": review.status.value,
        "outcome": review.outcome.value if review.outcome else None,
        "attainment": review.attainment.value,
        "reason": review.reason,
        "requested_by": review.requested_by,
        "requested_at": _at(review.requested_at),
        "approved_by": review.approved_by,
        "approved_at": _at(review.approved_at),
        "outage_started_at": _at(review.outage_started_at),
        "start_evidence": review.start_evidence,
        "start_confirmed_by": review.start_confirmed_by,
        "started_at": _at(review.started_at),
        "verified_at": _at(review.verified_at),
        "ended_at": _at(review.ended_at),
        "verified": review.verified,
        "total": len(review.systems),
        "rta_seconds": _seconds(review.rta),
        "restore_seconds": _seconds(review.restore_time),
        "rto_seconds": _seconds(review.rto),
        "rto_of": review.rto_of or None,
        "rto_missed_by_seconds": _seconds(review.rto_missed_by),
        "rpa_seconds": _seconds(worst.rpa) if worst else None,
        "rpa_of": worst.name if worst else None,
        "rpo_seconds": _seconds(worst.rpo) if worst else None,
        "rpa_unknown": list(review.loss_unknown),
        "parts_seconds": {kind.value: _seconds(length) for kind, length in review.timeline.parts.items()},
    }


def _system(system: SystemReview) -> dict[str, Any]:
    return {
        "system": system.name,
        "depends_on": list(system.depends_on),
        "tier": system.tier,
        "optional": system.optional,
        "critical": system.critical,
        "started_at": _at(system.started_at),
        "verified_at": _at(system.verified_at),
        "restore_seconds": _seconds(system.restore_time),
        "rta_seconds": _seconds(system.rta),
        "rto_seconds": _seconds(system.rto),
        "rpa_seconds": _seconds(system.rpa),
        "rpo_seconds": _seconds(system.rpo),
        "rpa_within_seconds": _seconds(system.rpa_within),
        "newest_data_at": _at(system.newest_data_at),
        "verdict": system.verdict.value if system.verdict else None,
        "proof": system.proof.value if system.proof else None,
        "recovery_point": system.point or None,
        "location": system.location or None,
        "target": system.target or None,
        "reasons": list(system.reasons),
        "findings": list(system.findings),
    }


def _step(step: StepReview) -> dict[str, Any]:
    return {
        "unit": step.unit,
        "step": step.step,
        "title": step.title,
        "kind": step.kind.value,
        "outcome": step.outcome.value,
        "started_at": _at(step.started_at),
        "ended_at": _at(step.ended_at),
        "who": list(step.who),
        "waiting_seconds": _seconds(step.waiting),
        "working_seconds": _seconds(step.working),
        "attempts": step.attempts,
        "digest": step.digest,
        "detail": step.detail,
    }


def _span(span: Span) -> dict[str, Any]:
    return {
        "kind": span.kind.value,
        "unit": span.unit or None,
        "step": span.step or None,
        "attempt": span.attempt or None,
        "started_at": _at(span.started_at),
        "ended_at": _at(span.ended_at),
        "who": span.who or None,
    }


def _at(time: datetime | None) -> str | None:
    return time.isoformat() if time else None


def _seconds(length: timedelta | None) -> float | None:
    return length.total_seconds() if length is not None else None
