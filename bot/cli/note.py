"""`bringback note R-1 TEXT`: write something down, with its time."""

from typing import Annotated

import typer

from bot.cli.access import Access
from bot.cli.options import AboutStep, AboutSystem, Recovery
from bot.cli.world import session_of
from bot.operations.answer_step import add_note
from bot.web.control_verbs import Verbs


def note(
    context: typer.Context,
    recovery: Recovery,
    text: Annotated[list[str], typer.Argument(metavar="TEXT", help="What to write down.")],
    system: AboutSystem = "",
    step: AboutStep = "",
) -> None:
    """Write something down in a recovery, with its time and your name."""
    session = session_of(context)

    async def ask(verbs: Verbs) -> None:
        await verbs(add_note, recovery, await verbs.whoami(), " ".join(text), unit=system, step=step)

    session.ask(ask, Access.WRITE)
    session.screen.say(f"Noted in {recovery}.")
