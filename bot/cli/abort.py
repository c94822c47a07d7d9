"""`bringback abort R-1`: end a recovery now."""

import typer

from bot.cli.options import Reason, Recovery
from bot.cli.world import session_of
from bot.operations.control_recovery import abort as abort_recovery
from bot.web.control_verbs import Verbs


def abort(context: typer.Context, recovery: Recovery, reason: Reason = "") -> None:
    """End a recovery: running commands are stopped within seconds, nothing further starts."""
    session = session_of(context)

    async def ask(verbs: Verbs) -> str:
        await verbs(abort_recovery, recovery, await verbs.whoami(), reason)
        return f"{recovery} is being aborted. `bringback status {recovery}` tells when nothing runs any more."

    session.act(recovery, ask)
