"""`bringback schema`: JSON Schemas of what people write, for editors."""

from enum import StrEnum
from typing import Annotated, Any

import typer

from bot.cli.world import session_of
from bot.runbook.annotations import FenceKeys, StepKeys
from bot.runbook.front_matter import RecoveryKeys
from bot.runbook.policy import PolicyKeys


class What(StrEnum):
    """What a schema describes."""

    RUNBOOK = "runbook"  # a runbook's front matter
    POLICY = "policy"  # policy.yaml
    STEP = "step"  # a `<!-- step: {...} -->` comment
    FENCE = "fence"  # the keys of a code fence


def schema(
    context: typer.Context,
    what: Annotated[What | None, typer.Argument(help="Only this one.")] = None,
) -> None:
    """Print the JSON Schemas of front matter, policy.yaml, step comments and fence keys."""
    found = schemas()
    session_of(context).screen.json(found[what] if what else found)


def schemas() -> dict[str, dict[str, Any]]:
    """The schemas by name."""
    return {
        What.RUNBOOK.value: _front_matter(),
        What.POLICY.value: PolicyKeys.model_json_schema(),
        What.STEP.value: StepKeys.model_json_schema(),
        What.FENCE.value: FenceKeys.model_json_schema(),
    }


def _front_matter() -> dict[str, Any]:
    """Front matter is anybody's; only `recovery:` is ours, and strict."""
    recovery = RecoveryKeys.model_json_schema()
    definitions = recovery.pop("$defs", {})
    text = {"type": "string"}
    return {
        "title": "Front matter of a runbook",
        "type": "object",
        "properties": {"title": text, "owner": text, "last_reviewed_on": text, "review_in": text, "recovery": recovery},
        "additionalProperties": True,
        "$defs": definitions,
    }
