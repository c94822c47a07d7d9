"""The demo's own clock: it may import nothing of the bot."""

from __future__ import annotations

from datetime import UTC, datetime


def utc_now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)  # noqa: TID251 - the one place where the demo reads the clock


def rfc3339(moment: datetime) -> str:
    """``2026-11-22T10:15:00.123456Z``: always UTC, always microseconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def from_rfc3339(text: str) -> datetime:
    """The moment that `rfc3339` wrote."""
    return datetime.fromisoformat(text)


def compact(moment: datetime) -> str:
    """``20261122T101500.123456Z``: a moment as the name of a folder; such names sort by time."""
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
