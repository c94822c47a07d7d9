"""What was looked at, and how it was found: for `bringback doctor`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Health(StrEnum):
    """How one thing was found."""

    OK = "ok"
    UNKNOWN = "unknown"  # it could not be looked at: never as good as ok
    WARNING = "warning"  # it works, and will bite one day
    FAULT = "fault"  # it is in the way


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that was looked at: what it was found to be, and what helps when it is not well."""

    about: str
    state: Health
    what: str
    helps: str = ""
