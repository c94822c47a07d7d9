"""Work that is done again after a restart must not act again: what a first attempt may have done is looked up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.errors import AlreadyDone

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from bot.domain.recovery_state import RecoveryState
    from bot.operations.preview_restore import RestoreRequest
    from bot.slack.call import Call


def is_replay(call: Call) -> bool:
    """Whether an earlier attempt ended with its process, so that nobody knows how far it came."""
    return call.attempts > 1


async def unless_done(call: Call, act: Callable[[], Awaitable[RecoveryState]], since: datetime | None = None) -> None:
    """Act; on a replay, finding that this same person did it `since` then is success: since the delivery came."""
    try:
        _ = await act()
    except AlreadyDone as done:
        if not (is_replay(call) and done.by == call.actor.name and done.at >= (since or call.heard_at)):
            raise


async def started_before(call: Call, request: RestoreRequest) -> RecoveryState | None:
    """On a replay, the recovery that the earlier attempt had already asked for."""
    if not is_replay(call):
        return None
    recoveries = call.desk.store.recoveries
    for row in await recoveries.rows(since=call.heard_at):
        state = await recoveries.state(row.id)
        named = state.plan.name == (request.name or request.runbook or ", ".join(request.systems))
        if named and row.mode is request.mode and state.requested_by == call.actor.id:
            return state
    return None


async def noted_before(call: Call, recovery: str, text: str) -> bool:
    """On a replay, whether the earlier attempt had already kept this note."""
    if not is_replay(call):
        return False
    state = await call.desk.store.recoveries.state(recovery)
    return any(at >= call.heard_at and said == text.strip() for at, _, said in state.notes)
