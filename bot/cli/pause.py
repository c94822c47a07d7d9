"""`bringback pause R-1`."""

import typer

from bot.cli.options import Recovery
from bot.cli.world import session_of
from bot.operations.control_recovery import pause as pause_recovery
from bot.web.control_verbs import Verbs


def pause(context: typer.Context, recovery: Recovery) -> None:
    """No further step starts; what runs goes on, and so does the clock."""
    session = session_of(context)

    async def ask(verbs: Verbs) -> str:
        await verbs(pause_recovery, recovery, await verbs.whoami())
        return f"{recovery} is paused."

    session.act(recovery, ask)
