"""Errors over the control socket: what an operation raises there is raised here, as the same kind."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.domain.errors import BringbackError
from bot.domain.recovery_points import FaultKind
from bot.domain.runbook import Fault
from bot.store.codec import from_plain, to_plain


class BotGone(BringbackError):
    """The process that holds the state stopped answering. Whether the last call counted is not known."""

    retryable = True


_KEPT: dict[str, dict[str, Any]] = {
    "AlreadyDone": {"by": str, "at": datetime},
    "RunbookError": {"faults": tuple[Fault, ...]},
    "SettingsError": {"faults": tuple[str, ...]},
    "SourceFault": {"kind": FaultKind, "retryable": bool},
}
"""What a kind of error carries besides `what` and `helps`."""


def error_to_plain(error: BringbackError) -> dict[str, Any]:
    """JSON of an error."""
    kind = type(error).__name__
    kept = {name: to_plain(getattr(error, name)) for name in _KEPT.get(kind, {})}
    return {"kind": kind, "what": error.what, "helps": error.helps, "kept": kept}


def error_from_plain(plain: dict[str, Any]) -> BringbackError:
    """The error again. A kind that this version does not know is a plain BringbackError."""
    kind = _kinds().get(str(plain.get("kind")), BringbackError)
    error = kind.__new__(kind)
    BringbackError.__init__(error, str(plain.get("what", "")), str(plain.get("helps", "")))
    for name, tp in _KEPT.get(kind.__name__, {}).items():
        setattr(error, name, from_plain(tp, plain["kept"][name]))
    return error


def _kinds() -> dict[str, type[BringbackError]]:
    found: dict[str, type[BringbackError]] = {}
    todo = [BringbackError]
    while todo:
        kind = todo.pop()
        found[kind.__name__] = kind
        todo += kind.__subclasses__()
    return found
