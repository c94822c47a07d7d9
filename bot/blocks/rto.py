"""The recovery time objective of a running recovery: which one is nearest, and how much of it is left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.domain.frozen_plan import Mode

if TYPE_CHECKING:
    from bot.domain.recovery_state import RecoveryState

AT_RISK_SHARE = 0.25  # of the objective, left: too little to lose any


@dataclass(frozen=True, slots=True)
class Rto:
    """One objective. `whose` is empty for the plan's own, else " of SYSTEM"; `left` is below zero once missed."""

    whose: str
    limit: timedelta
    ends_at: datetime
    left: timedelta
    met: bool

    @property
    def missed(self) -> bool:
        """Past, with something not verified."""
        return not self.met and self.left < timedelta(0)

    @property
    def at_risk(self) -> bool:
        """Missed, or about to be."""
        return not self.met and self.left < self.limit * AT_RISK_SHARE


def rto_of(state: RecoveryState, now: datetime) -> Rto | None:
    """The most pressing objective of a real recovery; None where the outage has no start or nothing has an RTO."""
    if state.plan.mode is not Mode.REAL or not state.outage_started_at:
        return None
    started = state.outage_started_at
    clocks = [("", state.plan.rto, state.verified_at)]
    clocks += [(f" of {unit.unit.name}", unit.unit.rto, unit.verified_at) for unit in state.critical]
    all_rtos = [_rto(whose, limit, started, verified, now) for whose, limit, verified in clocks if limit]
    return min(all_rtos, key=lambda rto: (rto.met, rto.ends_at), default=None)


def _rto(whose: str, limit: timedelta, started: datetime, verified: datetime | None, now: datetime) -> Rto:
    ends_at = started + limit
    met = verified is not None and verified <= ends_at
    until = verified if verified and not met else now
    return Rto(whose, limit, ends_at, ends_at - until, met)
