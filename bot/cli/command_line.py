"""The command line: all subcommands under `bringback`, and what becomes of their errors."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperGroup

from bot.cli.screen import Screen
from bot.cli.world import Session, World, real_world
from bot.domain.errors import BringbackError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from typer._click import Context

COMMANDS: dict[str, tuple[str, ...]] = {
    "Ask": ("freshness", "order", "status", "summary", "review", "ledger"),
    "Bring back": ("restore", "walk", "follow"),
    "During a recovery": ("approve", "reject", "answer", "note", "pause", "resume", "abort"),
    "Runbooks": ("check", "steps", "schema"),
    "Run": ("serve", "work", "migrate", "console", "demo", "doctor"),
}
"""The subcommands, each in the file of its name, by the heading they stand under in the help."""


class CommandGroup(TyperGroup):
    """Turns an error of the bot into one sentence and exit code 1. Usage errors exit with 2."""

    def invoke(self, ctx: Context) -> Any:
        """Run the subcommand."""
        try:
            return super().invoke(ctx)
        except BringbackError as error:
            Screen().error(error)
            raise typer.Exit(1) from None


def build(world: World, names: Collection[str] = ()) -> typer.Typer:
    """The command line, running in `world`; with only the subcommands of `names` when there are any."""
    app = typer.Typer(
        name="bringback",
        cls=CommandGroup,
        help="Brings systems back: in the documented order, from backups that were proven, on a measured clock.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )

    @app.callback()
    def start(context: typer.Context) -> None:
        context.obj = Session(world)

    for heading, commands in COMMANDS.items():
        for name in commands:
            if not names or name in names:
                _add(app, name, heading)
    return app


def _add(app: typer.Typer, name: str, heading: str) -> None:
    module = import_module(f"bot.cli.{name}")
    if hasattr(module, "build"):
        app.add_typer(module.build(), name=name, rich_help_panel=heading)
    else:
        app.command(name, rich_help_panel=heading, **getattr(module, "OPTIONS", {}))(getattr(module, name))


def run() -> None:
    """Run this process's command line."""
    build(real_world(), needed(sys.argv[1:]))(prog_name="bringback")


def needed(words: Sequence[str]) -> set[str]:
    """The subcommand that these words call, all that is then imported: `bringback check` runs before every commit."""
    return {name for names in COMMANDS.values() for name in names if name in words[:1]}
