"""Options that several subcommands share."""

from pathlib import Path
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Answer with JSON.")]
Html = Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write it as one HTML page.")]
Recovery = Annotated[str, typer.Argument(metavar="R-1", help="The recovery's id, as `bringback status` lists it.")]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why: kept in the ledger and in the review.")]
NoInput = Annotated[bool, typer.Option("--no-input", help="Ask nobody, as when there is no terminal.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before it starts.")]
Detach = Annotated[bool, typer.Option("--detach", help="Start it, and leave it to the running bot.")]
Inputs = Annotated[
    list[str] | None, typer.Option("--input", metavar="NAME=VALUE", help="A value the runbook asks for.")
]

System = Annotated[str, typer.Argument(metavar="SYSTEM", help="The system, or other unit, of the step.")]
StepId = Annotated[str, typer.Argument(metavar="STEP", help="The step's id, as `bringback status R-1` shows it.")]
Person = Annotated[str, typer.Argument(metavar="PERSON", help="A name, a login or a Slack id of policy.yaml.")]
AboutSystem = Annotated[str, typer.Option("--system", metavar="SYSTEM", help="What it is about.")]
AboutStep = Annotated[str, typer.Option("--step", metavar="STEP", help="The step that it is about.")]


def pairs(texts: list[str] | None, option: str) -> tuple[tuple[str, str], ...]:
    """NAME=VALUE texts as pairs. Raises typer.BadParameter."""
    found = []
    for text in texts or ():
        name, equals, value = text.partition("=")
        if not equals or not name or not value:
            raise typer.BadParameter(f"“{text}” is not NAME=VALUE.", param_hint=option)
        found.append((name, value))
    return tuple(found)
