"""The table of verbs: every operation that the terminal may call, here or over the control socket."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.operations.answer_step import add_note, answer_step, take_step
from bot.operations.approve_recovery import approve, reject
from bot.operations.check_freshness import check_freshness
from bot.operations.control_recovery import abort, correct_start, pause, resume, take_lead
from bot.operations.preview_restore import preview_restore
from bot.operations.review_recovery import review
from bot.operations.show_recovery import open_recoveries, recent, recovery_state
from bot.operations.start_recovery import start_recovery
from bot.operations.summarize_recovery import summarize
from bot.operations.sweep_sources import sweep
from bot.operations.verify_ledger import verify_ledger

if TYPE_CHECKING:
    from bot.domain.events import Event
    from bot.operations.desk import Desk


@dataclass(frozen=True, slots=True)
class Names:
    """What the runbooks declare, by name."""

    systems: tuple[str, ...]
    plans: tuple[str, ...]
    runbooks: tuple[str, ...]


async def declared_names(desk: Desk) -> Names:
    """The names of systems, plans and runbooks."""
    estate = desk.estate
    return Names(tuple(sorted(estate.systems)), tuple(sorted(estate.plans)), tuple(sorted(estate.runbooks)))


async def events_after(desk: Desk, recovery: str, after: int = 0) -> list[Event]:
    """The entries of a recovery's stream past `after`."""
    return await desk.store.ledger.events(recovery, after)


OPERATIONS = (
    abort,
    add_note,
    answer_step,
    approve,
    check_freshness,
    correct_start,
    declared_names,
    events_after,
    open_recoveries,
    pause,
    preview_restore,
    recent,
    recovery_state,
    reject,
    resume,
    review,
    start_recovery,
    summarize,
    sweep,
    take_lead,
    take_step,
    verify_ledger,
)
