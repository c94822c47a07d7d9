"""The message shortcut "Use as evidence": a message becomes a note of a recovery."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.blocks import action_ids
from bot.blocks.elements import notice
from bot.blocks.evidence_modal import QUOTED, evidence_modal
from bot.blocks.restore_modal import working_modal
from bot.blocks.text import cut, one_line
from bot.operations.answer_step import add_note
from bot.operations.show_recovery import recent
from bot.slack.payload import entries_of, metadata_of
from handlers.once import noted_before
from handlers.place import place_of

if TYPE_CHECKING:
    from bot.slack.call import Call
    from bot.slack.payload import Payload


async def open_form(call: Call) -> None:
    """Ask which recovery it belongs to: open ones first, then those that ended last."""
    view_id = await call.reply.open(working_modal("Reading the recoveries…"))
    known = await recent(call.desk)
    if not known:
        await call.reply.show(view_id, notice("Use as evidence", "There is no recovery yet."))
        return
    ordered = sorted(known, key=lambda state: state.ended_at is not None)
    names = {
        state.plan.recovery: f"{state.plan.recovery} {state.plan.mode.value} {state.plan.name}" for state in ordered
    }
    place = {**place_of(call.payload), "q": str(call.payload.get("message_ts", ""))}
    await call.reply.show(view_id, evidence_modal(names, quoted(call.payload), place))


async def keep(call: Call) -> None:
    """Keep it as a note."""
    entries = entries_of(call.payload)
    recovery, text = str(entries.get(action_ids.RECOVERY) or ""), str(entries.get(action_ids.WHY) or "")
    if not await noted_before(call, recovery, text):
        _ = await add_note(call.desk, recovery, call.actor, text)
    place = metadata_of(call.payload)
    if place.get("c") and place.get("q"):
        await call.reply.mark(str(place["c"]), str(place["q"]))


def quoted(payload: Payload) -> str:
    """The message in quotes, with who said it and when."""
    message = payload.get("message") or {}
    who = str(message.get("user") or message.get("username") or message.get("bot_id") or "somebody")
    said = cut(one_line(str(message.get("text", ""))), QUOTED)
    return f"“{said}” ({who}, {_when(str(message.get('ts', '')))})"


def _when(ts: str) -> str:
    try:
        return f"{datetime.fromtimestamp(float(ts), UTC):%Y-%m-%d %H:%M:%S} UTC"
    except (ValueError, OverflowError, OSError):
        return "at an unknown time"
