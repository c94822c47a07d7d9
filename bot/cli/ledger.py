"""`bringback ledger verify`: whether the ledger is whole."""

from typing import Annotated

import typer

from bot.cli.options import Json
from bot.cli.safe_text import counted
from bot.cli.world import session_of
from bot.operations.verify_ledger import verify_ledger
from bot.store.codec import to_plain
from bot.store.ledger import LedgerCheck
from bot.web.control_verbs import Verbs


def build() -> typer.Typer:
    """The subcommands of `bringback ledger`."""
    app = typer.Typer(help="The append-only record of everything that happened.", no_args_is_help=True)
    app.command("verify")(verify)
    return app


def verify(
    context: typer.Context,
    head: Annotated[
        str, typer.Option("--head", metavar="SEQ:HASH", help="A head from a review: shows a tail that was cut off.")
    ] = "",
    *,
    json: Json = False,
) -> None:
    """Compute the whole chain again; exit 1 when an entry was changed, is missing, or was cut off."""
    session = session_of(context)

    async def ask(verbs: Verbs) -> LedgerCheck:
        return await verbs(verify_ledger, ":".join(head.split()))

    check = session.ask(ask)
    if json:
        session.screen.json({**to_plain(check), "sound": not check.faults})
    else:
        _show(context, check)
    raise typer.Exit(1 if check.faults else 0)


def _show(context: typer.Context, check: LedgerCheck) -> None:
    screen = session_of(context).screen
    for fault in check.faults:
        screen.say(fault)
    sound = "sound" if not check.faults else f"NOT SOUND, {counted(len(check.faults), 'fault')}"
    screen.say(
        f"The ledger is {sound}: {counted(check.entries, 'entry', 'entries')} in {counted(check.streams, 'stream')}."
    )
    for head in check.heads:
        screen.say(f"  {head}")
