"""Answers: the first person to answer a question wins; the workflow applies each answer once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.domain.errors import AlreadyDone
from bot.domain.events import Event, EventKind, event_id
from bot.store.codec import decode, encode
from bot.store.records import AnswerRecord

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tortoise.backends.base.client import BaseDBAsyncClient

    from bot.store.ledger import Ledger
    from bot.store.transactions import Transactions


@dataclass(frozen=True, slots=True)
class PendingAnswer:
    """An answer that the workflow has not applied yet."""

    id: str
    recovery: str
    unit: str
    step: str
    attempt: int
    question: str


class Answers:
    """Stores answers with their events."""

    def __init__(self, transactions: Transactions, ledger: Ledger) -> None:
        self._transactions = transactions
        self._ledger = ledger

    async def claim(self, answer_id: str, event: Event, what: str, more: Sequence[Event] = ()) -> PendingAnswer:
        """Store this answer. Raises AlreadyDone, naming who was first, when the question has one."""

        async def work(connection: BaseDBAsyncClient) -> list[Event]:
            row = await AnswerRecord.filter(id=answer_id).using_db(connection).first()
            if row:
                first = decode(Event, row.event)
                raise AlreadyDone(what, first.actor_name or first.actor, first.occurred_at)
            stored = await self._ledger.append_in(connection, [event, *more])
            _ = await AnswerRecord.create(
                id=answer_id,
                recovery=event.stream,
                unit=event.unit,
                step=event.step,
                attempt=event.attempt,
                event=encode(stored[0]),
                using_db=connection,
            )
            return stored

        stored = await self._transactions.commit(work, "answer")
        self._ledger.nudge(stored)
        return _pending(answer_id, stored[0])

    async def apply(self, answer_id: str) -> list[Event]:
        """Record that the workflow goes on with this answer: the answer's event and the one that applies it."""

        async def work(connection: BaseDBAsyncClient) -> list[Event]:
            row = await AnswerRecord.get(id=answer_id, using_db=connection)
            answered = decode(Event, row.event)
            applied = replace(
                answered,
                id=event_id(
                    answered.stream,
                    EventKind.APPLIED,
                    unit=answered.unit,
                    step=answered.step,
                    attempt=answered.attempt,
                    extra=answered.data["question"],
                ),
                kind=EventKind.APPLIED.value,
                seq=0,
            )
            stored = await self._ledger.append_in(connection, [applied])
            await AnswerRecord.filter(id=answer_id).using_db(connection).update(applied=True)
            return [answered, *stored]

        events = await self._transactions.commit(work, "apply")
        self._ledger.nudge(events)
        return events

    async def pending(self) -> list[PendingAnswer]:
        """Answers that no workflow has applied."""
        rows = await AnswerRecord.filter(applied=False)
        return [_pending(row.id, decode(Event, row.event)) for row in rows]

    async def of(self, recovery: str) -> list[PendingAnswer]:
        """Every answer of a recovery, also the applied ones."""
        rows = await AnswerRecord.filter(recovery=recovery)
        return [_pending(row.id, decode(Event, row.event)) for row in rows]

    async def settle(self, answer_id: str) -> None:
        """Let go of an answer whose recovery has ended without it."""
        await AnswerRecord.filter(id=answer_id).update(applied=True)


def _pending(answer_id: str, event: Event) -> PendingAnswer:
    question = str(event.data["question"])
    return PendingAnswer(answer_id, event.stream, event.unit, event.step, event.attempt, question)
