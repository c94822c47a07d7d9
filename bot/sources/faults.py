"""Why a tool failed, read from what it printed: the words of the tools themselves, as recorded from real runs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain.recovery_points import FaultKind, SourceFault
from bot.sources.scrub import scrub

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.sources.process import Outcome

_EXCERPT = 160  # characters of a tool's own words that a sentence can bear


@dataclass(frozen=True, slots=True)
class _Sign:
    pattern: re.Pattern[str]
    kind: FaultKind
    says: str
    helps: str


def _sign(pattern: str, kind: FaultKind, says: str, helps: str) -> _Sign:
    return _Sign(re.compile(pattern, re.IGNORECASE), kind, says, helps)


# In this order: several tools ask "is there a repository?" when the network is down.
_SIGNS = (
    _sign(
        r"connection refused|no route to host|network is unreachable|no such host|connection reset by peer"
        r"|name or service not known|temporary failure in name resolution|could not connect|EndpointConnectionError",
        FaultKind.UNREACHABLE,
        "does not answer",
        "See whether its server runs and is in reach from here.",
    ),
    _sign(
        r"i/o timeout|timed? ?out|deadline exceeded|context deadline",
        FaultKind.TIMEOUT,
        "did not answer in time",
        "See whether its server is overloaded or cut off.",
    ),
    _sign(
        r"40[13] (unauthorized|forbidden)|unauthorized|invalid ?access ?key|signature ?does ?not ?match"
        r"|access ?denied|wrong password|authentication failed|login failed|couldn't decrypt password"
        r"|fatal: password|invalid credentials|no credential",
        FaultKind.AUTH,
        "asks for a password, or refuses ours",
        "Set the right password where the runbook's backup entry points, and ask again.",
    ),
    _sign(
        r"permission denied|operation not permitted|LockFilePermissionDenied",
        FaultKind.PERMISSION,
        "may not be read by this user",
        "Let the bot's user read it, or run the bot as the user that owns it.",
    ),
    _sign(
        r"unable to create lock|already locked|is locked|lockfilebusy|another (action|process) is",
        FaultKind.LOCKED,
        "is locked by another process",
        "Wait for that process; unlock by hand only when it is surely dead.",
    ),
    _sign(
        r"directory not found|didn't find section in config file|unknown server|config(uration)? file .{0,200}"
        r"(does not exist|not found)|database not found in config|no such bucket|NoSuchBucket|no such file or directory"
        r"|no matching backup files|bucket does not exist",
        FaultKind.MISSING_REPOSITORY,
        "is not where the runbook says",
        "Compare the address in the runbook's backup entry with what the tool itself lists.",
    ),
    _sign(
        r"failed to load config|could not parse|invalid configuration|checksum mismatch|unexpected end of|corrupt"
        r"|decode",
        FaultKind.CORRUPT,
        "cannot be understood",
        "Look at its configuration and its repository with the tool's own check.",
    ),
)
_HELPS_UNKNOWN = "Run the same listing by hand to see all that the tool says."


def fault_of(subject: str, outcome: Outcome, said: str = "", secrets: Iterable[str] = ()) -> SourceFault:
    """The fault behind a failed run.

    `subject` says what was asked ("rclone store:orders"), `said` is the tool's message where it stands elsewhere than
    in its errors. What reaches people is our own sentence with the few words that tell, never the raw output.
    """
    hidden = tuple(secrets)
    text = scrub(said or outcome.stderr or outcome.stdout, hidden)
    name = scrub(subject, hidden)
    for sign in _SIGNS:
        if found := sign.pattern.search(text):
            return SourceFault(sign.kind, f"{name} {sign.says} ({_short(found.group())}).", sign.helps)
    lines = [line for line in text.splitlines() if line.strip()]
    last = f": {_short(lines[-1])}" if lines else ""
    return SourceFault(FaultKind.UNKNOWN, f"{name} failed with exit code {outcome.code}{last}.", _HELPS_UNKNOWN)


def unreadable(subject: str, why: str) -> SourceFault:
    """A tool ended well and said something that is not what it says."""
    helps = "See whether this version of the tool is one that the documentation names."
    return SourceFault(FaultKind.CORRUPT, f"{subject} gave an answer that cannot be read ({_short(why)}).", helps)


def os_fault(subject: str, failure: OSError) -> SourceFault:
    """The operating system's refusal to read something."""
    said = failure.strerror or type(failure).__name__
    if isinstance(failure, FileNotFoundError | NotADirectoryError):
        helps = "Compare the path in the runbook's backup entry with where the copies lie."
        return SourceFault(FaultKind.MISSING_REPOSITORY, f"{subject} is not there ({said}).", helps)
    if isinstance(failure, PermissionError):
        helps = "Let the bot's user read it, or run the bot as the user that owns it."
        return SourceFault(FaultKind.PERMISSION, f"{subject} may not be read by this user ({said}).", helps)
    return SourceFault(FaultKind.UNKNOWN, f"{subject} could not be read ({said}).", "See whether its disk is well.")


def _short(words: str) -> str:
    flat = " ".join(words.split())
    return flat if len(flat) <= _EXCERPT else f"{flat[: _EXCERPT - 1]}…"
