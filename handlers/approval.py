"""The approval of a real restore: approve exactly this, reject with a reason, look at the details."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks.approval import Asking, details_modal
from bot.blocks.elements import notice
from bot.blocks.reason_modal import reason_modal
from bot.blocks.restore_modal import working_modal
from bot.domain.errors import BringbackError
from bot.operations import approve_recovery
from bot.slack.payload import value_of
from bot.slack.projector import asking_of
from handlers.once import unless_done
from handlers.place import place_of

if TYPE_CHECKING:
    from bot.slack.call import Call


async def approve(call: Call) -> None:
    """Approve the plan that the message showed; the projector says so in its place."""
    value = value_of(call.payload)
    recovery, digest = str(value.get("r", "")), str(value.get("d", ""))
    await unless_done(call, lambda: approve_recovery.approve(call.desk, recovery, call.actor, digest))


async def ask_why(call: Call) -> None:
    """Ask for the reason of a rejection."""
    _ = await call.reply.open(
        reason_modal("reject", {**place_of(call.payload), "r": value_of(call.payload).get("r", "")})
    )


async def details(call: Call) -> None:
    """Show each system's point, target and steps."""
    view_id = await call.reply.open(working_modal("Reading the plan…"))
    recovery = str(value_of(call.payload).get("r", ""))
    try:
        state = await call.desk.store.recoveries.state(recovery)
        asking = await asking_of(call.desk, state, await call.desk.store.ledger.events(recovery))
        view = details_modal(state, asking or Asking((), None, ()))
    except BringbackError as fault:
        view = notice("Details", str(fault))
    await call.reply.show(view_id, view)
