"""Reviews, as they were kept when their recovery ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.store.records import ReviewRecord


@dataclass(frozen=True, slots=True)
class KeptReview:
    """One review in both forms; it tells everything up to entry `through_seq` of the recovery's stream."""

    recovery: str
    markdown: str
    html: str
    kept_at: datetime
    through_seq: int = 0


class Reviews:
    """Keeps reviews."""

    async def save(self, kept: KeptReview) -> None:
        """Keep a review; a later one of the same recovery replaces it (a corrected time makes it new)."""
        defaults = {
            "markdown": kept.markdown,
            "html": kept.html,
            "kept_at": kept.kept_at,
            "through_seq": kept.through_seq,
        }
        await ReviewRecord.update_or_create(defaults, recovery=kept.recovery)

    async def get(self, recovery: str) -> KeptReview | None:
        """The review of a recovery; None before it was kept."""
        row = await ReviewRecord.filter(recovery=recovery).first()
        return KeptReview(row.recovery, row.markdown, row.html, row.kept_at, row.through_seq) if row else None

    async def kept(self) -> dict[str, int]:
        """Recoveries that have a review, with the entry up to which it tells."""
        return {row.recovery: row.through_seq for row in await ReviewRecord.all().only("recovery", "through_seq")}
