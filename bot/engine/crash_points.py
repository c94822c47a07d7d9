"""Named moments at which the bot may be killed, and at which the tests do kill it."""

from __future__ import annotations

from typing import Protocol


class CrashPoints(Protocol):
    """Is told when a named moment is reached. In production nothing happens then."""

    def __call__(self, point: str, /) -> None:
        """The moment of this name is reached."""
        ...


def pass_by(point: str) -> None:
    """What production does at a crash point: nothing."""
    del point


COMMITS = (
    "create",  # the recovery and its request
    "move to running",  # approved, or started without
    "gate",  # the attempt row, a question, a unit's start
    "attempt end",
    "answer",
    "apply",  # the workflow goes on with an answer
    "unit end",
    "proof",
    "close",  # the end, and its head in the estate's stream
)
"""Commits of the store: there is a point before and one after each."""

POINTS = tuple(
    [f"{side} {commit}" for commit in COMMITS for side in ("before", "after")]
    + ["before wrapper", "after wrapper", "after command"]
    + ["before checkpoint", "after checkpoint"]
)
"""Every named crash point of a recovery."""
