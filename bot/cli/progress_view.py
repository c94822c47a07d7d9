"""Where a recovery stands: one headline, one line a system."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from bot.cli.safe_text import joined, one_line
from bot.cli.screen import STYLES, make_table
from bot.cli.times import length
from bot.domain.frozen_plan import Mode
from bot.domain.outline import label
from bot.domain.recovery_state import Outcome, RecoveryState, RecoveryStatus, StepStatus, UnitState, Verdict

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from rich.table import Table

    from bot.cli.times import Times

_HEADS = ("SYSTEM", "STATE", "STEP", "SINCE", "")


def headline(state: RecoveryState, now: datetime) -> str:
    """“R-142 REAL full-site: 2 of 4 verified, outage 24 min, RTO 30 min”."""
    plan = state.plan
    parts = [_standing(state)]
    systems = [state.units[unit.name] for unit in plan.systems]
    if systems:
        verified = sum(unit.verified_at is not None for unit in systems)
        parts.append(f"{verified} of {len(systems)} verified")
    parts += _clock(state, now)
    return f"{plan.recovery} {plan.mode.upper()} {plan.name}: {', '.join(parts)}"


def _standing(state: RecoveryState) -> str:
    if state.outcome:
        return state.outcome.upper()
    if state.status is RecoveryStatus.RUNNING:
        return "ABORTING" if state.abort_requested else "PAUSED" if state.paused else "running"
    return state.status.replace("_", " ").upper()


def _clock(state: RecoveryState, now: datetime) -> list[str]:
    if state.plan.mode is not Mode.REAL or state.outage_started_at is None or not state.plan.systems:
        return []
    rto = [f"RTO {length(state.plan.rto)}"] if state.plan.rto else []
    if state.rta is not None:
        return [f"RTA {length(state.rta)}", *rto]
    if state.ended_at is None:
        return [f"outage {length(now - state.outage_started_at)}", *rto]
    # Nobody measures what comes after the end, so no figure is shown as if the outage had lasted only that long.
    checked = state.outcome in {Outcome.PARTIAL, Outcome.UNVERIFIED, Outcome.RECOVERED}
    then = f"{length(state.ended_at - state.outage_started_at)} when it ended"
    return [f"{'end of the outage not verified' if checked else 'outage goes on'} ({then})", *rto]


def progress_table(state: RecoveryState, times: Times) -> Table:
    """One line a system, in restore order."""
    held = state.held
    return make_table(_HEADS, [_row(state, unit, held, times) for unit in state.units.values()])


def _row(state: RecoveryState, unit: UnitState, held: dict[str, list[str]], times: Times) -> tuple[str | Text, ...]:
    word, style, since = _unit_word(state, unit, held)
    step = unit.current if unit.started_at else None
    place = one_line(f"{label(unit.unit, step)}: {step.title}") if step else ""
    return unit.unit.name, Text(word, style), place, times.clock(since), joined(unit.reasons)


def _unit_word(state: RecoveryState, unit: UnitState, held: dict[str, list[str]]) -> tuple[str, str, datetime | None]:
    if unit.ended_at:
        verdict = unit.verdict or Verdict.FAILED
        return verdict.upper(), STYLES.get(verdict, ""), unit.ended_at
    if unit.unit.name in held:
        return f"HELD by {', '.join(held[unit.unit.name])}", "bold red", None
    if not unit.started_at:
        waits = [name for name in unit.unit.depends_on if not state.units[name].released]
        return f"after {', '.join(waits)}" if waits else "next", "dim", None
    current = unit.current
    if current is None:
        return "ending", "", unit.started_at
    step = unit.steps[current.id]
    if step.status is StepStatus.WAITING:
        return f"NEEDS {one_line(step.assigned_to_name or current.by) or 'A PERSON'}", "bold cyan", step.asked_at
    return step.status.value, STYLES.get(step.status, ""), step.started_at or unit.started_at


def state_json(state: RecoveryState) -> dict[str, Any]:
    """Where a recovery stands, for programs: times in ISO 8601, lengths in seconds, null when not known."""
    plan = state.plan
    return {
        "recovery": plan.recovery,
        "name": plan.name,
        "mode": plan.mode.value,
        "status": state.status.value,
        "outcome": state.outcome.value if state.outcome else None,
        "requested_by": state.requested_by_name or state.requested_by,
        "requested_at": _iso(state.requested_at),
        "started_at": _iso(state.started_at),
        "ended_at": _iso(state.ended_at),
        "outage_started_at": _iso(state.outage_started_at),
        "verified_at": _iso(state.verified_at),
        "rta_seconds": _seconds(state.rta),
        "rto_seconds": _seconds(plan.rto),
        "paused": state.paused,
        "lead": state.lead_name or state.lead,
        "attachments": [
            {"at": _iso(one.at), "who": one.who, "name": one.name, "size": one.size, "sha256": one.digest}
            for one in state.attachments
        ],
        "plan_digest": plan.digest,
        "systems": [_unit_json(unit, state.held.get(name, [])) for name, unit in state.units.items()],
    }


def _unit_json(unit: UnitState, held_by: list[str]) -> dict[str, Any]:
    return {
        "system": unit.unit.name,
        "kind": unit.unit.kind.value,
        "depends_on": list(unit.unit.depends_on),
        "started_at": _iso(unit.started_at),
        "verified_at": _iso(unit.verified_at),
        "ended_at": _iso(unit.ended_at),
        "verdict": unit.verdict.value if unit.verdict else None,
        "reasons": list(unit.reasons),
        "held_by": held_by,
        "steps": [_step_json(unit, step.id) for step in unit.unit.steps],
    }


def _step_json(unit: UnitState, step_id: str) -> dict[str, Any]:
    planned, step = unit.unit.step(step_id), unit.steps[step_id]
    return {
        "step": step_id,
        "place": label(unit.unit, planned),
        "title": planned.title,
        "kind": planned.kind.value,
        "status": step.status.value,
        "attempt": step.attempt,
        "question": step.question.value if step.question else None,
        "started_at": _iso(step.started_at),
        "ended_at": _iso(step.ended_at),
        "assigned_to": step.assigned_to_name or None,
        "taken_by": step.taken_by or None,
        "answered_by": step.answered_by or None,
        "reason": step.reason or None,
        "detail": step.detail or None,
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _seconds(span: timedelta | None) -> float | None:
    return None if span is None else span.total_seconds()
