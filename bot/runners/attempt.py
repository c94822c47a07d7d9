"""One attempt at one command, as files in a folder of its own, and what those files tell.

script       what runs
claimed/     made with mkdir by whoever comes first: the wrapper, or the bot giving the attempt up
began        the wrapper's identity and when it began
entered/     likewise: the wrapper on its way into the command, or the bot that has waited for `began` long enough
given-up     the bot came first: the command never ran and never will
output       standard output and standard error
end          exit code and when it ended; renamed into place, so it is whole or absent
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

OUTPUT_BYTES = 64 * 1024
"""How much of an output's end is read."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What to run, where its files lie, and what it is told."""

    directory: Path
    script: str
    environment: Mapping[str, str] = field(repr=False)
    interpreter: str = "sh"
    cwd: str = ""
    timeout: timedelta = timedelta(minutes=30)
    secrets: tuple[str, ...] = field(default=(), repr=False)  # values of its environment that no output may show
    fault: str = ""  # why it must not start


@dataclass(frozen=True, slots=True)
class Identity:
    """A process that cannot be mistaken for a later one: its id, when it started, and since which boot."""

    pid: int
    started: str
    boot: str


class Sight(StrEnum):
    """What the files and the process table tell of an attempt."""

    UNCLAIMED = "unclaimed"  # nobody began it
    CLAIMED = "claimed"  # somebody claimed it and wrote nothing yet
    GIVEN_UP = "given_up"  # the bot came first: it never ran and never will
    RUNNING = "running"
    ENDED = "ended"
    VANISHED = "vanished"  # it began, it is gone, and left no end


@dataclass(frozen=True, slots=True)
class Observation:
    """What was seen. `began_at` and `ended_at` are the wrapper's own times."""

    sight: Sight
    began_at: datetime | None = None
    ended_at: datetime | None = None
    exit_code: int | None = None
    identity: Identity | None = None


def make_private(directory: Path) -> None:
    """Make a folder, and those above it that are missing, for this user alone."""
    missing = [folder for folder in (directory, *directory.parents) if not folder.exists()]
    for folder in reversed(missing):
        folder.mkdir(mode=0o700, exist_ok=True)


def parse_moment(text: str) -> datetime:
    """A time from seconds since 1970, with or without a fraction (`date +%s.%N`; some systems print a literal N)."""
    seconds, _, fraction = text.partition(".")
    digits = fraction if fraction.isdigit() else "0"
    return datetime.fromtimestamp(int(seconds), UTC) + timedelta(microseconds=int(f"{digits:0<6}"[:6]))


def read_tail(path: Path, limit: int = OUTPUT_BYTES) -> str:
    """The end of a file as text; empty when there is none."""
    try:
        with path.open("rb") as stream:
            stream.seek(0, 2)
            stream.seek(max(0, stream.tell() - limit))
            return stream.read().decode(errors="replace")
    except FileNotFoundError:
        return ""
