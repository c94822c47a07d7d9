"""Modals that ask for words: why a step is skipped or failed, why something is stopped, or what somebody noticed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.blocks import action_ids
from bot.blocks.elements import Block, field, line, modal, option, pack, rich, text_input, words
from bot.domain.runbook import StepKind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """How one of these modals speaks."""

    title: str
    label: str
    submit: str
    hint: str = "It will stand in the review."


ASKED: Mapping[str, Asked] = {
    "skip": Asked("Skip this step", "Why is it skipped?", "Skip"),
    "fail": Asked("This step failed", "What happened?", "It failed"),
    "give_up": Asked("Stop here", "Why does this system stop here?", "Stop here"),
    "note": Asked("Note", "What should be remembered?", "Note", "It is kept with its time."),
    "abort": Asked("Abort the recovery", "Why is it aborted?", "Abort"),
    "reject": Asked("Reject the restore", "Why not?", "Reject"),
}
"""What can be asked for, by the verb that the modal carries."""

RELEASE_TEXT = "Start what depends on it all the same, unverified"


def reason_modal(verb: str, reference: Mapping[str, Any]) -> Block:
    """The modal for one verb. `reference` comes back with the submission, as `private_metadata`."""
    asked = ASKED[verb]
    about = " ".join(str(reference.get(name, "")) for name in ("r", "u")) + f"  {reference.get('t', '')}"
    entry = text_input(action_ids.WHY, multiline=True, most=2000)
    blocks = [rich(line(words(about.strip() or "-", bold=True)))]
    blocks.append(field(asked.label, entry, block_id=action_ids.WHY, hint=asked.hint))
    if verb == "skip" and reference.get("k") == StepKind.CHECK.value:
        box = {
            "type": "checkboxes",
            "action_id": action_ids.RELEASE,
            "options": [option(RELEASE_TEXT, "release", "Recorded as break-glass. The system stays UNVERIFIED")],
        }
        hint = "Without it, nothing that depends on this system starts."
        blocks.append(field("What depends on it", box, block_id=action_ids.RELEASE, hint=hint, optional=True))
    return modal(
        asked.title,
        blocks,
        callback_id=action_ids.REASON,
        submit=asked.submit,
        private_metadata=pack({**reference, "v": verb}),
    )


def start_modal(reference: Mapping[str, Any], now: datetime) -> Block:
    """The modal that corrects the start of an outage."""
    picker = {"type": "datetimepicker", "action_id": action_ids.SINCE_AT, "initial_date_time": int(now.timestamp())}
    entry = text_input(action_ids.WHY, multiline=True, most=2000)
    blocks = [
        rich(
            line(
                words(f"{reference.get('r', '')}", bold=True), ": the old time stays in the ledger beside the new one."
            )
        ),
        field("When did the outage start?", picker, block_id=action_ids.SINCE_AT),
        field("What shows it?", entry, block_id=action_ids.WHY, hint="Such as: first failed check, a customer's call."),
    ]
    return modal(
        "Correct the start", blocks, callback_id=action_ids.START, submit="Correct", private_metadata=pack(reference)
    )
