"""The manager's summary: what a stretch of time showed about recovery, and what is proven today."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain import summary
from bot.domain.errors import BringbackError, RunbookError
from bot.domain.figures import Figures, figures_of
from bot.domain.proof_state import ProofState
from bot.domain.review import build_review
from bot.operations.weigh_evidence import weigh_evidence

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.domain.summary import Summary
    from bot.operations.desk import Desk


async def summarize(desk: Desk, since: datetime, until: datetime, tiers: Sequence[int] | None = None) -> Summary:
    """The recoveries asked for from `since` up to `until`, of all tiers or of these. Raises BringbackError."""
    if since >= until:
        said = f"{since:%Y-%m-%d %H:%M} UTC is not before {until:%Y-%m-%d %H:%M} UTC"
        raise BringbackError(f"A summary runs from an earlier to a later time: {said}.", "Swap the two.")
    rows = await desk.store.recoveries.rows(since=since, until=until)
    recoveries = [await _figures(desk, row.id) for row in rows]
    try:
        evidence = await weigh_evidence(desk)
        declared = list(desk.estate.systems.values())
        broken = sorted(desk.estate.broken_systems.items())
    except RunbookError:
        unknown = ["what is proven (the runbooks have faults)"]
        return summary.summarize(recoveries, since, until, tiers=tiers or (), not_tested=unknown)
    chosen = {system.name for system in declared if not tiers or system.tier in tiers}
    return summary.summarize(
        recoveries,
        since,
        until,
        tiers=tiers or (),
        systems=[
            summary.SystemEvidence(system.name, system.tier, evidence.of(system.name) or ProofState.GUESS)
            for system in declared
        ],
        not_tested=[
            *(copy.words for copy in evidence.untested if copy.system in chosen),
            *(
                f"what is proven of {name} (its runbook has faults)"
                for name, tier in broken
                if not tiers or tier in tiers
            ),
        ],
    )


async def _figures(desk: Desk, recovery: str) -> Figures:
    plan = await desk.store.recoveries.plan(recovery)
    return figures_of(build_review(plan, await desk.store.ledger.events(recovery)))
