"""Recovery points and what a source said: the values between backup tools and the rules of freshness."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.domain.errors import BringbackError


class FaultKind(StrEnum):
    """Why a source could not be read."""

    AUTH = "auth"  # it asks for a password, or refuses ours
    MISSING_REPOSITORY = "missing_repository"  # nothing is at that address
    LOCKED = "locked"  # somebody else holds it
    UNREACHABLE = "unreachable"  # nobody answers at that address
    TIMEOUT = "timeout"  # no answer in time
    CORRUPT = "corrupt"  # it answers with what cannot be read
    TOOL_MISSING = "tool_missing"  # the tool is not on PATH
    PERMISSION = "permission"  # the operating system refuses
    UNKNOWN = "unknown"  # none of these


class SourceFault(BringbackError):
    """A source could not be read: freshness is unknown, and no old age stands in for it."""

    def __init__(self, kind: FaultKind, what: str, helps: str = "") -> None:
        super().__init__(what, helps)
        self.kind = kind
        self.retryable = kind in {FaultKind.LOCKED, FaultKind.UNREACHABLE, FaultKind.TIMEOUT}


@dataclass(frozen=True, slots=True)
class RecoveryPoint:
    """One restorable copy.

    `restorable_through` is the last moment it can bring back: the end of its contiguous log, else its consistent
    moment. `log_through` is the end of its log as the source claims it, past a gap if there is one. Sizes in bytes.
    """

    id: str
    source: str  # the tool
    restorable_through: datetime
    taken_at: datetime  # the moment the copy is consistent as of
    finished_at: datetime | None = None
    log_through: datetime | None = None
    size_bytes: int | None = None
    files: int | None = None
    location: str = ""
    complete: bool = True
    gap: str = ""  # names the first missing piece of the log
    label: str = ""
    flaw: str = ""  # why it is not complete: half a sentence
    added_bytes: int | None = None  # data that its predecessor did not hold, where the source knows


@dataclass(frozen=True, slots=True)
class ReadingFault:
    """Why a source could not be read, as a value."""

    kind: FaultKind
    detail: str
    helps: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one source of one system said at one time: its recovery points, or why it could not be read."""

    system: str
    backup: int  # index into the system's backups
    tool: str
    location: str
    checked_at: datetime
    points: tuple[RecoveryPoint, ...] = ()
    fault: ReadingFault | None = None
    tool_version: str = ""
    token: str = ""  # what the source's cheap probe said; unchanged means nothing new, never healthy
    raw: dict[str, str] = field(default_factory=dict)
