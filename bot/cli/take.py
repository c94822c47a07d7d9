"""`bringback take R-1 SYSTEM STEP`: say that you are on it."""

from typing import Annotated

import typer

from bot.cli.answer import attempt_of
from bot.cli.options import Recovery, StepId, System
from bot.cli.world import session_of
from bot.operations.answer_step import take_step
from bot.operations.show_recovery import recovery_state
from bot.web.control_verbs import Verbs


def take(
    context: typer.Context,
    recovery: Recovery,
    system: System,
    step: StepId,
    *,
    over: Annotated[bool, typer.Option("--over", help="Take it over from whoever is on it.")] = False,
) -> None:
    """Say that you are on a step that waits for a person."""
    session = session_of(context)

    async def ask(verbs: Verbs) -> str:
        attempt = attempt_of(await verbs(recovery_state, recovery), system, step)
        await verbs(take_step, recovery, system, step, attempt, await verbs.whoami(), over=over)
        return f"{recovery} {system}, step {step}: you are on it."

    session.act(recovery, ask)
