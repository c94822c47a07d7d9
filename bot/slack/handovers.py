"""What passed from one person to another, read from the events of a recovery. Pure.

Slack notifies nobody whom an edit mentions, so each of these is a message of its own, in the recovery's thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bot.domain.events import Event, EventKind

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Handover:
    """Somebody got a step, or the whole walk (`unit` is empty), or lost it. `told` is who is told, by id or name."""

    seq: int
    at: datetime
    kind: str
    who: str
    told: str
    told_name: str
    unit: str = ""
    step: str = ""
    words: str = ""


def handovers_of(events: Iterable[Event]) -> list[Handover]:
    """Every assignment, handing over and taking over, in the order of the ledger."""
    return [found for event in events if (found := _handover(event))]


def _handover(event: Event) -> Handover | None:
    data = event.data
    told, name = str(data.get("to", "")), str(data.get("to_name", ""))
    if event.kind == EventKind.TAKEN:
        told = name = str(data.get("from", ""))
    elif event.kind not in {EventKind.ASSIGNED, EventKind.HANDED_OVER}:
        return None
    who = event.actor_name or event.actor
    if not told or who == name:
        return None
    words = str(data.get("text", ""))
    return Handover(event.seq, event.occurred_at, event.kind, who, told, name, event.unit, event.step, words)
