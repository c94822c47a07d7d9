"""What the tables say beside the ledger, read at one moment with it: for holding the one against the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from tortoise.transactions import in_transaction

from bot.domain.events import Event
from bot.store.ledger import LedgerCheck, check_entries, read_entry
from bot.store.records import EventRecord, ProofRecord, RecoveryRecord, ReviewRecord
from bot.store.reviews import KeptReview, to_kept

if TYPE_CHECKING:
    from tortoise.backends.base.client import BaseDBAsyncClient

    from bot.store.ledger import Head


@dataclass(frozen=True, slots=True)
class StoredRecovery:
    """A row of the recoveries as it stands there: texts, for a changed one may be no plan and no status at all."""

    id: str
    name: str
    mode: str
    status: str
    plan: str
    requested_at: datetime
    expires_at: datetime | None
    ended_at: datetime | None
    head_seq: int


@dataclass(frozen=True, slots=True)
class StoredProof:
    """A row of the proofs as it stands there; `id` is that of its event."""

    id: str
    system: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that is kept of recoveries at one moment, and what is to be said of the chain itself."""

    check: LedgerCheck
    streams: Mapping[str, Sequence[Event]]
    recoveries: Sequence[StoredRecovery]
    proofs: Sequence[StoredProof]
    reviews: Sequence[KeptReview]


class Tables:
    """Reads everything in one transaction, so that a bot at work beside it makes no difference."""

    async def snapshot(self, head: Head | None = None) -> Snapshot:
        """The ledger, its check (also against a kept head), and the tables that stand beside it."""
        async with in_transaction() as connection:
            if connection.capabilities.dialect == "postgres":
                await connection.execute_query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            entries = await EventRecord.all().using_db(connection).order_by("stream", "seq")
            recoveries = await _recoveries(connection)
            proofs = await ProofRecord.all().using_db(connection).order_by("at")
            reviews = await ReviewRecord.all().using_db(connection).order_by("recovery")
        streams: dict[str, list[Event]] = {}
        for entry in entries:
            event = read_entry(entry)
            streams.setdefault(entry.stream, []).extend([event] if event else [])
        return Snapshot(
            check=check_entries(entries, head),
            streams=streams,
            recoveries=recoveries,
            proofs=[StoredProof(row.id, row.system, row.at, row.text) for row in proofs],
            reviews=[to_kept(row) for row in reviews],
        )


async def _recoveries(connection: BaseDBAsyncClient) -> list[StoredRecovery]:
    return [
        StoredRecovery(
            id=row.id,
            name=row.name,
            mode=row.mode,
            status=row.status,
            plan=row.plan,
            requested_at=row.requested_at,
            expires_at=row.expires_at,
            ended_at=row.ended_at,
            head_seq=row.head_seq,
        )
        for row in await RecoveryRecord.all().using_db(connection).order_by("number")
    ]
