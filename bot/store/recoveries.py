"""Recoveries: their frozen plans, states, and the conditional updates that move them on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bot.domain.errors import Conflict, UnknownName
from bot.domain.events import ESTATE_STREAM, EstateEventKind, Event, EventKind, make_event
from bot.domain.frozen_plan import FrozenPlan, Mode
from bot.domain.make_plan import digest_of
from bot.domain.recovery import fold
from bot.domain.recovery_state import RecoveryState, RecoveryStatus
from bot.store.codec import decode, encode
from bot.store.records import EpochRecord, EventRecord, RecoveryRecord

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tortoise.backends.base.client import BaseDBAsyncClient

    from bot.domain.clock import Clock
    from bot.store.ledger import Ledger
    from bot.store.transactions import Transactions

OPEN = (RecoveryStatus.WAITING_FOR_APPROVAL.value, RecoveryStatus.RUNNING.value)

LONGEST_ID = 64  # characters, as the table has it


@dataclass(frozen=True, slots=True)
class RecoveryRow:
    """What loops and lists need of a recovery without its events."""

    id: str
    name: str
    mode: Mode
    status: RecoveryStatus
    requested_at: datetime
    expires_at: datetime | None
    ended_at: datetime | None
    head_seq: int
    projected_seq: int
    control: str


@dataclass(frozen=True, slots=True)
class Passage:
    """What the gate said: the stored event (`fresh`: for the first time), or the control that stands in the way."""

    event: Event | None
    control: str = ""
    fresh: bool = False


class StaleOwner(Conflict):
    """Another process has taken this recovery over: nothing more may start here."""


class Recoveries:
    """Reads and moves recoveries. Every state row and its events commit together."""

    def __init__(self, transactions: Transactions, ledger: Ledger, clock: Clock) -> None:
        self._transactions = transactions
        self._ledger = ledger
        self._clock = clock

    async def create(
        self,
        make: Callable[[str], tuple[FrozenPlan, Sequence[Event], RecoveryStatus, datetime | None]],
        refuse: Callable[[Sequence[FrozenPlan]], None] = lambda _open: None,
    ) -> FrozenPlan:
        """Store a new recovery under the next id. `make` gets the id: plan, first events, status, approval's end.

        `refuse` gets the plans of the open recoveries, in the same transaction: what it raises stops this one.
        """

        async def work(connection: BaseDBAsyncClient) -> tuple[FrozenPlan, list[Event]]:
            # The number before the open ones: whatever is created in between then has the number that this one wants.
            last = await RecoveryRecord.all().using_db(connection).order_by("-number").first()
            rows = await RecoveryRecord.filter(status__in=OPEN).using_db(connection).order_by("number")
            refuse([decode(FrozenPlan, row.plan) for row in rows])
            number = last.number + 1 if last else 1
            plan, events, status, expires_at = make(f"R-{number}")
            _ = await RecoveryRecord.create(
                id=plan.recovery,
                number=number,
                name=plan.name,
                mode=plan.mode.value,
                status=status.value,
                plan=encode(plan),
                requested_at=events[0].occurred_at,
                expires_at=expires_at,
                using_db=connection,
            )
            stored = await self._ledger.append_in(connection, events)
            head = await self._ledger.head(plan.recovery, connection)
            text = digest_of([encode(plan)])
            data = {"recovery": plan.recovery, "head": str(head), "plan_digest": plan.digest, "plan_text": text}
            kind = EstateEventKind.RECOVERY_OPENED
            opened = make_event(ESTATE_STREAM, kind, events[0].occurred_at, data=data, extra=plan.recovery)
            return plan, [*stored, *await self._ledger.append_in(connection, [opened])]

        plan, stored = await self._transactions.commit(work, "create")
        self._ledger.nudge(stored)
        return plan

    async def move(
        self,
        recovery: str,
        expected: RecoveryStatus,
        status: RecoveryStatus,
        events: Sequence[Event],
    ) -> list[Event]:
        """From one status to the next, with its events. Raises Conflict when it is no longer in `expected`."""

        async def work(connection: BaseDBAsyncClient) -> list[Event]:
            changes: dict[str, object] = {"status": status.value}
            if status not in {RecoveryStatus.RUNNING, RecoveryStatus.WAITING_FOR_APPROVAL}:
                changes["ended_at"] = events[-1].occurred_at
            query = RecoveryRecord.filter(id=recovery, status=expected.value).using_db(connection)
            if not await query.update(**changes):
                raise Conflict(f"{recovery} is no longer {expected.value.replace('_', ' ')}.")
            return await self._ledger.append_in(connection, events)

        stored = await self._transactions.commit(work, f"move to {status.value}")
        self._ledger.nudge(stored)
        return stored

    async def close(self, recovery: str, ended: Event, closing: Callable[[str], Sequence[Event]]) -> list[Event]:
        """End a running recovery, once. `closing` gets its last head and returns what enters the estate's stream."""

        async def work(connection: BaseDBAsyncClient) -> list[Event]:
            known = await EventRecord.filter(id=ended.id).using_db(connection).first()
            if known:
                return [decode(Event, known.text)]
            stored = await self._ledger.append_in(connection, [ended])
            await (
                RecoveryRecord.filter(id=recovery)
                .using_db(connection)
                .update(status=RecoveryStatus.ENDED.value, ended_at=ended.occurred_at)
            )
            head = await self._ledger.head(recovery, connection)
            return [*stored, *await self._ledger.append_in(connection, closing(str(head)))]

        stored = await self._transactions.commit(work, "close")
        self._ledger.nudge(stored)
        return stored

    async def set_control(self, recovery: str, control: str, events: Sequence[Event]) -> list[Event]:
        """Set what running steps watch ("", "pause", "abort"), with its events. Raises Conflict unless it runs."""

        async def work(connection: BaseDBAsyncClient) -> list[Event]:
            query = RecoveryRecord.filter(id=recovery, status=RecoveryStatus.RUNNING.value).using_db(connection)
            if not await query.exclude(control="abort").update(control=control):
                raise Conflict(f"{recovery} is not running, or is being aborted.")
            return await self._ledger.append_in(connection, events)

        stored = await self._transactions.commit(work, "control")
        self._ledger.nudge(stored)
        return stored

    async def control(self, recovery: str) -> str:
        """What running steps watch."""
        row = await RecoveryRecord.filter(id=recovery).first()
        return row.control if row else "abort"

    async def append_owned(self, recovery: str, epoch: int, events: Sequence[Event], point: str) -> list[Event]:
        """Append as the owner of that epoch. Raises StaleOwner when somebody else took over."""

        async def work(connection: BaseDBAsyncClient) -> list[Event]:
            await self._hold(connection, recovery, epoch)
            return await self._ledger.append_in(connection, events)

        stored = await self._transactions.commit(work, point)
        self._ledger.nudge(stored)
        return stored

    async def gate(self, recovery: str, epoch: int, event: Event, *, despite_abort: bool = False) -> Passage:
        """Append the event that lets a step begin, unless the control row says otherwise.

        A step that began before stays begun: its event comes back whatever the control row says. `despite_abort`: it
        cleans up, so an abort does not stop it.
        """

        async def work(connection: BaseDBAsyncClient) -> Passage:
            control = await self._hold(connection, recovery, epoch)
            known = await EventRecord.filter(id=event.id).using_db(connection).exists()
            stopped = control and not (despite_abort and control == "abort")
            if stopped and not known:
                return Passage(None, control)
            return Passage((await self._ledger.append_in(connection, [event]))[0], fresh=not known)

        passage = await self._transactions.commit(work, "gate")
        if passage.event:
            self._ledger.nudge([passage.event])
        return passage

    async def _hold(self, connection: BaseDBAsyncClient, recovery: str, epoch: int) -> str:
        row = await RecoveryRecord.filter(id=recovery).using_db(connection).select_for_update().first()
        mine = await EpochRecord.filter(id=epoch).using_db(connection).first()
        holder = mine.holder if mine else ""
        newest = await EpochRecord.filter(holder=holder).using_db(connection).order_by("-id").first()
        if row is None or newest is None or newest.id != epoch:
            raise StaleOwner(f"{recovery} is owned by another process now.")
        return row.control

    async def take_over(self, holder: str) -> int:
        """A new epoch of this holder: what an earlier process of that name has in flight cannot commit any more."""

        async def work(connection: BaseDBAsyncClient) -> int:
            row = await EpochRecord.create(holder=holder, started_at=self._clock.now(), using_db=connection)
            return row.id

        return await self._transactions.commit(work, "take over")

    async def plan(self, recovery: str) -> FrozenPlan:
        """The frozen plan. Raises UnknownName."""
        row = await RecoveryRecord.filter(id=recovery).first() if len(recovery) <= LONGEST_ID else None
        if row is None:
            known = await RecoveryRecord.all().order_by("-number").limit(20).values_list("id", flat=True)
            raise UnknownName("recovery", recovery, [str(name) for name in known])
        return decode(FrozenPlan, row.plan)

    async def state(self, recovery: str) -> RecoveryState:
        """The fold of its events. Raises UnknownName."""
        return fold(await self.plan(recovery), await self._ledger.events(recovery))

    async def last_event(self, recovery: str, kind: EventKind) -> Event | None:
        """The newest event of that kind in a recovery's stream."""
        row = await EventRecord.filter(stream=recovery, kind=kind.value).order_by("-seq").first()
        return decode(Event, row.text) if row else None

    async def row(self, recovery: str) -> RecoveryRow:
        """What lists need of it. Raises UnknownName."""
        await self.plan(recovery)
        return _to_row(await RecoveryRecord.get(id=recovery))

    async def rows(
        self,
        *,
        open_only: bool = False,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
    ) -> list[RecoveryRow]:
        """Recoveries, newest first; `since` and `until` bound the time of the request."""
        query = RecoveryRecord.all().order_by("-number")
        if open_only:
            query = query.filter(status__in=OPEN)
        if since:
            query = query.filter(requested_at__gte=since)
        if until:
            query = query.filter(requested_at__lt=until)
        return [_to_row(row) for row in await (query.limit(limit) if limit else query)]

    async def unprojected(self) -> list[RecoveryRow]:
        """Recoveries with events that no message shows yet."""
        rows = await RecoveryRecord.all().order_by("number")
        return [_to_row(row) for row in rows if row.head_seq > row.projected_seq]

    async def mark_projected(self, recovery: str, seq: int) -> None:
        """Messages show everything up to this entry."""
        await RecoveryRecord.filter(id=recovery, projected_seq__lt=seq).update(projected_seq=seq)


def _to_row(row: RecoveryRecord) -> RecoveryRow:
    return RecoveryRow(
        id=row.id,
        name=row.name,
        mode=Mode(row.mode),
        status=RecoveryStatus(row.status),
        requested_at=row.requested_at,
        expires_at=row.expires_at,
        ended_at=row.ended_at,
        head_seq=row.head_seq,
        projected_seq=row.projected_seq,
        control=row.control,
    )
