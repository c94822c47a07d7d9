"""`bringback answer R-1 SYSTEM STEP CHOICE`: answer a step that waits for a person."""

from typing import Annotated

import typer

from bot.cli.options import Reason, Recovery, StepId, System
from bot.cli.times import read_past
from bot.cli.world import session_of
from bot.domain.errors import UnknownName
from bot.domain.jump import THE_END
from bot.domain.recovery_state import Choice, RecoveryState
from bot.operations.answer_step import NEEDS_REASON, answer_step
from bot.operations.show_recovery import recovery_state
from bot.web.control_verbs import Verbs

_WORDS = {choice.value.replace("_", "-"): choice for choice in Choice}
FINISH = "finish"


def answer(
    context: typer.Context,
    recovery: Recovery,
    system: System,
    step: StepId,
    choice: Annotated[str, typer.Argument(metavar="|".join([*_WORDS, FINISH]), help="What you answer.")],
    reason: Reason = "",
    *,
    release: Annotated[
        bool, typer.Option("--release", help="Of a skipped check: start what depends on it all the same.")
    ] = False,
    to: Annotated[str, typer.Option("--to", metavar="STEP", help="Where a jump goes, ahead or back.")] = "",
    at: Annotated[
        str, typer.Option("--at", metavar="TIME", help="When it was done, if earlier: 15m (ago), 03:02, ISO 8601.")
    ] = "",
) -> None:
    """Answer a step that waits for a person."""
    session = session_of(context)
    if choice == FINISH and not to:
        choice, to = Choice.JUMP.value, THE_END.id
    chosen = _WORDS.get(choice.replace("_", "-"))
    if chosen is None:
        raise typer.BadParameter(f"“{choice}” is none of {', '.join(_WORDS)}.", param_hint="choice")
    if chosen in NEEDS_REASON and not reason.strip():
        raise typer.BadParameter(f"{choice} needs --reason: it stands in the review.", param_hint="--reason")

    if (chosen is Choice.JUMP) is not bool(to):
        raise typer.BadParameter("jump needs --to, and only jump.", param_hint="--to")
    done_at = read_past(at, session.world.clock.now(), session.world.zone) if at else None

    async def ask(verbs: Verbs) -> str:
        attempt = attempt_of(await verbs(recovery_state, recovery), system, step)
        place = (recovery, system, step, attempt)
        who = await verbs.whoami()
        await verbs(answer_step, *place, chosen, who, reason, release=release, to=to, done_at=done_at)
        return f"{recovery} {system}, step {step}: {_said(choice, to)}."

    session.act(recovery, ask)


def _said(choice: str, to: str) -> str:
    if to == THE_END.id:
        return "finished here"
    return f"{choice} to {to}" if to else choice


def attempt_of(state: RecoveryState, system: str, step: str) -> int:
    """The attempt that a step is at. Raises UnknownName when the recovery has no such system or step."""
    unit = state.units.get(system)
    if unit is None:
        raise UnknownName(f"system in {state.plan.recovery}", system, list(state.units))
    if step not in unit.steps:
        raise UnknownName(f"step of {system}", step, list(unit.steps))
    return unit.steps[step].attempt
