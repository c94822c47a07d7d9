"""`bringback answer R-1 SYSTEM STEP CHOICE`: answer a step that waits for a person."""

from typing import Annotated

import typer

from bot.cli.options import Reason, Recovery
from bot.cli.world import session_of
from bot.domain.errors import UnknownName
from bot.domain.recovery_state import Choice, RecoveryState
from bot.operations.answer_step import NEEDS_REASON, answer_step
from bot.operations.show_recovery import recovery_state
from bot.web.control_verbs import Verbs

_WORDS = {choice.value.replace("_", "-"): choice for choice in Choice}


def answer(
    context: typer.Context,
    recovery: Recovery,
    system: Annotated[str, typer.Argument(metavar="SYSTEM", help="The system, or other unit, of the step.")],
    step: Annotated[str, typer.Argument(metavar="STEP", help="The step's id, as `bringback status R-1` shows it.")],
    choice: Annotated[str, typer.Argument(metavar="|".join(_WORDS), help="What you answer.")],
    reason: Reason = "",
    *,
    release: Annotated[
        bool, typer.Option("--release", help="Of a skipped check: start what depends on it all the same.")
    ] = False,
) -> None:
    """Answer a step that waits for a person."""
    session = session_of(context)
    chosen = _WORDS.get(choice.replace("_", "-"))
    if chosen is None:
        raise typer.BadParameter(f"“{choice}” is none of {', '.join(_WORDS)}.", param_hint="choice")
    if chosen in NEEDS_REASON and not reason.strip():
        raise typer.BadParameter(f"{choice} needs --reason: it stands in the review.", param_hint="--reason")

    async def ask(verbs: Verbs) -> str:
        attempt = attempt_of(await verbs(recovery_state, recovery), system, step)
        who = await verbs.whoami()
        await verbs(answer_step, recovery, system, step, attempt, chosen, who, reason=reason, release=release)
        return f"{recovery} {system}, step {step}: {choice}."

    session.act(recovery, ask)


def attempt_of(state: RecoveryState, system: str, step: str) -> int:
    """The attempt that a step is at. Raises UnknownName when the recovery has no such system or step."""
    unit = state.units.get(system)
    if unit is None:
        raise UnknownName(f"system in {state.plan.recovery}", system, list(state.units))
    if step not in unit.steps:
        raise UnknownName(f"step of {system}", step, list(unit.steps))
    return unit.steps[step].attempt
