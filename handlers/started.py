"""What a person reads once a recovery was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks.elements import Block, notice
from bot.domain.recovery_state import RecoveryState, RecoveryStatus

if TYPE_CHECKING:
    from bot.operations.desk import Desk


def started_notice(desk: Desk, state: RecoveryState) -> Block:
    """Which recovery it is, and what it waits for."""
    plan = state.plan
    name = f"{plan.recovery} {plan.mode.value.upper()} {plan.name}"
    if state.status is RecoveryStatus.WAITING_FOR_APPROVAL:
        names = ", ".join(
            person.display for person in desk.policy.members("approver") if person.id != state.requested_by
        )
        return notice("Asked for", f"{name} waits for a second person: {names or 'nobody may approve it'}.")
    return notice("Started", f"{name} has started. Its progress and its steps are in the channel.")
