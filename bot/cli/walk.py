"""`bringback walk RUNBOOK`: walk one runbook, step by step."""

from typing import Annotated

import typer

from bot.cli.access import Access
from bot.cli.launch import Launch, launch
from bot.cli.options import Detach, Inputs, NoInput, Reason, Yes, pairs
from bot.cli.world import session_of
from bot.domain.errors import BringbackError
from bot.domain.frozen_plan import Mode
from bot.operations.preview_restore import RestoreRequest, preview_restore
from bot.web.control_verbs import Verbs


def walk(
    context: typer.Context,
    runbook: Annotated[str, typer.Argument(metavar="RUNBOOK", help="A runbook's name, or the system's it declares.")],
    *,
    real: Annotated[
        bool | None,
        typer.Option(
            "--real/--drill", help="Do it, as without either, or say what you would do. Of a system: say which."
        ),
    ] = None,
    reason: Reason = "",
    break_glass: Annotated[
        str, typer.Option(metavar="REASON", help="Start it for real without a second person; recorded.")
    ] = "",
    part: Annotated[
        list[str] | None, typer.Option("--part", metavar="TITLE", help="Only this part of it; may be repeated.")
    ] = None,
    inputs: Inputs = None,
    yes: Yes = False,
    detach: Detach = False,
    no_input: NoInput = False,
) -> None:
    """Walk one runbook, step by step. Exit 0 only when no command was left out, and checks agreed."""
    session = session_of(context)
    request = RestoreRequest(
        runbook=runbook,
        mode=Mode.DRILL if real is False else Mode.REAL,
        inputs=pairs(inputs, "--input"),
        reason=reason,
        break_glass=break_glass,
        parts=tuple(part or ()),
    )

    async def work(verbs: Verbs) -> int:
        if real is None and (await verbs(preview_restore, request)).plan.systems:
            raise BringbackError(f"{runbook} brings a system back.", "Say which: --drill, or --real, which overwrites.")
        return await launch(session, verbs, Launch(request, "unknown", yes, detach, no_input))

    raise typer.Exit(session.ask(work, Access.CARRY))
