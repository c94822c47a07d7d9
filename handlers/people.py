"""Giving a step, or the whole walk, to another person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks import action_ids
from bot.blocks.elements import notice
from bot.blocks.people_modal import WALK, people_modal
from bot.blocks.restore_modal import working_modal
from bot.domain.access import Right, who_may
from bot.domain.errors import BringbackError
from bot.operations.answer_step import add_note, find_step, right_to_answer
from bot.operations.assign_step import assign_step
from bot.operations.control_recovery import hand_over
from bot.slack.payload import entries_of, metadata_of, value_of
from handlers.asked import recovery_of, where_of
from handlers.once import is_replay, noted_before
from handlers.place import place_of

if TYPE_CHECKING:
    from bot.slack.call import Call


async def open_form(call: Call) -> None:
    """Ask to whom; from a question also what: that step, or the whole walk."""
    value = value_of(call.payload)
    recovery = recovery_of(value)
    view_id = await call.reply.open(working_modal("Reading who may take it…", "Hand over"))
    try:
        state = await call.desk.store.recoveries.state(recovery)
        right, named = Right.CONTROL, ""
        if value.get("s"):
            planned, _ = find_step(state, str(value["u"]), str(value["s"]))
            right, named = right_to_answer(planned), planned.by
        people = {one.id: one.display for one in who_may(call.desk.policy, right, named)}
        view = people_modal(people, {**place_of(call.payload), **value}, state.lead_name)
        if not people:
            view = notice("Hand over", "policy.yaml names nobody who may take it.")
    except BringbackError as fault:
        view = notice("Hand over", str(fault))
    await call.reply.show(view_id, view)


async def give(call: Call) -> None:
    """A person was chosen: give it to them, and keep the words that go with it."""
    carried, entries = metadata_of(call.payload), entries_of(call.payload)
    recovery, to = recovery_of(carried), str(entries.get(action_ids.PERSON) or "")
    words = str(entries.get(action_ids.WHY) or "").strip()
    if not carried.get("s") or entries.get(action_ids.GIVEN) == WALK:
        state = await call.desk.store.recoveries.state(recovery)
        if not (is_replay(call) and state.lead == to):
            _ = await hand_over(call.desk, recovery, to, call.actor, words)
        return
    where = where_of(carried)
    _ = await assign_step(call.desk, **where, to=to, actor=call.actor)
    if words and not await noted_before(call, recovery, words):
        _ = await add_note(call.desk, recovery, call.actor, words, where["unit"], where["step"])
