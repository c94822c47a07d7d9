"""What a review says of one system: when it was back, with which data, and what that proves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.domain.frozen_plan import Mode
from bot.domain.proof_state import ProofState
from bot.domain.recovery_state import RecoveryState, StepStatus, UnitState, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass(frozen=True, slots=True)
class SystemReview:
    """One system.

    `verdict` is None for a system that never started or has not ended. `rta` and `rpa` belong to real recoveries only:
    from the start of the outage to verified, and from the newest data that came back (`newest_data_at`, exact to
    `rpa_within`) to the start of the outage. `restore_time` runs from the system's own start to verified; one that was
    `still_standing` was checked and not restored, so it has none.
    """

    name: str
    depends_on: tuple[str, ...]
    tier: int
    optional: bool
    critical: bool
    verdict: Verdict | None
    proof: ProofState | None
    started_at: datetime | None = None
    verified_at: datetime | None = None
    restore_time: timedelta | None = None
    rta: timedelta | None = None
    rto: timedelta | None = None
    rpa: timedelta | None = None
    rpo: timedelta | None = None
    newest_data_at: datetime | None = None
    rpa_within: timedelta | None = None
    point: str = ""
    location: str = ""
    target: str = ""
    still_standing: bool = False
    reasons: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()  # what its checks say of the data, a sentence each

    @property
    def rto_missed_by(self) -> timedelta | None:
        """How much later than its RTO it was back; zero when in time, None when it was not verified or has none."""
        return excess(self.rta, self.rto)

    @property
    def rpo_missed_by(self) -> timedelta | None:
        """How much more than its RPO was lost; zero when not, None when the loss is not known or it has none."""
        return excess(self.rpa, self.rpo)


def excess(actual: timedelta | None, objective: timedelta | None) -> timedelta | None:
    """How far an actual is past its objective, never below zero; None when either is not known."""
    return None if actual is None or objective is None else max(timedelta(), actual - objective)


def system_reviews(state: RecoveryState, proofs: Mapping[str, ProofState]) -> tuple[SystemReview, ...]:
    """The systems of a recovery, in restore order."""
    critical = {unit.unit.name for unit in state.critical}
    names = {unit.name for unit in state.plan.systems}
    return tuple(
        _system_review(state, state.units[unit.name], names, critical, proofs.get(unit.name))
        for unit in state.plan.systems
    )


def _system_review(
    state: RecoveryState, system: UnitState, names: set[str], critical: set[str], proof: ProofState | None
) -> SystemReview:
    unit = system.unit
    standing = any(step.probe and system.steps[step.id].status is StepStatus.VERIFIED for step in unit.steps)
    came_back = system.verdict not in {Verdict.FAILED, Verdict.ABORTED}
    newest = newest_data(system) if came_back else None
    outage = state.outage_started_at if state.plan.mode is Mode.REAL else None
    return SystemReview(
        name=unit.name,
        depends_on=tuple(name for name in unit.depends_on if name in names),
        tier=unit.tier,
        optional=unit.optional,
        critical=unit.name in critical,
        verdict=system.verdict,
        proof=proof,
        started_at=system.started_at,
        verified_at=system.verified_at,
        restore_time=None if standing else _between(system.started_at, system.verified_at),
        rta=_between(outage, system.verified_at),
        rto=unit.rto,
        rpa=_between(newest, outage),
        rpo=unit.rpo,
        newest_data_at=newest,
        rpa_within=unit.truth.every if unit.truth and newest else None,
        point=unit.point.id if unit.point else "",
        location=unit.point.location if unit.point else "",
        target=unit.target,
        still_standing=standing,
        reasons=system.reasons,
        findings=tuple(str(comparison["detail"]) for _, comparison in _comparisons(system) if comparison.get("detail")),
    )


def _between(start: datetime | None, end: datetime | None) -> timedelta | None:
    return max(timedelta(), end - start) if start and end else None


def newest_data(system: UnitState) -> datetime | None:
    """The newest data that are there, as the checks found them; of several checks the one that found the oldest."""
    found = [
        datetime.fromisoformat(comparison["found"]["written_at"])
        for status, comparison in _comparisons(system)
        if status in {StepStatus.PASSED, StepStatus.VERIFIED} and comparison.get("found")
    ]
    return min(found, default=None)


def _comparisons(system: UnitState) -> Iterator[tuple[StepStatus, Mapping[str, Any]]]:
    """What its checks found; a probe counts only where it found the system standing."""
    for step in system.unit.steps:
        state = system.steps[step.id]
        if state.comparison and (not step.probe or state.status is StepStatus.VERIFIED):
            yield state.status, state.comparison
