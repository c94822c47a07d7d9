"""`bringback cosmetic SYSTEM`: say that a changed runbook does what it did, so that its proof stands."""

from typing import Annotated

import typer

from bot.cli.access import Access
from bot.cli.options import Reason
from bot.cli.world import session_of
from bot.operations.cosmetic_review import record_cosmetic_review
from bot.web.control_verbs import Verbs


def cosmetic(
    context: typer.Context,
    system: Annotated[str, typer.Argument(metavar="SYSTEM", help="The system, or the runbook that declares it.")],
    reason: Reason = "",
) -> None:
    """Carry a proof over a runbook that changed in words only. Recorded with your name and reason."""
    session = session_of(context)
    if not reason.strip():
        raise typer.BadParameter("say what was changed, and why it does nothing else.", param_hint="--reason")

    async def ask(verbs: Verbs) -> str:
        return await verbs(record_cosmetic_review, system, await verbs.whoami(), reason)

    session.screen.say(session.ask(ask, Access.WRITE))
