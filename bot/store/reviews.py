"""Reviews, as they were kept when their recovery ended, and as the estate's stream of the ledger has them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bot.domain.events import ESTATE_STREAM, EstateEventKind, make_event
from bot.domain.make_plan import digest_of
from bot.store.records import ReviewRecord

if TYPE_CHECKING:
    from tortoise.backends.base.client import BaseDBAsyncClient

    from bot.store.ledger import Ledger
    from bot.store.transactions import Transactions


@dataclass(frozen=True, slots=True)
class KeptReview:
    """One review in both forms; it tells everything up to entry `through_seq` of the recovery's stream."""

    recovery: str
    markdown: str
    html: str
    kept_at: datetime
    through_seq: int = 0

    @property
    def digest(self) -> str:
        """What the ledger holds of it: a digest over both forms."""
        return digest_of([self.markdown, self.html])


class Reviews:
    """Keeps reviews with their events."""

    def __init__(self, transactions: Transactions, ledger: Ledger) -> None:
        self._transactions = transactions
        self._ledger = ledger

    async def save(self, kept: KeptReview) -> None:
        """Keep a review and enter its digest in the estate's stream.

        A later one of the same recovery replaces it (a corrected time makes it new); its own entry follows.
        """
        event = make_event(
            ESTATE_STREAM,
            EstateEventKind.REVIEW_KEPT,
            kept.kept_at,
            data={"recovery": kept.recovery, "through_seq": kept.through_seq, "digest": kept.digest},
            extra=f"{kept.recovery}/{kept.kept_at.isoformat()}/{kept.digest}",
        )
        defaults = {
            "markdown": kept.markdown,
            "html": kept.html,
            "kept_at": kept.kept_at,
            "through_seq": kept.through_seq,
        }

        async def work(connection: BaseDBAsyncClient) -> None:
            await self._ledger.append_in(connection, [event])
            await ReviewRecord.update_or_create(defaults, recovery=kept.recovery, using_db=connection)

        await self._transactions.commit(work, "review")
        self._ledger.nudge([event])

    async def get(self, recovery: str) -> KeptReview | None:
        """The review of a recovery; None before it was kept."""
        row = await ReviewRecord.filter(recovery=recovery).first()
        return to_kept(row) if row else None

    async def kept(self) -> dict[str, int]:
        """Recoveries that have a review, with the entry up to which it tells."""
        return {row.recovery: row.through_seq for row in await ReviewRecord.all().only("recovery", "through_seq")}


def to_kept(row: ReviewRecord) -> KeptReview:
    """The review of a row."""
    return KeptReview(row.recovery, row.markdown, row.html, row.kept_at, row.through_seq)
