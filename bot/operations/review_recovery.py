"""The review of a recovery: read from the ledger whenever it is asked for, and kept when the recovery ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from bot.domain.errors import RunbookError
from bot.domain.events import ESTATE_STREAM
from bot.domain.recovery_state import RecoveryStatus
from bot.domain.review import build_review
from bot.operations.weigh_evidence import Evidence, weigh_evidence
from bot.store.reviews import KeptReview

if TYPE_CHECKING:
    from bot.domain.review import Review
    from bot.operations.desk import Desk


class ReviewRenderer(Protocol):
    """Turns a review into what people read."""

    def markdown(self, review: Review) -> str:
        """The review as markdown."""
        ...

    def html(self, review: Review) -> str:
        """The review as one HTML page."""
        ...


async def review(desk: Desk, recovery: str) -> Review:
    """The review of a recovery as it stands; of one that still runs, so far. Raises UnknownName."""
    plan = await desk.store.recoveries.plan(recovery)
    events = await desk.store.ledger.events(recovery)
    head = await desk.store.ledger.head(ESTATE_STREAM)
    systems = {unit.name: unit.point for unit in plan.systems}
    evidence = await _evidence(desk)
    proofs = {name: evidence.of(name, point.source if point else None) for name, point in systems.items()}
    known = {name: proof for name, proof in proofs.items() if proof}
    untested = [copy.words for copy in evidence.untested if copy.system in systems]
    carried = {name: one for name, one in evidence.carried.items() if name in systems}
    return build_review(plan, events, str(head), known, untested, carried)


async def _evidence(desk: Desk) -> Evidence:
    # What happened can be told whatever has become of the runbooks since.
    try:
        return await weigh_evidence(desk)
    except RunbookError:
        return Evidence()


async def keep_review(desk: Desk, recovery: str, renderer: ReviewRenderer) -> Review:
    """Write the review down as it stands; a later one (a corrected time) replaces it. Raises UnknownName."""
    through = (await desk.store.recoveries.row(recovery)).head_seq
    found = await review(desk, recovery)
    await desk.store.reviews.save(
        KeptReview(
            recovery=recovery,
            through_seq=through,
            markdown=renderer.markdown(found),
            html=renderer.html(found),
            kept_at=desk.clock.now(),
        )
    )
    return found


async def keep_reviews(desk: Desk, renderer: ReviewRenderer) -> list[Review]:
    """Write down the reviews of recoveries that ended and have none, or an older one than their last event.

    Those that were written are given back, oldest first.
    """
    kept = await desk.store.reviews.kept()
    rows = await desk.store.recoveries.rows()
    due = [row.id for row in reversed(rows) if row.status is RecoveryStatus.ENDED and kept.get(row.id) != row.head_seq]
    return [await keep_review(desk, recovery, renderer) for recovery in due]
