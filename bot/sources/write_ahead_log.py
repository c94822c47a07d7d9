"""PostgreSQL's write-ahead log as file names: which segment follows which, and where the first one is missing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

_NAME = re.compile(r"([0-9A-F]{8})([0-9A-F]{8})([0-9A-F]{8})", re.IGNORECASE)
_LSN = re.compile(r"([0-9A-F]+)/([0-9A-F]+)", re.IGNORECASE)
_LOG_FILE = 1 << 32  # bytes that the middle part of a name counts
DEFAULT_SEGMENT = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True, order=True)
class Segment:
    """One file of the log: its timeline, and its number on it."""

    timeline: int
    number: int

    @classmethod
    def parse(cls, name: str, segment_bytes: int = DEFAULT_SEGMENT) -> Segment | None:
        """The segment of that file name; None for history, backup label and partial files."""
        found = _NAME.fullmatch(name)
        if found is None:
            return None
        timeline, log, place = (int(part, 16) for part in found.groups())
        return cls(timeline, log * (_LOG_FILE // segment_bytes) + place)

    def name(self, segment_bytes: int = DEFAULT_SEGMENT) -> str:
        """Its file name."""
        log, place = divmod(self.number, _LOG_FILE // segment_bytes)
        return f"{self.timeline:08X}{log:08X}{place:08X}"

    def next(self) -> Segment:
        """The one that follows on the same timeline."""
        return Segment(self.timeline, self.number + 1)


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a log goes from some segment on. `missing` is the first one that is not there, if any comes after it."""

    last: Segment | None  # the last one without a hole before it
    claimed: Segment | None  # the newest one of the timeline, past a hole if there is one
    missing: Segment | None


def segment_bytes(name: str, lsn: str) -> int:
    """The size of segments, from a position in the log and the name of the segment that holds it.

    The name's last part is the position shifted by the size, so any but the first of a log file gives it away.
    """
    found, position = _NAME.fullmatch(name), _LSN.fullmatch(lsn)
    if found is None or position is None:
        return DEFAULT_SEGMENT
    place, low = int(found.group(3), 16), int(position.group(2), 16)
    sizes = (1 << bits for bits in range(20, 31))  # PostgreSQL allows 1 MB to 1 GB
    return next((size for size in sizes if place and low // size == place), DEFAULT_SEGMENT)


def reach(begin: Segment, present: Mapping[Segment, datetime], claimed: frozenset[Segment]) -> Reach:
    """Follow the log from `begin` on its timeline through what is really there.

    `present` maps the segments that lie in the archive to their times; `claimed` are those that its catalogue lists.
    """
    known = [segment for segment in (*present, *claimed) if segment.timeline == begin.timeline and segment >= begin]
    newest = max(known, default=None)
    last, following = None, begin
    while following in present:
        last, following = following, following.next()
    missing = following if newest is not None and newest >= following else None
    return Reach(last, newest, missing)
