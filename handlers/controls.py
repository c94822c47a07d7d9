"""Steering a running recovery: pause, resume, lead, hand over, abort, and the start of its outage."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bot.blocks import action_ids, progress
from bot.blocks.reason_modal import reason_modal, start_modal
from bot.operations.control_recovery import correct_start, pause, resume, take_lead
from bot.slack.payload import chosen_of, entries_of, metadata_of, value_of
from handlers import look, people
from handlers.asked import OLD, recovery_of
from handlers.once import is_replay
from handlers.place import place_of

if TYPE_CHECKING:
    from bot.slack.call import Call


async def hold(call: Call) -> None:
    """Start no further step."""
    if not await _already(call, paused=True):
        _ = await pause(call.desk, _recovery(call), call.actor)


async def go_on(call: Call) -> None:
    """Start steps again."""
    if not await _already(call, paused=False):
        _ = await resume(call.desk, _recovery(call), call.actor)


async def lead(call: Call) -> None:
    """Lead from now on."""
    _ = await take_lead(call.desk, _recovery(call), call.actor)


async def more(call: Call) -> None:
    """The "more" menu of a recovery."""
    match chosen_of(call.payload):
        case progress.LOOK:
            await look.open_steps(call)
        case progress.HAND_OVER:
            await people.open_form(call)
        case progress.ABORT:
            _ = await call.reply.open(reason_modal("abort", _carried(call)))
        case progress.START:
            await ask_start(call)
        case _:
            raise OLD


async def ask_start(call: Call) -> None:
    """Ask when the outage started."""
    _ = await call.reply.open(start_modal(_carried(call), call.heard_at))


async def give_start(call: Call) -> None:
    """A start was given: correct it."""
    entries = entries_of(call.payload)
    at = datetime.fromtimestamp(int(entries.get(action_ids.SINCE_AT) or 0), UTC)
    recovery = str(metadata_of(call.payload).get("r", ""))
    state = await call.desk.store.recoveries.state(recovery)
    if not (is_replay(call) and state.outage_started_at == at):
        _ = await correct_start(call.desk, recovery, call.actor, at, str(entries.get(action_ids.WHY) or ""))


def _recovery(call: Call) -> str:
    return recovery_of(value_of(call.payload))


def _carried(call: Call) -> dict[str, Any]:
    return {**place_of(call.payload), "r": _recovery(call)}


async def _already(call: Call, *, paused: bool) -> bool:
    """Whether a replay finds it so, or a second click does nothing new."""
    state = await call.desk.store.recoveries.state(_recovery(call))
    return state.paused is paused and is_replay(call)
