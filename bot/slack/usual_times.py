"""How long the systems of a plan usually take: their recovery time capability, where there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.proof_state import rtc

if TYPE_CHECKING:
    from datetime import timedelta

    from bot.domain.recovery_state import RecoveryState
    from bot.operations.desk import Desk


async def usual_times(desk: Desk, state: RecoveryState) -> tuple[tuple[str, timedelta], ...]:
    """System and time, in restore order; those never timed are left out."""
    known = []
    for unit in state.plan.systems:
        length, _ = rtc(await desk.store.proofs.of(unit.name), unit.digest)
        if length is not None:
            known.append((unit.name, length))
    return tuple(known)
