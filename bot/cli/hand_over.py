"""`bringback hand-over R-1 PERSON`: give the whole recovery to another."""

from typing import Annotated

import typer

from bot.cli.options import Person, Recovery
from bot.cli.world import session_of
from bot.operations.control_recovery import hand_over as hand_recovery_over
from bot.web.control_verbs import Verbs


def hand_over(
    context: typer.Context,
    recovery: Recovery,
    person: Person,
    text: Annotated[str, typer.Option("--text", metavar="TEXT", help="What the next one must know.")] = "",
) -> None:
    """Give a whole recovery to another: the lead, and what waits for whoever led."""
    session = session_of(context)

    async def ask(verbs: Verbs) -> str:
        state = await verbs(hand_recovery_over, recovery, person, await verbs.whoami(), text)
        return f"{recovery}: {state.lead_name} leads."

    session.act(recovery, ask)
