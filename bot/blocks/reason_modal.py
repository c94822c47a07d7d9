"""Modals that ask for words: why a step is skipped or failed, why something is stopped, when it was done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.blocks import action_ids
from bot.blocks.elements import Block, field, line, modal, option, pack, rich, text_input, words
from bot.blocks.text import clock_seconds
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
    "jump": Asked("Go to another step", "Why?", "Go there"),
    "abort": Asked("Abort the recovery", "Why is it aborted?", "Abort"),
    "reject": Asked("Reject the restore", "Why not?", "Reject"),
}
"""What can be asked for, by the verb that the modal carries."""

RELEASE_TEXT = "Start what depends on it all the same, unverified"


def reason_modal(verb: str, reference: Mapping[str, Any]) -> Block:
    """The modal for one verb. `reference` comes back with the submission, as `private_metadata`."""
    asked = ASKED[verb]
    entry = text_input(action_ids.WHY, multiline=True, most=2000)
    blocks = [_about(reference), field(asked.label, entry, block_id=action_ids.WHY, hint=asked.hint)]
    if verb == "skip" and reference.get("k") == StepKind.CHECK.value:
        blocks.append(_release("Without it, nothing that depends on this system starts."))
    return modal(
        asked.title,
        blocks,
        callback_id=action_ids.REASON,
        submit=asked.submit,
        private_metadata=pack({**reference, "v": verb}),
    )


def jump_modal(reference: Mapping[str, Any], title: str, why: str, *, ahead: bool, skips_check: bool) -> Block:
    """The modal that goes to another step: `reference` carries its id, `why` is offered as the reason."""
    what = "Ahead: what lies between is skipped." if ahead else "Back: it is done again, and all that comes after it."
    entry = text_input(action_ids.WHY, multiline=True, most=2000, initial=why)
    blocks = [
        _about(reference),
        rich(line("Go to ", words(title, bold=True)), line(what)),
        field(ASKED["jump"].label, entry, block_id=action_ids.WHY, hint=ASKED["jump"].hint),
    ]
    if skips_check:
        blocks.append(_release("A check lies between. Without this, nothing that depends on this system starts."))
    carried = pack({**reference, "v": "jump"})
    asked = ASKED["jump"]
    return modal(asked.title, blocks, callback_id=action_ids.REASON, submit=asked.submit, private_metadata=carried)


def earlier_modal(reference: Mapping[str, Any], asked_at: datetime, now: datetime) -> Block:
    """The modal that says when a step was done, between its question and now."""
    picker = {"type": "datetimepicker", "action_id": action_ids.SINCE_AT, "initial_date_time": int(now.timestamp())}
    hint = f"Not before {clock_seconds(asked_at)}, when it was asked. The review says that the time was given later."
    entry = text_input(action_ids.WHY, multiline=True, most=2000)
    blocks = [
        _about(reference),
        field("When was it done?", picker, block_id=action_ids.SINCE_AT, hint=hint),
        field("What shows it?", entry, block_id=action_ids.WHY, optional=True),
    ]
    carried = pack({**reference, "q": asked_at.isoformat()})
    return modal("Done earlier", blocks, callback_id=action_ids.EARLIER, submit="Done", private_metadata=carried)


def _about(reference: Mapping[str, Any]) -> Block:
    about = " ".join(str(reference.get(name, "")) for name in ("r", "u")) + f"  {reference.get('t', '')}"
    return rich(line(words(about.strip() or "-", bold=True)))


def _release(hint: str) -> Block:
    box = {
        "type": "checkboxes",
        "action_id": action_ids.RELEASE,
        "options": [option(RELEASE_TEXT, "release", "Recorded as break-glass. The system stays UNVERIFIED")],
    }
    return field("What depends on it", box, block_id=action_ids.RELEASE, hint=hint, optional=True)


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
