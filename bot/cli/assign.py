"""`bringback assign R-1 SYSTEM STEP PERSON`: give a step to one person."""

import typer

from bot.cli.answer import attempt_of
from bot.cli.options import Person, Recovery, StepId, System
from bot.cli.world import session_of
from bot.operations.assign_step import assign_step
from bot.operations.show_recovery import recovery_state
from bot.web.control_verbs import Verbs


def assign(context: typer.Context, recovery: Recovery, system: System, step: StepId, person: Person) -> None:
    """Give a step to one person: they are asked from now on."""
    session = session_of(context)

    async def ask(verbs: Verbs) -> str:
        attempt = attempt_of(await verbs(recovery_state, recovery), system, step)
        state = await verbs(assign_step, recovery, system, step, attempt, person, await verbs.whoami())
        return f"{recovery} {system}, step {step}: {state.units[system].steps[step].assigned_to_name} is asked."

    session.act(recovery, ask)
