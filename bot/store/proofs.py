"""Proofs: evidence that restores work, as the estate's stream of the ledger has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.events import ESTATE_STREAM, EstateEventKind, make_event
from bot.domain.proof_state import CosmeticReview, Proof, carry
from bot.store.codec import decode, encode, from_plain, to_plain
from bot.store.records import ProofRecord

if TYPE_CHECKING:
    from tortoise.backends.base.client import BaseDBAsyncClient

    from bot.domain.events import Actor
    from bot.store.ledger import Ledger
    from bot.store.transactions import Transactions


class Proofs:
    """Stores proofs with their events."""

    def __init__(self, transactions: Transactions, ledger: Ledger) -> None:
        self._transactions = transactions
        self._ledger = ledger

    async def keep(self, proof: Proof) -> None:
        """Store a proof and enter it in the estate's stream, once for each system of a recovery."""
        event = make_event(
            ESTATE_STREAM,
            EstateEventKind.PROOF,
            proof.at,
            unit=proof.system,
            digest=proof.digest,
            data={"proof": to_plain(proof)},
            extra=proof.recovery,
        )

        async def work(connection: BaseDBAsyncClient) -> None:
            stored = (await self._ledger.append_in(connection, [event]))[0]
            if not await ProofRecord.filter(id=stored.id).using_db(connection).exists():
                _ = await ProofRecord.create(
                    id=stored.id, system=proof.system, at=proof.at, text=encode(proof), using_db=connection
                )

        await self._transactions.commit(work, "proof")
        self._ledger.nudge([event])

    async def of(self, system: str) -> list[Proof]:
        """The proofs of a system, oldest first."""
        rows = await ProofRecord.filter(system=system).order_by("at")
        reviews = await self._reviews() if rows else []
        return [carry(decode(Proof, row.text), reviews) for row in rows]

    async def all(self) -> list[Proof]:
        """Every proof, oldest first."""
        reviews = await self._reviews()
        return [carry(decode(Proof, row.text), reviews) for row in await ProofRecord.all().order_by("at")]

    async def carry(self, review: CosmeticReview, actor: Actor) -> None:
        """Enter a cosmetic review in the estate's stream: from now on it carries proofs over."""
        event = make_event(
            ESTATE_STREAM,
            EstateEventKind.COSMETIC,
            review.at,
            unit=review.system,
            actor=actor,
            digest=review.to_digest,
            data={"review": to_plain(review)},
            extra=f"{review.from_digest}/{review.to_digest}",
        )
        await self._ledger.append([event])

    async def _reviews(self) -> list[CosmeticReview]:
        events = await self._ledger.of_kind(ESTATE_STREAM, EstateEventKind.COSMETIC)
        return [from_plain(CosmeticReview, event.data["review"]) for event in events]
