"""`bringback schema`: JSON Schemas of what people write, for editors."""

from enum import StrEnum
from typing import Annotated

import typer

from bot.cli.world import session_of
from bot.runbook.schema import schemas


class What(StrEnum):
    """What a schema describes."""

    FRONT_MATTER = "front-matter"  # of a runbook
    STEP = "step"  # a `<!-- step: {...} -->` comment
    FENCE = "fence"  # the info of a code fence
    POLICY = "policy"  # policy.yaml


def schema(
    context: typer.Context,
    what: Annotated[What | None, typer.Argument(help="Only this one.")] = None,
) -> None:
    """Print the JSON Schemas of front matter, step comments, fence keys and policy.yaml."""
    found = schemas()
    session_of(context).screen.json(found[what] if what else found)
