"""Words and files that are kept with a recovery."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from bot.blocks import action_ids
from bot.blocks.note_modal import note_modal
from bot.domain.errors import BringbackError
from bot.operations.answer_step import add_note
from bot.operations.attach_file import MOST_BYTES, attach_file, refuse_large
from bot.slack.payload import entries_of, metadata_of, value_of
from handlers.asked import recovery_of
from handlers.once import is_replay, noted_before
from handlers.place import place_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.slack.call import Call
    from bot.slack.payload import Payload


async def open_form(call: Call) -> None:
    """Ask what should be kept."""
    value = value_of(call.payload)
    _ = recovery_of(value)
    _ = await call.reply.open(note_modal({**place_of(call.payload), **value}))


def acknowledge(payload: Payload) -> Mapping[str, Any] | None:
    """Say beside the field when there is nothing to keep."""
    entries = entries_of(payload)
    if str(entries.get(action_ids.WHY) or "").strip() or entries.get(action_ids.FILES):
        return None
    return {"response_action": "errors", "errors": {action_ids.WHY: "Write something, or choose a file below."}}


async def keep(call: Call) -> None:
    """Keep the words, then each file. A file that cannot be kept does not hinder the others."""
    carried, entries = metadata_of(call.payload), entries_of(call.payload)
    recovery, unit, step = recovery_of(carried), str(carried.get("u", "")), str(carried.get("s", ""))
    words = str(entries.get(action_ids.WHY) or "")
    if words.strip() and not await noted_before(call, recovery, words):
        _ = await add_note(call.desk, recovery, call.actor, words, unit, step)
    faults = []
    for file in entries.get(action_ids.FILES) or []:
        try:
            await _attach(call, recovery, file, unit, step)
        except BringbackError as fault:
            faults.append(str(fault))
    if faults:
        raise BringbackError(" ".join(faults))


async def _attach(call: Call, recovery: str, file: Mapping[str, Any], unit: str, step: str) -> None:
    name = str(file.get("name") or file.get("title") or "unnamed")
    refuse_large(name, int(file.get("size") or 0))
    data = await call.reply.download(file, MOST_BYTES)
    if not await _attached_before(call, recovery, data):
        _ = await attach_file(call.desk, recovery, call.actor, name, data, unit=unit, step=step)


async def _attached_before(call: Call, recovery: str, data: bytes) -> bool:
    """On a replay, whether the earlier attempt had already kept this file."""
    if not is_replay(call):
        return False
    digest = hashlib.sha256(data).hexdigest()
    state = await call.desk.store.recoveries.state(recovery)
    return any(one.digest == digest and one.at >= call.heard_at for one in state.attachments)
