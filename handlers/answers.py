"""A step's question answered by a click, or by a click and a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.blocks import action_ids
from bot.blocks.reason_modal import reason_modal
from bot.domain.errors import BringbackError
from bot.domain.recovery_state import Choice
from bot.operations.answer_step import add_note, answer_step, take_step
from bot.operations.approve_recovery import reject
from bot.operations.control_recovery import abort
from bot.slack.payload import chosen_of, entries_of, metadata_of, value_of
from handlers.once import is_replay, noted_before, unless_done
from handlers.place import place_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.slack.call import Call

OLD = BringbackError("This message is from an older version of the bot.", "Use its newest message, or status.")


async def take(call: Call) -> None:
    """Say "I'm on it"."""
    at = _where(value_of(call.payload))
    await unless_done(call, lambda: take_step(call.desk, **at, actor=call.actor))


async def done(call: Call) -> None:
    """It is done, or was done."""
    await _answer(call, value_of(call.payload), Choice.DONE)


async def retry(call: Call) -> None:
    """Try it again."""
    await _answer(call, value_of(call.payload), Choice.RETRY)


async def ask_skip(call: Call) -> None:
    """Ask why it is skipped."""
    await _ask(call, "skip")


async def ask_fail(call: Call) -> None:
    """Ask what happened."""
    await _ask(call, "fail")


async def ask_give_up(call: Call) -> None:
    """Ask why it stops here."""
    await _ask(call, "give_up")


async def more(call: Call) -> None:
    """The "more" menu of a step: skip or note."""
    await _ask(call, "skip" if chosen_of(call.payload) == "skip" else "note")


async def give_reason(call: Call) -> None:
    """A reason was given: do what it was asked for."""
    carried, entries = metadata_of(call.payload), entries_of(call.payload)
    reason = str(entries.get(action_ids.WHY) or "")
    recovery = str(carried.get("r", ""))
    match carried.get("v"):
        case "note":
            if not await noted_before(call, recovery, reason):
                unit, step = str(carried.get("u", "")), str(carried.get("s", ""))
                _ = await add_note(call.desk, recovery, call.actor, reason, unit, step)
        case "abort":
            if not (is_replay(call) and (await call.desk.store.recoveries.state(recovery)).abort_requested):
                _ = await abort(call.desk, recovery, call.actor, reason)
        case "reject":
            await unless_done(call, lambda: reject(call.desk, recovery, call.actor, reason))
        case "skip" | "fail" | "give_up" as verb:
            release = "release" in (entries.get(action_ids.RELEASE) or [])
            await _answer(call, carried, Choice(verb), reason, release=release)
        case _:
            raise OLD


async def _ask(call: Call, verb: str) -> None:
    value = value_of(call.payload)
    if not value:
        raise OLD
    _ = await call.reply.open(reason_modal(verb, {**place_of(call.payload), **value}))


async def _answer(
    call: Call, value: Mapping[str, Any], choice: Choice, reason: str = "", *, release: bool = False
) -> None:
    at = _where(value)
    await unless_done(
        call,
        lambda: answer_step(call.desk, **at, choice=choice, actor=call.actor, reason=reason, release=release),
    )


def _where(value: Mapping[str, Any]) -> dict[str, Any]:
    """Recovery, unit, step and attempt that a button carries. Raises BringbackError for a button of another version."""
    try:
        return {
            "recovery": str(value["r"]),
            "unit": str(value["u"]),
            "step": str(value["s"]),
            "attempt": int(value["a"]),
        }
    except (KeyError, ValueError) as unreadable:
        raise OLD from unreadable
