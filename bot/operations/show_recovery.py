"""Recoveries as they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.domain.recovery_state import RecoveryState
    from bot.operations.desk import Desk


async def recovery_state(desk: Desk, recovery: str) -> RecoveryState:
    """One recovery. Raises UnknownName."""
    return await desk.store.recoveries.state(recovery)


async def open_recoveries(desk: Desk) -> list[RecoveryState]:
    """Those that wait for approval or run, newest first."""
    return [await desk.store.recoveries.state(row.id) for row in await desk.store.recoveries.rows(open_only=True)]


async def recent(desk: Desk, limit: int = 10) -> list[RecoveryState]:
    """The newest, open or ended."""
    return [await desk.store.recoveries.state(row.id) for row in await desk.store.recoveries.rows(limit=limit)]
