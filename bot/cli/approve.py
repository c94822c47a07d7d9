"""`bringback approve R-1`: a second person lets a real restore start."""

from contextlib import suppress
from typing import Annotated

import typer

from bot.cli.keyboard import Keyboard
from bot.cli.options import Recovery
from bot.cli.preview_view import show_preview_of
from bot.cli.questions import agrees
from bot.cli.world import session_of
from bot.domain.errors import BringbackError, Conflict
from bot.domain.make_plan import short
from bot.domain.recovery_state import RecoveryState, RecoveryStatus
from bot.operations.approve_recovery import approve as approve_recovery
from bot.operations.preview_restore import Preview, RestoreRequest, preview_restore
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

    async def ask(verbs: Verbs) -> str:
        state = await verbs(recovery_state, recovery)
        if state.status is RecoveryStatus.WAITING_FOR_APPROVAL:
            show_preview_of(session.screen, session.times, state, await _evidence(verbs, state))
            await _confirm(session.world.keyboard, recovery, short(state.plan.digest), plan)
        state = await verbs(approve_recovery, recovery, await verbs.whoami(), state.plan.digest)
        if state.status is RecoveryStatus.WAITING_FOR_APPROVAL:
            return f"{recovery} has your approval, and waits for another."
        return f"{recovery} is approved, and starts."

    session.act(recovery, ask)


async def _evidence(verbs: Verbs, state: RecoveryState) -> Preview | None:
    """What is proven of its systems now; None when that cannot be read, which does not hinder an approval."""
    names = tuple(unit.name for unit in state.plan.systems)
    with suppress(BringbackError):
        return await verbs(preview_restore, RestoreRequest(systems=names, mode=state.plan.mode)) if names else None
    return None


async def _confirm(keyboard: Keyboard | None, recovery: str, digits: str, said: str) -> None:
    if said and said != digits:
        raise Conflict(f"{recovery} is plan {digits}, not {said}.", "Look at it again before you approve it.")
    if not said and keyboard is None:
        raise BringbackError("There is no terminal to confirm on.", f"Say what you approve: --plan {digits}.")
    if not said and keyboard and not await agrees(keyboard, f"Approve exactly this, plan {digits}?"):
        raise BringbackError(f"{recovery} was not approved.", "It still waits.")
