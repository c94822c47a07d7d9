"""The modal that keeps words and files with a recovery."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.blocks import action_ids
from bot.blocks.elements import Block, field, line, modal, pack, rich, text_input, words

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_FILES = 5
MOST_MEGABYTES = 20


def note_modal(reference: Mapping[str, Any]) -> Block:
    """`reference` names the recovery, and the step that it is about, if it is about one."""
    about = f"{reference.get('r', '')} {reference.get('u', '')}  {reference.get('t', '')}".strip() or "-"
    files = {"type": "file_input", "action_id": action_ids.FILES, "max_files": MOST_FILES}
    limits = f"At most {MOST_FILES}, {MOST_MEGABYTES} MB each. The ledger keeps their digests."
    return modal(
        "Note or file",
        [
            rich(line(words(about, bold=True))),
            field(
                "What should be remembered?",
                text_input(action_ids.WHY, multiline=True, most=2000),
                block_id=action_ids.WHY,
                hint="It is kept with its time and your name.",
                optional=True,
            ),
            field("Files", files, block_id=action_ids.FILES, hint=limits, optional=True),
        ],
        callback_id=action_ids.NOTE_OR_FILE,
        submit="Keep it",
        private_metadata=pack(reference),
    )
