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

COMMANDS: dict[str, dict[str, str]] = {
    "Ask": {
        "freshness": "How fresh each system's backups are, worst first.",
        "order": "The documented restore order.",
        "status": "What is under way and who must act; with an id, all steps of one recovery.",
        "summary": "Recoveries, drills, losses and what is not covered, for a manager.",
        "review": "What really happened: orders, times, data lost, skips, proofs.",
        "ledger": "The append-only record of everything that happened.",
    },
    "Bring back": {
        "restore": "Bring systems back in their documented order, and stay with it. Exit 0 only when all is verified.",
        "walk": "Walk one runbook, step by step. Exit 0 only when no command was left out, and checks agreed.",
        "follow": "Stay with a recovery: see it go on, do its human steps. Without a running bot, it goes on here.",
    },
    "During a recovery": {
        "approve": "Approve exactly this real restore, as a second person.",
        "reject": "Refuse a real restore that waits for approval.",
        "answer": "Answer a step that waits for a person.",
        "take": "Say that you are on a step that waits for a person.",
        "assign": "Give a step to one person: they are asked from now on.",
        "hand-over": "Give a whole recovery to another: the lead, and what waits for whoever led.",
        "note": "Write something down in a recovery, with its time and your name.",
        "attach": "Keep files with a recovery: the ledger has their digests, the review their names.",
        "attachment": "Get a file back that was kept with a recovery. What is there already is not overwritten.",
        "pause": "No further step starts; what runs goes on, and so does the clock.",
        "resume": "Steps start again.",
        "abort": "End a recovery: running commands are stopped within seconds, nothing further starts.",
    },
    "Runbooks": {
        "check": "Check the runbooks and policy.yaml; exit 1 when there is a fault. Warnings are no faults.",
        "steps": "Print the steps that a person would walk; --json prints one object a line, a line a file.",
        "cosmetic": "Carry a proof over a runbook that changed in words only. Recorded with your name and reason.",
        "schema": "Print the JSON Schemas of front matter, step comments, fence keys and policy.yaml.",
    },
    "Run": {
        "serve": "Run the bot: Slack, sweeps, recoveries, reviews. Ctrl-C or SIGTERM ends it; the next start goes on.",
        "work": "Run the commands of SITE's systems. Needs PostgreSQL: SQLite is one process.",
        "migrate": "Bring the database's schema up to date (SQLite: after copying the file beside itself).",
        "console": "Sign in to the local workspace beside Slack, or serve one of its own (see its --help).",
        "demo": "Run the demo estate (--help tells its own options). Only from a clone, after `./run demo` set it up.",
        "manifest": "Print the manifest of the Slack app: YAML, to be pasted at api.slack.com (“From a manifest”).",
        "doctor": "Look at Slack, database, runbooks, tools and state; exit 1 when something is in the way.",
    },
}
"""The subcommands, each in the file of its name, by the heading they stand under in the help, and what that says."""


HELP = "help"


class CommandGroup(TyperGroup):
    """Turns an error of the bot into one sentence and exit code 1. Usage errors exit with 2."""

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """`help` is --help; `help NAME` is `NAME --help`."""
        if args[:1] == [HELP]:
            args = [*args[1:2], "--help"]
        return super().parse_args(ctx, args)

    def invoke(self, ctx: Context) -> Any:
        """Run the subcommand."""
        try:
            return super().invoke(ctx)
        except BringbackError as error:
            Screen().error(error)
            raise typer.Exit(1) from None


def build(world: World, names: Collection[str] = ()) -> typer.Typer:
    """The command line, running in `world`; with only the subcommands of `names` when there are any."""
    app = _empty(world)
    for heading, commands in COMMANDS.items():
        for name in commands:
            if not names or name in names:
                _add(app, name, heading)
    return app


def _empty(world: World | None) -> typer.Typer:
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
        context.obj = Session(world) if world else None

    return app


def build_list() -> typer.Typer:
    """The same command line for its help alone: what the subcommands do is said without importing them."""
    app = _empty(None)
    for heading, commands in COMMANDS.items():
        for name, said in commands.items():
            app.command(name, help=said, rich_help_panel=heading)(_listed)
    return app


def _listed() -> None:
    """Stands for a subcommand that is only listed."""


def _add(app: typer.Typer, name: str, heading: str) -> None:
    module_name = name.replace("-", "_")
    module = import_module(f"bot.cli.{module_name}")
    if hasattr(module, "build"):
        app.add_typer(module.build(), name=name, rich_help_panel=heading)
    else:
        app.command(name, rich_help_panel=heading, **getattr(module, "OPTIONS", {}))(getattr(module, module_name))


def run() -> None:
    """Run this process's command line."""
    words = sys.argv[1:]
    app = build_list() if only_lists(words) else build(real_world(), needed(words))
    app(prog_name="bringback")


def only_lists(words: Sequence[str]) -> bool:
    """Whether these words ask for nothing but the list of subcommands."""
    return not words or words[0] in {"-h", "--help"} or list(words) == [HELP]


def needed(words: Sequence[str]) -> set[str]:
    """The subcommand that these words call, all that is then imported: `bringback check` runs before every commit."""
    called = words[1:2] if words[:1] == [HELP] else words[:1]
    return {name for names in COMMANDS.values() for name in names if name in called}
