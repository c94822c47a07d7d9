"""A review as plain JSON: what `--json` prints and the story writes. Times in ISO 8601 (UTC), lengths in seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.domain.figures import at_json, figures_json, figures_of, seconds_json

if TYPE_CHECKING:
    from bot.domain.review import Review
    from bot.domain.review_facts import Note, OpenedGate, StepReview
    from bot.domain.step_spans import Span
    from bot.domain.system_review import SystemReview


def as_json(review: Review) -> dict[str, Any]:
    """The whole review."""
    return {
        **figures_json(figures_of(review)),
        "reason": review.reason,
        "inputs": dict(review.inputs),
        "parts": list(review.parts),
        "requested_by": review.requested_by,
        "approved_by": review.approved_by,
        "approved_at": at_json(review.approved_at),
        "start_evidence": review.start_evidence,
        "start_confirmed_by": review.start_confirmed_by,
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
                "at": at_json(skip.at),
                "check": skip.check,
                "released": skip.released,
            }
            for skip in review.skips
        ],
        "break_glass": [_gate(gate) for gate in review.break_glass],
        "time_edits": [
            {
                "at": at_json(edit.at),
                "about": edit.about,
                "who": edit.who,
                "from": at_json(edit.before),
                "to": at_json(edit.after),
                "reason": edit.reason,
            }
            for edit in review.time_edits
        ],
        "not_started": [{"unit": unit.unit, "why": unit.why} for unit in review.not_started],
        "left_behind": [
            {"unit": left.unit, "target": left.target, "verdict": left.verdict} for left in review.left_behind
        ],
        "notes": [_note(note) for note in review.notes],
        "jumps": [
            {
                "at": at_json(jump.at),
                "who": jump.who,
                "unit": jump.unit,
                "step": jump.step,
                "to": jump.to,
                "ahead": jump.ahead,
                "reason": jump.reason,
            }
            for jump in review.jumps
        ],
        "passed_on": [
            {
                "at": at_json(one.at),
                "who": one.who,
                "what": one.what,
                "how": one.how,
                "whom": one.whom,
                "text": one.words,
            }
            for one in review.passed_on
        ],
        "attachments": [
            {
                "at": at_json(one.at),
                "who": one.who,
                "name": one.name,
                "size": one.size,
                "sha256": one.digest,
                "about": one.about,
            }
            for one in review.attachments
        ],
        "retries": [{"unit": one.unit, "step": one.step, "times": one.times} for one in review.retries],
        "kept": [{"unit": one.unit, "step": one.step, "name": one.name, "value": one.value} for one in review.kept],
        "carried": [
            {"system": system, "by": one.by, "at": at_json(one.at), "reason": one.reason}
            for system, one in review.carried
        ],
        "worth_mending": review.worth_mending,
        "not_tested": list(review.not_tested),
        "plan_digest": review.plan_digest,
        "ledger_head": review.ledger_head,
    }


def _system(system: SystemReview) -> dict[str, Any]:
    return {
        "system": system.name,
        "depends_on": list(system.depends_on),
        "tier": system.tier,
        "optional": system.optional,
        "critical": system.critical,
        "started_at": at_json(system.started_at),
        "verified_at": at_json(system.verified_at),
        "restore_seconds": seconds_json(system.restore_time),
        "rta_seconds": seconds_json(system.rta),
        "rto_seconds": seconds_json(system.rto),
        "rpa_seconds": seconds_json(system.rpa),
        "rpo_seconds": seconds_json(system.rpo),
        "rpa_within_seconds": seconds_json(system.rpa_within),
        "newest_data_at": at_json(system.newest_data_at),
        "verdict": system.verdict.value if system.verdict else None,
        "proof": system.proof.value if system.proof else None,
        "recovery_point": system.point or None,
        "location": system.location or None,
        "target": system.target or None,
        "still_standing": system.still_standing,
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
        "started_at": at_json(step.started_at),
        "ended_at": at_json(step.ended_at),
        "who": list(step.who),
        "waiting_seconds": seconds_json(step.waiting),
        "working_seconds": seconds_json(step.working),
        "attempts": step.attempts,
        "digest": step.digest,
        "detail": step.detail,
        "probe": step.probe,
        "text": step.text,
    }


def _span(span: Span) -> dict[str, Any]:
    return {
        "kind": span.kind.value,
        "unit": span.unit or None,
        "step": span.step or None,
        "attempt": span.attempt or None,
        "started_at": at_json(span.started_at),
        "ended_at": at_json(span.ended_at),
        "who": span.who or None,
    }


def _gate(gate: OpenedGate) -> dict[str, Any]:
    return {
        "gate": gate.gate,
        "who": gate.who,
        "reason": gate.reason,
        "at": at_json(gate.at),
        "unit": gate.unit or None,
    }


def _note(note: Note) -> dict[str, Any]:
    return {"at": at_json(note.at), "who": note.who, "text": note.text, "unit": note.unit or None}
