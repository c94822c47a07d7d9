"""`/recovery status`: what runs now, or one recovery in full."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks.progress import progress_message
from bot.blocks.status import status_message
from bot.operations.show_recovery import open_recoveries, recent, recovery_state
from bot.slack.needs import needs_of
from bot.slack.payload import argument_of, value_of
from bot.slack.questions import questions_of

if TYPE_CHECKING:
    from bot.slack.call import Call


async def ask(call: Call) -> None:
    """Tell what runs; with an id, that recovery."""
    named = argument_of(call.payload).upper()
    if named:
        await _tell_one(call, named)
        return
    running, ended = await open_recoveries(call.desk), await recent(call.desk)
    await call.reply.tell(status_message(running, ended, call.desk.clock.now()))


async def show(call: Call) -> None:
    """Show the recovery of a button."""
    await _tell_one(call, str(value_of(call.payload).get("r", "")))


async def _tell_one(call: Call, recovery: str) -> None:
    state = await recovery_state(call.desk, recovery)
    questions = questions_of(await call.desk.store.ledger.events(recovery))
    needs = needs_of(state, questions, call.desk.policy)
    await call.reply.tell(progress_message(state, needs, call.desk.clock.now()))
