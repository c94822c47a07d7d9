"""Reviews, as they were kept when their recovery ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.store.records import ReviewRecord


@dataclass(frozen=True, slots=True)
class KeptReview:
    """One review in both forms."""

    recovery: str
    markdown: str
    html: str
    kept_at: datetime


class Reviews:
    """Keeps reviews."""

    async def save(self, kept: KeptReview) -> None:
        """Keep a review; a later one of the same recovery replaces it (a corrected time makes it new)."""
        defaults = {"markdown": kept.markdown, "html": kept.html, "kept_at": kept.kept_at}
        await ReviewRecord.update_or_create(defaults, recovery=kept.recovery)

    async def get(self, recovery: str) -> KeptReview | None:
        """The review of a recovery; None before it was kept."""
        row = await ReviewRecord.filter(recovery=recovery).first()
        return KeptReview(row.recovery, row.markdown, row.html, row.kept_at) if row else None

    async def kept(self) -> set[str]:
        """Recoveries that have a review."""
        return {str(name) for name in await ReviewRecord.all().values_list("recovery", flat=True)}
