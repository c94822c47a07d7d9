"""The ledger: append-only, hash-chained per stream.

The hash of an entry covers the hash before it and the exact stored text, so a changed or missing entry breaks the
chain, and a cut tail shows against a head that was kept elsewhere.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.domain.errors import LedgerBroken
from bot.domain.events import ESTATE_STREAM, Event
from bot.store.codec import decode, encode
from bot.store.records import EventRecord, RecoveryRecord

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tortoise.backends.base.client import BaseDBAsyncClient

    from bot.domain.clock import Clock
    from bot.store.transactions import Transactions

BEGINNING = "0" * 64
"""What stands before the first entry of a stream."""


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a stream: the number of its entries and the hash of the last."""

    stream: str
    seq: int
    hash: str

    def __str__(self) -> str:
        return f"{self.stream}:{self.seq}:{self.hash}"

    @property
    def short(self) -> str:
        """As people read it: `4812 7c1e`."""
        return f"{self.seq} {self.hash[:4]}"


def parse_head(text: str) -> Head:
    """A head from `STREAM:SEQ:HASH` or `SEQ:HASH` (the estate's stream). Raises LedgerBroken when it is neither."""
    parts = text.strip().split(":")
    if len(parts) == 2:  # noqa: PLR2004 - SEQ:HASH
        parts = [ESTATE_STREAM, *parts]
    if len(parts) != 3 or not parts[1].isdecimal() or not parts[2]:  # noqa: PLR2004 - STREAM:SEQ:HASH
        raise LedgerBroken(f"“{text}” is not a head.", "A head looks like estate:12:7c1e... and stands in each review.")
    return Head(parts[0], int(parts[1]), parts[2].lower())


@dataclass(frozen=True, slots=True)
class LedgerCheck:
    """What verifying found. `faults` are sentences, none when it is sound; `heads` the ends of the streams now."""

    entries: int
    streams: int
    faults: tuple[str, ...]
    heads: tuple[Head, ...]


def chain(previous: str, text: str) -> str:
    """The hash of an entry: over the hash before it and its exact text."""
    return hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()


class Ledger:
    """Reads and appends. `nudge` is called with the stream after each commit; `clean` makes an event fit to be kept."""

    def __init__(
        self,
        transactions: Transactions,
        clock: Clock,
        nudge: Callable[[str], None],
        clean: Callable[[Event], Event] = lambda event: event,
    ) -> None:
        self._transactions = transactions
        self._clock = clock
        self._nudge = nudge
        self._clean = clean

    async def append(self, events: Sequence[Event]) -> list[Event]:
        """Store these events in one transaction; those stored before come back as they were stored."""
        stored = await self._transactions.commit(lambda connection: self.append_in(connection, events))
        self.nudge(stored)
        return stored

    def nudge(self, stored: Sequence[Event]) -> None:
        """Say that these were committed."""
        for stream in {event.stream for event in stored}:
            self._nudge(stream)

    async def append_in(self, connection: BaseDBAsyncClient, events: Sequence[Event]) -> list[Event]:
        """The same within a transaction of the caller's, who nudges after it."""
        return [await self._append_one(connection, event) for event in events]

    async def _append_one(self, connection: BaseDBAsyncClient, event: Event) -> Event:
        known = await EventRecord.filter(id=event.id).using_db(connection).first()
        if known:
            return decode(Event, known.text)
        last = await EventRecord.filter(stream=event.stream).using_db(connection).order_by("-seq").first()
        seq = last.seq + 1 if last else 1
        recorded = max(self._clock.now(), event.occurred_at)
        stored = replace(self._clean(event), seq=seq, recorded_at=recorded)
        text = encode(stored)
        previous = last.hash if last else BEGINNING
        _ = await EventRecord.create(
            id=stored.id,
            stream=stored.stream,
            seq=seq,
            kind=stored.kind,
            text=text,
            previous=previous,
            hash=chain(previous, text),
            using_db=connection,
        )
        await RecoveryRecord.filter(id=stored.stream).using_db(connection).update(head_seq=seq)
        return stored

    async def events(self, stream: str, after: int = 0) -> list[Event]:
        """The entries of a stream, oldest first, past `after`."""
        rows = await EventRecord.filter(stream=stream, seq__gt=after).order_by("seq").values_list("text", flat=True)
        return [decode(Event, str(text)) for text in rows]

    async def of_kind(self, stream: str, kind: str) -> list[Event]:
        """The entries of one kind in a stream, oldest first."""
        rows = await EventRecord.filter(stream=stream, kind=kind).order_by("seq").values_list("text", flat=True)
        return [decode(Event, str(text)) for text in rows]

    async def find(self, event_id: str) -> Event | None:
        """The entry of that id."""
        row = await EventRecord.filter(id=event_id).first()
        return decode(Event, row.text) if row else None

    async def head(self, stream: str, connection: BaseDBAsyncClient | None = None) -> Head:
        """The end of a stream; seq 0 when it is empty."""
        query = EventRecord.filter(stream=stream).order_by("-seq")
        last = await (query.using_db(connection) if connection else query).first()
        return Head(stream, last.seq, last.hash) if last else Head(stream, 0, BEGINNING)

    async def count(self) -> int:
        """How many entries there are."""
        return await EventRecord.all().count()

    async def verify(self, head: Head | None = None) -> LedgerCheck:
        """Compute every hash again; with a kept head, also hold the ledger against it."""
        return check_entries(await EventRecord.all().order_by("stream", "seq"), head)


def check_entries(rows: Sequence[EventRecord], head: Head | None = None) -> LedgerCheck:
    """The check of all entries, which come by stream and seq."""
    streams: dict[str, list[EventRecord]] = {}
    for row in rows:
        streams.setdefault(row.stream, []).append(row)
    faults = [fault for stream, entries in streams.items() for fault in _check_stream(stream, entries)]
    heads = tuple(Head(stream, entries[-1].seq, entries[-1].hash) for stream, entries in streams.items())
    faults += _check_entered_heads(streams)
    if head:
        faults += _check_head(head, streams.get(head.stream, []))
    return LedgerCheck(len(rows), len(streams), tuple(faults), heads)


def _check_stream(stream: str, entries: Sequence[EventRecord]) -> list[str]:
    faults = []
    previous, expected = BEGINNING, 1
    for entry in entries:
        if entry.seq != expected:
            faults.append(f"{stream}: entry {expected} is missing (the next one there is {entry.seq}).")
        elif entry.previous != previous:
            faults.append(f"{stream}: entry {entry.seq} does not follow from the entry before it.")
        if chain(entry.previous, entry.text) != entry.hash:
            faults.append(f"{stream}: entry {entry.seq} ({entry.kind}) was changed.")
        else:
            faults += _check_place(entry)
        previous, expected = entry.hash, entry.seq + 1
    return faults


def _check_place(entry: EventRecord) -> list[str]:
    """Whether an unchanged text stands where it says that it stands."""
    event = read_entry(entry)
    if event is None:
        return [f"{entry.stream}: entry {entry.seq} is no event."]
    if (event.id, event.stream, event.seq, event.kind) != (entry.id, entry.stream, entry.seq, entry.kind):
        return [f"{entry.stream}: entry {entry.seq} says that it is another one: {event.id}."]
    return []


def read_entry(entry: EventRecord) -> Event | None:
    """The event of an entry; None where its text is none."""
    try:
        return decode(Event, entry.text)
    except ValueError:
        return None


def _check_entered_heads(streams: dict[str, list[EventRecord]]) -> list[str]:
    """Each recovery's start and end were entered in the estate's stream: hold the recoveries against them."""
    faults = []
    for row in streams.get(ESTATE_STREAM, []):
        event = read_entry(row)
        entered = event.data.get("head") if event else None
        if isinstance(entered, str):
            head = parse_head(entered)
            faults += _check_head(head, streams.get(head.stream, []))
    return faults


def _check_head(head: Head, entries: Sequence[EventRecord]) -> list[str]:
    if head == Head(head.stream, 0, BEGINNING):
        return []  # kept before the first entry
    entry = next((entry for entry in entries if entry.seq == head.seq), None)
    if entry is None:
        last = entries[-1].seq if entries else 0
        return [f"{head.stream}: cut off: entry {head.seq} is not there, the last one is {last}."]
    if not entry.hash.startswith(head.hash):
        return [f"{head.stream}: entry {head.seq} has the hash {entry.hash[:12]}..., the head says {head.hash[:12]}..."]
    return []
