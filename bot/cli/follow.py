"""`bringback follow R-1`: stay with a recovery that is under way."""

import typer

from bot.cli.access import Access
from bot.cli.ending import show_ending
from bot.cli.options import NoInput, Recovery
from bot.cli.patience import PatientVerbs
from bot.cli.responder import attend
from bot.cli.world import session_of
from bot.operations.show_recovery import recovery_state
from bot.web.control_verbs import Verbs


def follow(context: typer.Context, recovery: Recovery, *, no_input: NoInput = False) -> None:
    """Stay with a recovery: see it go on, do its human steps. Without a running bot, it goes on here."""
    session = session_of(context)

    async def work(verbs: Verbs) -> int:
        await verbs(recovery_state, recovery)
        verbs = PatientVerbs(session, verbs, recovery)
        keyboard = None if no_input else session.world.keyboard
        state = await attend(session, verbs, recovery, await verbs.whoami(), keyboard)
        return await show_ending(session, verbs, state)

    raise typer.Exit(session.ask(work, Access.CARRY))
