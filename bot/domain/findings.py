"""What there is to know about a system's backups, beyond a copy's age: findings, each with what helps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.domain.flaws import IDLE_COPIES, Judged, Rule, idle, moment, span

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from bot.domain.policy import Thresholds
    from bot.domain.recovery_points import Reading, RecoveryPoint
    from bot.domain.runbook import System

COPIES_LEAST = 3
LOCATIONS_LEAST = 2

HELPS_DECLARE = "Add `backups:` to the front matter of its runbook; `bringback init` drafts it from the tools it finds."
HELPS_READ = "Run the tool's own listing by hand on that machine to see more."
HELPS_RPO = "Add `rpo:` to the front matter of its runbook, such as `rpo: 15m`."
HELPS_SWEEP = "Ask again; if that does not help, see whether `bringback serve` runs."
_HELPS = {
    Rule.EMPTY: "Look at what the backup job reads: its source may be gone or unmounted. Keep the older copies.",
    Rule.SIZE_DROP: "Compare it with the one before. If the data was meant to shrink, older copies will age out.",
    Rule.FUTURE_TIMESTAMP: "Set the clock of the backup machine: retention may keep this copy and drop good ones.",
    Rule.INCOMPLETE: "A backup may be running. If none is, read the backup job's log and run it again.",
    Rule.WAL_GAP: "Take a new base backup now: copies before the gap can only be brought back up to it.",
}


class Severity(StrEnum):
    """How much a finding weighs."""

    WARNING = "warning"  # worth mending; the state stands
    CRITICAL = "critical"  # never fresh with it


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to know about a system's backups: one sentence, and one on what helps."""

    rule: Rule
    severity: Severity
    detail: str
    helps: str


def age_of(point: RecoveryPoint, now: datetime) -> timedelta:
    """Now less what it can bring back; never below zero, for another machine's clock may be a little ahead of ours."""
    return max(now - point.restorable_through, timedelta(0))


def on_age(system: System, effective: RecoveryPoint | None, now: datetime, limits: Thresholds) -> Iterator[Finding]:
    """Its age against the RPO."""
    if system.rpo is None:
        yield Finding(Rule.NO_RPO_DECLARED, Severity.CRITICAL, f"{system.name} declares no RPO.", HELPS_RPO)
        return
    if effective is None:
        detail = f"No copy of {system.name} could be brought back."
        yield Finding(Rule.RPO_MISSED, Severity.CRITICAL, detail, "Run its backup now, and read the backup job's log.")
        return
    age = age_of(effective, now)
    if age > system.rpo * limits.late:
        severity = Severity.CRITICAL if age > system.rpo * limits.stale else Severity.WARNING
        detail = (
            f"{system.name} could be brought back to {moment(effective.restorable_through, now)}: "
            f"{span(age)} would be lost, the RPO is {span(system.rpo)}."
        )
        yield Finding(Rule.RPO_MISSED, severity, detail, "See whether its backup job still runs, and run it now.")


def on_copies(
    sources: Iterable[tuple[Reading, Sequence[Judged]]], effective: RecoveryPoint | None, now: datetime
) -> Iterator[Finding]:
    """What is wrong with single copies: one finding a source and rule, about the newest copy it befell.

    It is critical unless a good copy came after it. A future timestamp always is: such a copy counts as the newest
    for every tool that keeps "the last N". An incomplete one never is: it may be in the making.
    """
    for reading, judged in sources:
        place = _place(reading)
        worst: dict[tuple[Rule, bool], list[Judged]] = {}
        for copy in judged:
            if copy.flaw and (copy.flaw.bars or copy is judged[-1]):
                worst.setdefault((copy.flaw.rule, copy.flaw.bars), []).append(copy)
        for copies in worst.values():
            yield _on_flaw(place, copies, effective, now)
        gaps = [copy.point for copy in judged if copy.point.gap and (copy.usable or not copy.point.complete)]
        if gaps:
            yield _on_gap(place, gaps, effective, now)
        if idle(judged):
            detail = f"The last {IDLE_COPIES} copies of {place} brought nothing new."
            yield Finding(Rule.ZERO_NEW_DATA, Severity.WARNING, detail, "See whether it still reads the living data.")


def on_store(sources: Collection[tuple[Reading, Sequence[Judged]]]) -> Iterator[Finding]:
    """How the usable copies are kept: how many, and in how many places. Silent where there is none at all."""
    usable = [(reading.location, copy) for reading, judged in sources for copy in judged if copy.usable]
    if not usable:
        return
    if len(usable) < COPIES_LEAST:
        detail = f"There are {len(usable)} usable copies; one more bad one leaves next to nothing."
        if len(usable) == 1:
            detail = "There is one usable copy, and nothing behind it."
        yield Finding(Rule.FEW_COPIES, Severity.WARNING, detail, f"Keep at least {COPIES_LEAST}: see the retention.")
    places = {location for location, _ in usable}
    if len(places) < LOCATIONS_LEAST:
        named = f" ({next(iter(places))})" if any(places) else ""
        detail = f"Every usable copy is in one location{named}: one disaster takes them all."
        yield Finding(
            Rule.SINGLE_LOCATION, Severity.WARNING, detail, "Add a backup elsewhere, with its own `location:`."
        )


def _place(reading: Reading) -> str:
    return f"{reading.tool} {reading.location}".strip()


def _on_flaw(place: str, copies: Sequence[Judged], effective: RecoveryPoint | None, now: datetime) -> Finding:
    newest = copies[-1]
    flaw, point = newest.flaw, newest.point
    assert flaw is not None
    followed = effective is not None and effective.restorable_through > point.restorable_through
    mild = flaw.rule is Rule.INCOMPLETE or not flaw.bars or (followed and flaw.rule is not Rule.FUTURE_TIMESTAMP)
    others = f" So are {len(copies) - 1} before it." if len(copies) > 1 else ""
    detail = f"The copy of {moment(point.taken_at, now)} in {place} is {flaw.reason}.{others}"
    return Finding(flaw.rule, Severity.WARNING if mild else Severity.CRITICAL, detail, _HELPS[flaw.rule])


def _on_gap(place: str, gaps: Sequence[RecoveryPoint], effective: RecoveryPoint | None, now: datetime) -> Finding:
    """Mild once a copy without a gap reaches as far as the log behind the gap."""
    newest = gaps[-1]
    claimed = newest.log_through or newest.restorable_through
    bridged = effective is not None and not effective.gap and effective.restorable_through >= claimed
    severity = Severity.WARNING if bridged else Severity.CRITICAL
    detail = (
        f"The log in {place} misses {newest.gap}: the copy of {moment(newest.taken_at, now)} comes back to "
        f"{moment(newest.restorable_through, now)}, though its log goes on to {moment(claimed, now)}."
    )
    return Finding(Rule.WAL_GAP, severity, detail, _HELPS[Rule.WAL_GAP])
