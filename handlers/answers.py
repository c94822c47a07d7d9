"""A step's question answered by a click, or by a click and a reason."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.blocks import action_ids, step_buttons
from bot.blocks.reason_modal import earlier_modal, reason_modal
from bot.blocks.restore_modal import working_modal
from bot.domain.recovery_state import Choice
from bot.operations.answer_step import answer_step, find_step, take_step
from bot.operations.approve_recovery import reject
from bot.operations.control_recovery import abort
from bot.slack.payload import chosen_of, entries_of, metadata_of, value_of
from handlers import look, notes, people
from handlers.asked import OLD, recovery_of, where_of
from handlers.once import is_replay, unless_done
from handlers.place import place_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.slack.call import Call

MINUTE = timedelta(minutes=1)


async def take(call: Call) -> None:
    """Say "I'm on it"."""
    at = where_of(value_of(call.payload))
    await unless_done(call, lambda: take_step(call.desk, **at, actor=call.actor))


async def take_over(call: Call) -> None:
    """Take it over from whoever is on it."""
    at = where_of(value_of(call.payload))
    await unless_done(call, lambda: take_step(call.desk, **at, actor=call.actor, over=True))


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


async def ask_earlier(call: Call) -> None:
    """Ask when it was done."""
    value = value_of(call.payload)
    where = where_of(value)
    view_id = await call.reply.open(working_modal("Reading the step…", "Done earlier"))
    state = await call.desk.store.recoveries.state(where["recovery"])
    _, step = find_step(state, where["unit"], where["step"])
    carried, now = {**place_of(call.payload), **value}, call.desk.clock.now()
    await call.reply.show(view_id, earlier_modal(carried, step.asked_at or now, now))


async def give_earlier(call: Call) -> None:
    """A time was given: it was done then."""
    carried, entries = metadata_of(call.payload), entries_of(call.payload)
    at = datetime.fromtimestamp(int(entries.get(action_ids.SINCE_AT) or 0), UTC)
    asked_at = datetime.fromisoformat(str(carried.get("q")))
    # A form tells whole minutes: the one in which it was asked means its question's own second.
    done_at = asked_at if at <= asked_at < at + MINUTE else at
    reason = str(entries.get(action_ids.WHY) or "")
    where = where_of(carried)

    async def say() -> Any:
        return await answer_step(
            call.desk, **where, choice=Choice.DONE, actor=call.actor, reason=reason, done_at=done_at
        )

    await unless_done(call, say, since=done_at)


_MENU = {
    step_buttons.TAKE: take,
    step_buttons.FAIL: ask_fail,
    step_buttons.SKIP: ask_skip,
    step_buttons.EARLIER: ask_earlier,
    step_buttons.PEOPLE: people.open_form,
    step_buttons.NOTE: notes.open_form,
    step_buttons.LOOK: look.open_steps,
}


async def more(call: Call) -> None:
    """The "more" menu of a step."""
    chosen = _MENU.get(chosen_of(call.payload))
    if chosen is None:
        raise OLD
    await chosen(call)


async def give_reason(call: Call) -> None:
    """A reason was given: do what it was asked for."""
    carried, entries = metadata_of(call.payload), entries_of(call.payload)
    reason = str(entries.get(action_ids.WHY) or "")
    release = "release" in (entries.get(action_ids.RELEASE) or [])
    match carried.get("v"):
        case "abort":
            recovery = recovery_of(carried)
            if not (is_replay(call) and (await call.desk.store.recoveries.state(recovery)).abort_requested):
                _ = await abort(call.desk, recovery, call.actor, reason)
        case "reject":
            recovery = recovery_of(carried)
            await unless_done(call, lambda: reject(call.desk, recovery, call.actor, reason))
        case "skip" | "fail" | "give_up" | "jump" as verb:
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
    where, to = where_of(value), str(value.get("to", ""))
    await unless_done(
        call,
        lambda: answer_step(call.desk, **where, choice=choice, actor=call.actor, reason=reason, release=release, to=to),
    )
