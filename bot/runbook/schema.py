"""JSON Schemas of everything that an author writes: for editors, and for `bringback schema`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.runbook.annotations import FenceKeys, StepKeys
from bot.runbook.front_matter import RecoveryKeys
from bot.runbook.policy import PolicyKeys

if TYPE_CHECKING:
    from pydantic import BaseModel

_DRAFT = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> dict[str, dict[str, Any]]:
    """Every schema by name: front-matter, step, fence, policy."""
    return {
        "front-matter": front_matter_schema(),
        "step": _schema(StepKeys, "A step's comment: <!-- step: {...} -->"),
        "fence": _fence_schema(),
        "policy": _schema(PolicyKeys, "policy.yaml"),
    }


def front_matter_schema() -> dict[str, Any]:
    """Front matter as a whole: `recovery:` is strict, every other key is left alone."""
    recovery = _schema(RecoveryKeys, "What Bringback reads; an unknown key here is a fault.")
    definitions = recovery.pop("$defs", {})
    recovery.pop("$schema")
    recovery["properties"]["inputs"]["additionalProperties"] = False  # beside those whose name is a variable's
    return {
        "$schema": _DRAFT,
        "title": "Front matter of a runbook",
        "type": "object",
        "properties": {
            "title": {"type": "string"},
            "owner": {"type": "string"},
            "owner_slack": {"type": "string"},
            "last_reviewed_on": {"format": "date"},  # a text to some readers of YAML, a date to others
            "review_in": {"type": "string", "examples": ["6 months"]},
            "recovery": recovery,
        },
        "$defs": definitions,
    }


def _fence_schema() -> dict[str, Any]:
    # Runme turns every value into text, and so may an author: numbers and truth values are allowed as text too.
    schema = _schema(FenceKeys, 'The info of a fence: ```sh {"name": "restore"}')
    schema["additionalProperties"] = True
    for value in schema["properties"].values():
        if value.get("type") == "boolean":
            del value["type"]
            value["enum"] = [True, False, "true", "false"]
        elif value.get("type") == "integer":
            value |= {"type": ["integer", "string"], "pattern": "^[0-9]+$"}
    return schema


def _schema(model: type[BaseModel], description: str) -> dict[str, Any]:
    return {"$schema": _DRAFT, **model.model_json_schema(), "description": description}
