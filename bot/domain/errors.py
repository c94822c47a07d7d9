"""Errors of Bringback. Each says what happened, what it was about, and what helps.

BringbackError
|- SettingsError        the environment: every fault at once
|- RunbookError         runbooks and policy.yaml: every fault with file and line
|- UnknownName          a system, plan, runbook, recovery or step that nobody declared
|- NotAllowed           the policy does not let this person do this
|- AlreadyDone          somebody else did it before: says who and when
|- Conflict             the state has moved on since the question was asked
|- SourceFault          a backup tool could not be asked (see bot.domain.recovery_points)
|- LedgerBroken         the ledger was changed, cut off, or does not fit a head
`- NotHolder            another process holds the state
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.domain.runbook import Fault


_LONGEST_SHOWN = 80  # characters of a name that nobody declared


class BringbackError(Exception):
    """What happened (`what`, one sentence naming what it was about) and what helps (`helps`, one sentence or empty)."""

    retryable = False

    def __init__(self, what: str, helps: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.helps = helps

    def __str__(self) -> str:
        return f"{self.what} {self.helps}".strip()


class SettingsError(BringbackError):
    """Faults of the environment, all of them at once."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("The settings have faults: " + " ".join(faults))
        self.faults = tuple(faults)


class RunbookError(BringbackError):
    """Faults of runbooks or policy, all of them at once, each with file and line."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults), "`bringback check` lists them all.")
        self.faults = tuple(faults)


class UnknownName(BringbackError):
    """Nobody declared this name. Lists the nearest declared ones."""

    def __init__(self, noun: str, name: str, known: Sequence[str]) -> None:
        near = nearest(name[:_LONGEST_SHOWN], known)
        helps = f"Did you mean {', '.join(near)}?" if near else f"Known: {', '.join(sorted(known)) or 'none'}."
        shown = name if len(name) <= _LONGEST_SHOWN else f"{name[:_LONGEST_SHOWN]}…"
        super().__init__(f"There is no {noun} called “{shown}”.", helps)


class NotAllowed(BringbackError):
    """The policy does not let this person do this."""


class AlreadyDone(BringbackError):
    """Somebody did it before. `by` is a person's display text, `at` when."""

    def __init__(self, what: str, by: str, at: datetime) -> None:
        super().__init__(f"{what}: already done by {by} at {at:%H:%M:%S} UTC.")
        self.by = by
        self.at = at


class Conflict(BringbackError):
    """The state has moved on since the question was asked."""


class LedgerBroken(BringbackError):
    """An entry of the ledger was changed, is missing, or was cut off."""


class NotHolder(BringbackError):
    """Another process holds this state."""


def nearest(name: str, known: Sequence[str], most: int = 3) -> list[str]:
    """The declared names most like `name`, best first."""
    from difflib import get_close_matches  # noqa: PLC0415 - only needed on the way to an error

    return get_close_matches(name, known, n=most, cutoff=0.5)
