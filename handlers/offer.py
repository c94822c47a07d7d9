"""What the second view of a restore shows, gathered from a preview."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks.approval import Asking
from bot.blocks.restore_modal import Offer
from bot.domain.proof_state import ProofState
from handlers.inputs import other_problems, pages_of

if TYPE_CHECKING:
    from bot.domain.recovery_points import RecoveryPoint
    from bot.operations.desk import Desk
    from bot.operations.preview_restore import Preview


async def offer_of(desk: Desk, preview: Preview) -> Offer:
    """The preview with each system's usable points."""
    unproven = tuple(name for name, state in preview.proof_states.items() if state is not ProofState.PROVEN)
    usual = tuple((name, length) for name, length in preview.usual.items() if length is not None)
    points = [(unit.name, await usable_points(desk, preview, unit.name)) for unit in preview.plan.systems]
    return Offer(
        plan=preview.plan,
        asking=Asking(approvers=(), expires_at=None, guesses=unproven, usual=usual),
        points=tuple(points),
        problems=other_problems(preview),
        needs_approval=preview.needs_approval,
        now=desk.clock.now(),
        inputs=next(iter(pages_of(preview)), ()),
    )


async def usable_points(desk: Desk, preview: Preview, system: str) -> tuple[RecoveryPoint, ...]:
    """Its recovery points that nothing bars, newest first."""
    fresh = preview.freshness.get(system)
    barred = {ignored.point.id for ignored in fresh.ignored} if fresh else set()
    readings = await desk.store.readings.of(system)
    points = [point for reading in readings for point in reading.points if point.id not in barred]
    return tuple(sorted(points, key=lambda point: (point.restorable_through, point.taken_at), reverse=True))
