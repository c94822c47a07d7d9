"""Which question a button or a form is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.domain.errors import BringbackError

if TYPE_CHECKING:
    from collections.abc import Mapping

OLD = BringbackError("This message is from an older version of the bot.", "Use its newest message, or status.")


def where_of(value: Mapping[str, Any]) -> dict[str, Any]:
    """Recovery, unit, step and attempt that a button carries. Raises BringbackError for a button of another version."""
    try:
        return {
            "recovery": str(value["r"]),
            "unit": str(value["u"]),
            "step": str(value["s"]),
            "attempt": int(value["a"]),
        }
    except (KeyError, ValueError) as unreadable:
        raise OLD from unreadable


def recovery_of(value: Mapping[str, Any]) -> str:
    """The recovery that a button carries. Raises BringbackError for a button of another version."""
    if not value.get("r"):
        raise OLD
    return str(value["r"])
