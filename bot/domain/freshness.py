"""How fresh a system's backups are: what its sources said, held against its RPO. Unknown is never green.

fresh    the newest usable copy is within the RPO, and nothing critical was found
late     past the RPO but within its grace, or the newest copy is no good though an older one is within the RPO
stale    beyond that, or no copy could be brought back
unknown  no source answers (lately enough), or there is nothing to measure: `fault` says why, and no old age is shown
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from bot.domain.findings import (
    HELPS_DECLARE,
    HELPS_READ,
    HELPS_RPO,
    HELPS_SWEEP,
    Finding,
    Severity,
    age_of,
    on_age,
    on_copies,
    on_store,
)
from bot.domain.flaws import Rule, judge, moment, span
from bot.domain.policy import Thresholds
from bot.domain.recovery_points import FaultKind, Reading, ReadingFault, RecoveryPoint

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.domain.runbook import Backup, Fault, System

__all__ = [
    "READING_LASTS",
    "Finding",
    "Freshness",
    "FreshnessState",
    "Ignored",
    "Rule",
    "Severity",
    "as_json",
    "assess",
    "point_json",
    "unreadable",
]

READING_LASTS = timedelta(minutes=15)  # three sweeps of five minutes


class FreshnessState(StrEnum):
    """What can be said of a system's backups (see the module)."""

    FRESH = "fresh"
    LATE = "late"
    STALE = "stale"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Ignored:
    """A copy that is not used, and why (half a sentence)."""

    point: RecoveryPoint
    rule: Rule
    reason: str


@dataclass(frozen=True, slots=True)
class Freshness:
    """One system's answer. `effective` is the newest copy nothing bars; age and copy are None when unknown.

    Without an RPO the state is unknown and no age is given, but `effective` is: it is known, only not measurable.
    """

    system: str
    state: FreshnessState
    rpo: timedelta | None
    effective_age: timedelta | None
    effective: RecoveryPoint | None
    findings: tuple[Finding, ...] = ()
    fault: ReadingFault | None = None
    checked_at: datetime | None = None
    ignored: tuple[Ignored, ...] = ()


def assess(
    system: System,
    readings: Iterable[Reading],
    now: datetime,
    thresholds: Thresholds | None = None,
    reading_lasts: timedelta = READING_LASTS,
) -> Freshness:
    """Judge what the sources of `system` said, as of `now`.

    `readings` may hold several of one source (the newest counts) and those of other systems (passed over).
    One older than `reading_lasts`, a few intervals of the sweep, does not speak for now.
    """
    if not system.backups:
        return _undeclared(system)
    limits = thresholds or Thresholds()
    answers, silences = _hear(system, readings, now, reading_lasts)
    if not answers:
        return _silent(system, silences)
    judged = [(reading, judge(reading.points, now, limits)) for reading in answers]
    copies = [copy for _, of_one in judged for copy in of_one]
    effective = _newest([copy.point for copy in copies if copy.usable])
    findings = [
        *on_age(system, effective, now, limits),
        *on_copies(judged, effective, now),
        *(_finding(silence, Severity.WARNING) for silence in silences),
        *on_store(judged),
    ]
    age = age_of(effective, now) if effective and system.rpo is not None else None
    return Freshness(
        system=system.name,
        state=_state(system.rpo, age, findings, limits),
        rpo=system.rpo,
        effective_age=age,
        effective=effective,
        findings=tuple(findings),
        fault=_no_rpo(system),
        checked_at=min(reading.checked_at for reading in answers),
        ignored=tuple(
            Ignored(copy.point, copy.flaw.rule, copy.flaw.reason) for copy in copies if copy.flaw and copy.flaw.bars
        ),
    )


def unreadable(system: str, faults: Sequence[Fault]) -> Freshness:
    """The answer for a system whose runbook has faults: the first of them is the cause."""
    first, more = faults[0], len(faults) - 1
    others = f" ({more} more: `bringback check` lists them)" if more else ""
    detail = f"{system} cannot be read: {first.file}:{first.line}: {first.message}{others}"
    return Freshness(
        system=system,
        state=FreshnessState.UNKNOWN,
        rpo=None,
        effective_age=None,
        effective=None,
        fault=ReadingFault(FaultKind.UNKNOWN, detail, first.helps),
    )


def as_json(freshness: Freshness) -> dict[str, Any]:
    """The answer as `bringback freshness --json` gives it: times in ISO 8601, lengths in seconds, null when unknown."""
    return {
        "system": freshness.system,
        "state": freshness.state.value,
        "rpo_seconds": _seconds(freshness.rpo),
        "effective_age_seconds": _seconds(freshness.effective_age),
        "effective": point_json(freshness.effective) if freshness.effective else None,
        "findings": [
            {"rule": found.rule.value, "severity": found.severity.value, "detail": found.detail, "helps": found.helps}
            for found in freshness.findings
        ],
        "fault": freshness.fault.detail if freshness.fault else None,
        "checked_at": _iso(freshness.checked_at),
    }


def point_json(point: RecoveryPoint) -> dict[str, Any]:
    """A recovery point: times in ISO 8601, sizes in bytes, null where the source does not say."""
    return {
        "id": point.id,
        "source": point.source,
        "location": point.location,
        "restorable_through": _iso(point.restorable_through),
        "taken_at": _iso(point.taken_at),
        "finished_at": _iso(point.finished_at),
        "log_through": _iso(point.log_through),
        "size_bytes": point.size_bytes,
        "files": point.files,
        "gap": point.gap or None,
    }


def _seconds(length: timedelta | None) -> float | None:
    return None if length is None else length.total_seconds()


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


@dataclass(frozen=True, slots=True)
class _Silence:
    """Why a source does not speak for now, and when it was last asked."""

    rule: Rule
    fault: ReadingFault
    checked_at: datetime | None


def _hear(
    system: System, readings: Iterable[Reading], now: datetime, lasts: timedelta
) -> tuple[list[Reading], list[_Silence]]:
    newest: dict[int, Reading] = {}
    for reading in sorted(readings, key=lambda reading: reading.checked_at):
        if reading.system == system.name:
            newest[reading.backup] = reading
    answers: list[Reading] = []
    silences: list[_Silence] = []
    for index, backup in enumerate(system.backups):
        heard = _listen(backup, newest.get(index), now, lasts)
        if isinstance(heard, Reading):
            answers.append(heard)
        else:
            silences.append(heard)
    return answers, silences


def _listen(backup: Backup, reading: Reading | None, now: datetime, lasts: timedelta) -> Reading | _Silence:
    place = f"{backup.tool} {backup.location}".strip()
    if reading is None:
        never = ReadingFault(FaultKind.UNKNOWN, f"{place} has not been read yet.", HELPS_SWEEP)
        return _Silence(Rule.SOURCE_UNREADABLE, never, None)
    if abs(now - reading.checked_at) > lasts:
        said = f"{place} was last read at {moment(reading.checked_at, now)}, not within {span(lasts)} of now."
        old = ReadingFault(FaultKind.UNKNOWN, said, HELPS_SWEEP)
        return _Silence(Rule.READING_OLD, old, reading.checked_at)
    if reading.fault:
        return _Silence(Rule.SOURCE_UNREADABLE, reading.fault, reading.checked_at)
    return reading


def _finding(silence: _Silence, severity: Severity) -> Finding:
    return Finding(silence.rule, severity, silence.fault.detail, silence.fault.helps or HELPS_READ)


def _undeclared(system: System) -> Freshness:
    detail = f"{system.name} declares no backup."
    return Freshness(
        system=system.name,
        state=FreshnessState.UNKNOWN,
        rpo=system.rpo,
        effective_age=None,
        effective=None,
        findings=(Finding(Rule.NO_BACKUP_DECLARED, Severity.CRITICAL, detail, HELPS_DECLARE),),
        fault=ReadingFault(FaultKind.UNKNOWN, detail, HELPS_DECLARE),
    )


def _silent(system: System, silences: Sequence[_Silence]) -> Freshness:
    """No source speaks for now: the first one's reason is the cause, and the last attempt the time."""
    return Freshness(
        system=system.name,
        state=FreshnessState.UNKNOWN,
        rpo=system.rpo,
        effective_age=None,
        effective=None,
        findings=tuple(_finding(silence, Severity.CRITICAL) for silence in silences),
        fault=silences[0].fault,
        checked_at=max((silence.checked_at for silence in silences if silence.checked_at), default=None),
    )


def _no_rpo(system: System) -> ReadingFault | None:
    if system.rpo is None:
        return ReadingFault(FaultKind.UNKNOWN, f"{system.name} declares no RPO.", HELPS_RPO)
    return None


def _state(
    rpo: timedelta | None, age: timedelta | None, findings: Sequence[Finding], limits: Thresholds
) -> FreshnessState:
    if rpo is None:
        return FreshnessState.UNKNOWN
    if age is None or age > rpo * limits.stale:
        return FreshnessState.STALE
    if age > rpo * limits.late or any(found.severity is Severity.CRITICAL for found in findings):
        return FreshnessState.LATE
    return FreshnessState.FRESH


def _newest(points: Sequence[RecoveryPoint]) -> RecoveryPoint | None:
    return max(points, key=lambda point: (point.restorable_through, point.taken_at, point.id), default=None)
