"""`bringback reject R-1`: a person refuses a real restore."""

import typer

from bot.cli.access import Access
from bot.cli.options import Reason, Recovery
from bot.cli.world import session_of
from bot.operations.approve_recovery import reject as reject_recovery
from bot.web.control_verbs import Verbs


def reject(context: typer.Context, recovery: Recovery, reason: Reason = "") -> None:
    """Refuse a real restore that waits for approval."""
    session = session_of(context)

    async def ask(verbs: Verbs) -> None:
        await verbs(reject_recovery, recovery, await verbs.whoami(), reason)

    session.ask(ask, Access.WRITE)
    session.screen.say(f"{recovery} is rejected. Nothing was started.")
