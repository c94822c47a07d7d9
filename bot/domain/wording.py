"""Measured time in words. What is said of parts sums to what is said of the whole."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.step_spans import SpanKind

if TYPE_CHECKING:
    from collections.abc import Mapping

_SECOND = timedelta(seconds=1)
_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)

PART_WORDS = {
    SpanKind.NOTICING: "noticing",
    SpanKind.DECIDING: "deciding",
    SpanKind.APPROVAL: "approval",
    SpanKind.PEOPLE: "waiting for people",
    SpanKind.HANDS_ON: "hands-on",
    SpanKind.MACHINE: "machine",
    SpanKind.REWORK: "rework",
    SpanKind.PAUSED: "paused",
    SpanKind.OTHER: "between steps",
}
"""What people read for each kind of span."""


def in_words(length: timedelta) -> str:
    """A measured length, rounded to the second below an hour and to the minute above: "34 min 12 s", "2 h 5 min"."""
    size = abs(length)
    sign = "-" if length < timedelta() else ""
    if timedelta() < size < _SECOND / 2:
        return "under 1 s"
    return sign + _spelled(round(size / _unit(size)) * _unit(size))


def parts_in_words(parts: Mapping[SpanKind, timedelta]) -> list[tuple[str, str]]:
    """The parts that are not nothing, each as (what, how long), rounded so that they sum to the rounded whole."""
    whole = sum(parts.values(), timedelta())
    unit = _unit(whole)
    floors = {kind: length // unit for kind, length in parts.items()}
    by_remainder = sorted(parts, key=lambda kind: parts[kind] % unit, reverse=True)
    for kind in by_remainder[: round(whole / unit) - sum(floors.values())]:
        floors[kind] += 1
    return [(PART_WORDS[kind], _spelled(count * unit)) for kind, count in floors.items() if count]


def _unit(length: timedelta) -> timedelta:
    return _SECOND if length < _HOUR else _MINUTE


def _spelled(length: timedelta) -> str:
    hours, rest = divmod(length, _HOUR)
    minutes, rest = divmod(rest, _MINUTE)
    seconds = rest // _SECOND
    said = [f"{count} {unit}" for count, unit in ((hours, "h"), (minutes, "min"), (seconds, "s")) if count]
    return " ".join(said) or "0 s"


def size_in_words(size: int) -> str:
    """A number of bytes: "800 bytes", "77 kB", "3.4 MB"."""
    if size < 1000:  # noqa: PLR2004 - the step from one unit to the next
        return f"{size} bytes"
    if size < 999_500:  # noqa: PLR2004 - what rounds to 1000 kB is said in MB
        return f"{size / 1000:.0f} kB"
    return f"{size / 1_000_000:.1f} MB"
