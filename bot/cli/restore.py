"""`bringback restore`: bring a plan or systems back, as a drill or for real."""

from dataclasses import replace
from typing import Annotated

import typer

from bot.cli.access import Access
from bot.cli.launch import Launch, launch
from bot.cli.options import Detach, Inputs, NoInput, Reason, Yes, pairs
from bot.cli.world import session_of
from bot.domain.errors import BringbackError, UnknownName
from bot.domain.frozen_plan import Mode
from bot.operations.preview_restore import RestoreRequest
from bot.web.control_table import Names, declared_names
from bot.web.control_verbs import Verbs


def restore(
    context: typer.Context,
    names: Annotated[list[str] | None, typer.Argument(metavar="[PLAN|SYSTEM...]", help="A plan, or systems.")] = None,
    *,
    real: Annotated[
        bool | None, typer.Option("--real/--drill", help="Into the real targets, or into scratch ones.")
    ] = None,
    point: Annotated[
        list[str] | None, typer.Option(metavar="SYSTEM=ID", help="This recovery point, not the newest usable one.")
    ] = None,
    outage_started: Annotated[
        str, typer.Option(metavar="TIME", help="When the outage started: now, 15m (ago), 03:02, ISO 8601, or unknown.")
    ] = "",
    reason: Reason = "",
    unproven: Annotated[str, typer.Option(metavar="REASON", help="Why, although its restore was never proven.")] = "",
    break_glass: Annotated[
        str, typer.Option(metavar="REASON", help="Start a real restore without a second person; recorded.")
    ] = "",
    inputs: Inputs = None,
    yes: Yes = False,
    detach: Detach = False,
    no_input: NoInput = False,
) -> None:
    """Bring systems back in their documented order, and stay with it. Exit 0 only when all is verified."""
    session = session_of(context)
    if real is None:
        raise typer.BadParameter(
            "say which: a drill touches nothing live, --real overwrites.", param_hint="--drill, --real"
        )
    request = RestoreRequest(
        mode=Mode.REAL if real else Mode.DRILL,
        points=pairs(point, "--point"),
        inputs=pairs(inputs, "--input"),
        reason=reason,
        unproven_reason=unproven,
        break_glass=break_glass,
    )

    async def work(verbs: Verbs) -> int:
        chosen = choose(request, names or [], await verbs(declared_names))
        return await launch(session, verbs, Launch(chosen, outage_started, yes, detach, no_input))

    raise typer.Exit(session.ask(work, Access.CARRY))


def choose(request: RestoreRequest, words: list[str], names: Names) -> RestoreRequest:
    """The request for what the words name: one plan, or systems. Without words, the only plan that there is."""
    if not words:
        if len(names.plans) != 1:
            raise BringbackError(
                "Say what to restore.", f"Plans: {_list(names.plans)}. Systems: {_list(names.systems)}."
            )
        return replace(request, name=names.plans[0])
    if len(words) == 1 and words[0] in {*names.plans, *names.systems}:
        return replace(request, name=words[0])
    for word in words:
        if word in names.plans:
            raise BringbackError(f"{word} is a plan: it is restored alone.", "Name one plan, or only systems.")
        if word not in names.systems:
            raise UnknownName("plan or system", word, [*names.plans, *names.systems])
    return replace(request, systems=tuple(words))


def _list(names: tuple[str, ...]) -> str:
    return ", ".join(names) or "none"
