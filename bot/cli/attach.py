"""`bringback attach R-1 FILE...`: keep files with a recovery."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.access import Access
from bot.cli.further import read_file
from bot.cli.options import AboutStep, AboutSystem, Recovery
from bot.cli.world import session_of
from bot.web.control_table import attach_text
from bot.web.control_verbs import Verbs


def attach(
    context: typer.Context,
    recovery: Recovery,
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="At most 20 MB each.")],
    system: AboutSystem = "",
    step: AboutStep = "",
) -> None:
    """Keep files with a recovery: the ledger has their digests, the review their names."""
    session = session_of(context)
    read = [read_file(file) for file in files]

    async def ask(verbs: Verbs) -> None:
        actor = await verbs.whoami()
        for name, data in read:
            state = await verbs(attach_text, recovery, actor, name, data, unit=system, step=step)
            kept = state.attachments[-1]
            session.screen.say(f"{recovery}: attached {kept.name}, {kept.size} bytes, sha256 {kept.digest}.")

    session.ask(ask, Access.WRITE)
