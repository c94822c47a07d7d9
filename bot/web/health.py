"""Whether every part of the running bot still does its work: when each last succeeded, and what stands in its way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the bot: the engine, Slack, a sweep. It should succeed again within `every`."""

    name: str
    succeeded_at: datetime | None
    fault: str = ""
    every: timedelta = timedelta(minutes=1)

    def is_well(self, now: datetime) -> bool:
        """Whether it succeeded lately and nothing stands in its way; before the first success it is not."""
        return not self.fault and self.succeeded_at is not None and now - self.succeeded_at <= self.every


def is_well(parts: Sequence[Part], now: datetime) -> bool:
    """Whether every part is well."""
    return all(part.is_well(now) for part in parts)


def as_json(parts: Sequence[Part], now: datetime) -> dict[str, Any]:
    """What `/health` answers."""
    return {
        "status": "ok" if is_well(parts, now) else "failing",
        "as_of": now.isoformat(),
        "parts": {
            part.name: {
                "ok": part.is_well(now),
                "last_success": part.succeeded_at.isoformat() if part.succeeded_at else None,
                "fault": part.fault or None,
            }
            for part in parts
        },
    }
