"""Bringing an envelope to the app, whichever way: what it came to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from .records import Json


class Outcome(Enum):
    """What became of one delivery."""

    ACKED = "acked"  # the app acknowledged in time
    NO_ACK = "no_ack"  # it was sent, and no acknowledgement came in time
    NOT_CONNECTED = "not_connected"  # there was nobody to send it to


@dataclass(frozen=True, slots=True)
class Ack:
    """The outcome, and the payload of the acknowledgement if it had one."""

    outcome: Outcome
    payload: Json | None = None


@dataclass(frozen=True, slots=True)
class Envelope:
    """``kind`` is events_api, slash_commands or interactive; ``attempt`` counts redeliveries from 0."""

    kind: str
    payload: Json
    accepts_response: bool = False
    attempt: int = 0
    reason: str = ""


class Carrier(Protocol):
    """A way to the app."""

    async def deliver(self, envelope: Envelope, seconds: float) -> Ack:
        """Sends an envelope and waits at most so long for its acknowledgement."""
        ...
