"""The inbox: every delivery from Slack once, under a unique key, and what was acknowledged but not done."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tortoise.exceptions import IntegrityError
from tortoise.expressions import F

from bot.store.slack_records import InboxRecord

LEASE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One delivery. `attempts` counts from 1: more means that an earlier attempt ended with its process."""

    key: str
    kind: str
    payload: Mapping[str, Any]
    received_at: datetime
    attempts: int = 1


class Inbox:
    """Keeps deliveries until their work is done, and their keys for as long as Slack might send them again."""

    async def accept(self, surface: str, key: str, kind: str, payload: Mapping[str, Any], at: datetime) -> bool:
        """Commit a delivery, leased to this process. False when this key was accepted before."""
        text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
        row = InboxRecord(key=_id(surface, key), kind=kind, text=text, received_at=at, lease_until=at + LEASE)
        try:
            await row.save(force_create=True)
        except IntegrityError:
            return False
        return True

    async def done(self, surface: str, key: str, at: datetime, outcome: str = "") -> None:
        """The work of a delivery is done; its payload is let go, its key is kept."""
        await InboxRecord.filter(key=_id(surface, key)).update(done_at=at, outcome=outcome, text="{}")

    async def take_undone(self, surface: str, at: datetime, *, alone: bool = False, most: int = 100) -> list[Delivery]:
        """Deliveries that were acknowledged and not done, oldest first, now leased to this process.

        Those leased to another process are passed over while the lease lasts, unless this one is `alone`.
        """
        undone = InboxRecord.filter(key__startswith=_id(surface, ""), done_at=None)
        if not alone:
            undone = undone.filter(lease_until__lt=at)
        taken = []
        for row in await undone.order_by("received_at").limit(most):
            claim = InboxRecord.filter(key=row.key, done_at=None, lease_until=row.lease_until, attempts=row.attempts)
            if await claim.update(lease_until=at + LEASE, attempts=F("attempts") + 1):
                taken.append(
                    Delivery(
                        row.key.removeprefix(_id(surface, "")),
                        row.kind,
                        json.loads(row.text),
                        row.received_at,
                        row.attempts + 1,
                    )
                )
        return taken

    async def forget(self, before: datetime) -> int:
        """Drop the keys of deliveries done before then; returns how many."""
        return await InboxRecord.filter(done_at__lt=before).delete()


def _id(surface: str, key: str) -> str:
    return f"{surface}/{key}"
