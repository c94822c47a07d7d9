"""The modal behind "Use as evidence": to which recovery a message belongs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks import action_ids
from bot.blocks.elements import Block, field, line, modal, pack, rich, text_input
from bot.blocks.select import select

if TYPE_CHECKING:
    from collections.abc import Mapping

QUOTED = 1200  # characters of the message


def evidence_modal(recoveries: Mapping[str, str], quoted: str, place: Mapping[str, str]) -> Block:
    """`recoveries` are ids and names, newest first; `quoted` is the message with who said it and when."""
    menu = select(action_ids.RECOVERY, list(recoveries), list(recoveries)[:1], labels=recoveries)
    entry = text_input(action_ids.WHY, multiline=True, initial=quoted, most=2000)
    return modal(
        "Use as evidence",
        [
            rich(line("It is kept in the recovery as a note, with your name and this moment.")),
            field("Recovery", menu, block_id=action_ids.RECOVERY),
            field("Note", entry, block_id=action_ids.WHY),
        ],
        callback_id=action_ids.EVIDENCE,
        submit="Keep it",
        private_metadata=pack(place),
    )
