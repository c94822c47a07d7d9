"""The table of verbs: every operation that the terminal may call, here or over the control socket."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.errors import BringbackError
from bot.operations.answer_step import add_note, answer_step, take_step
from bot.operations.approve_recovery import approve, reject
from bot.operations.assign_step import assign_step
from bot.operations.attach_file import attach_file, attachment
from bot.operations.check_freshness import check_freshness
from bot.operations.control_recovery import abort, correct_start, hand_over, pause, resume, take_lead
from bot.operations.cosmetic_review import record_cosmetic_review
from bot.operations.preview_restore import preview_restore
from bot.operations.previous_times import previous_times
from bot.operations.review_recovery import review
from bot.operations.show_recovery import open_recoveries, recent, recovery_state
from bot.operations.sign_in import sign_in
from bot.operations.start_recovery import start_recovery
from bot.operations.summarize_recovery import summarize
from bot.operations.sweep_sources import sweep
from bot.operations.verify_ledger import verify_ledger

if TYPE_CHECKING:
    from bot.domain.events import Actor, Event
    from bot.domain.recovery_state import RecoveryState
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


@dataclass(frozen=True, slots=True)
class LastTime:
    """How long a step of a unit took the last time."""

    unit: str
    step: str
    took: timedelta


async def last_times(desk: Desk, recovery: str) -> list[LastTime]:
    """Of each step of a recovery that was done before: how long it took then."""
    found = await previous_times(desk, await desk.store.recoveries.plan(recovery))
    return [LastTime(unit, step, took) for (unit, step), took in found.items()]


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """An attached file: its name and its bytes."""

    name: str
    data: str  # base64


async def attached_file(desk: Desk, recovery: str, digest: str) -> AttachedFile:
    """A file that was attached to a recovery. Raises UnknownName, and BringbackError where it is not readable."""
    name, data = await attachment(desk, recovery, digest)
    return AttachedFile(name, base64.b64encode(data).decode())


async def attach_text(
    desk: Desk, recovery: str, actor: Actor, name: str, data: str, unit: str = "", step: str = ""
) -> RecoveryState:
    """Attach a file whose bytes come as base64. Raises what `attach_file` raises, and BringbackError for no base64."""
    try:
        content = base64.b64decode(data, validate=True)
    except ValueError as unreadable:
        raise BringbackError(f"{name} did not arrive whole.", "Attach it once more.") from unreadable
    return await attach_file(desk, recovery, actor, name, content, unit=unit, step=step)


OPERATIONS = (
    abort,
    add_note,
    answer_step,
    approve,
    assign_step,
    attach_text,
    attached_file,
    check_freshness,
    correct_start,
    declared_names,
    events_after,
    hand_over,
    last_times,
    open_recoveries,
    pause,
    preview_restore,
    recent,
    record_cosmetic_review,
    recovery_state,
    reject,
    resume,
    review,
    sign_in,
    start_recovery,
    summarize,
    sweep,
    take_lead,
    take_step,
    verify_ledger,
)
