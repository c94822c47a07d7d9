"""`bringback attachment R-1 NAME`: get a file back that was kept with a recovery."""

import base64
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.options import Recovery
from bot.cli.world import session_of
from bot.domain.errors import BringbackError, UnknownName
from bot.domain.recovery_state import Attachment, RecoveryState
from bot.operations.show_recovery import recovery_state
from bot.web.control_table import AttachedFile, attached_file
from bot.web.control_verbs import Verbs


def attachment(
    context: typer.Context,
    recovery: Recovery,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its name, or the beginning of its sha256.")],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Where to write it; its own name, here, without.")
    ] = None,
) -> None:
    """Get a file back that was kept with a recovery. What is there already is not overwritten."""
    session = session_of(context)

    async def ask(verbs: Verbs) -> AttachedFile:
        state = await verbs(recovery_state, recovery)
        return await verbs(attached_file, recovery, named(state, name).digest)

    file = session.ask(ask)
    place = out or Path(file.name)
    try:
        with place.open("xb") as stream:
            stream.write(base64.b64decode(file.data))
    except OSError as error:
        raise BringbackError(f"{place} cannot be written: {error.strerror}.", "Say where with --out FILE.") from error
    session.screen.say(f"Written to {place}.")


def named(state: RecoveryState, name: str) -> Attachment:
    """The attachment of that name, the newest where there are several, or of that digest. Raises UnknownName."""
    fitting = [one for one in state.attachments if one.name == name or (len(name) > 3 and one.digest.startswith(name))]  # noqa: PLR2004 - four digits tell digests apart
    if not fitting:
        raise UnknownName(f"attachment of {state.plan.recovery}", name, [one.name for one in state.attachments])
    return fitting[-1]
