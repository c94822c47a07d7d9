"""`bringback resume R-1`."""

import typer

from bot.cli.options import Recovery
from bot.cli.world import session_of
from bot.operations.control_recovery import resume as resume_recovery
from bot.web.control_verbs import Verbs


def resume(context: typer.Context, recovery: Recovery) -> None:
    """Steps start again."""
    session = session_of(context)

    async def ask(verbs: Verbs) -> str:
        await verbs(resume_recovery, recovery, await verbs.whoami())
        return f"{recovery} is resumed."

    session.act(recovery, ask)
