"""`bringback approve R-1`: a second person lets a real restore start."""

from typing import Annotated

import typer

from bot.cli.access import Access
from bot.cli.options import Recovery
from bot.cli.preview_view import show_preview_of
from bot.cli.questions import agrees
from bot.cli.world import session_of
from bot.domain.errors import BringbackError, Conflict
from bot.domain.frozen_plan import short
from bot.domain.recovery_state import RecoveryState, RecoveryStatus
from bot.operations.approve_recovery import approve as approve_recovery
from bot.operations.show_recovery import recovery_state
from bot.web.control_verbs import Verbs


def approve(
    context: typer.Context,
    recovery: Recovery,
    plan: Annotated[
        str, typer.Option("--plan", metavar="DIGEST", help="The four digits of the plan that you approve.")
    ] = "",
) -> None:
    """Approve exactly this real restore, as a second person."""
    session = session_of(context)
    keyboard = session.world.keyboard

    async def ask(verbs: Verbs) -> RecoveryState:
        state = await verbs(recovery_state, recovery)
        if state.status is RecoveryStatus.WAITING_FOR_APPROVAL:
            show_preview_of(session.screen, session.times, state)
        digits = short(state.plan.digest)
        if plan and plan != digits:
            raise Conflict(f"{recovery} is plan {digits}, not {plan}.", "Look at it again before you approve it.")
        if not plan and keyboard is None:
            raise BringbackError("There is no terminal to confirm on.", f"Say what you approve: --plan {digits}.")
        if not plan and keyboard and not await agrees(keyboard, f"Approve exactly this, plan {digits}?"):
            raise BringbackError(f"{recovery} was not approved.", "")
        return await verbs(approve_recovery, recovery, await verbs.whoami(), state.plan.digest)

    state = session.ask(ask, Access.WRITE)
    session.screen.say(f"{recovery} is approved by {state.approved_by or 'you'} and starts.")
