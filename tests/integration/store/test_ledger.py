"""The ledger: append-only, once, chained, and every change found."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.domain.errors import LedgerBroken
from bot.domain.events import ESTATE_STREAM, EstateEventKind, Event, EventKind, make_event
from bot.store.codec import decode, encode
from bot.store.ledger import BEGINNING, Head, chain, parse_head
from bot.store.records import EventRecord
from tests.fakes.histories import ANN, at

if TYPE_CHECKING:
    from bot.store.database import Store
    from tests.fakes.fixed_clock import FixedClock


def note(number: int, stream: str = "R-1", *, minute: float = 0) -> Event:
    data = {"text": f"note {number}: <&> ä ☃"}
    return make_event(stream, EventKind.NOTED, at(minute), actor=ANN, data=data, extra=str(number))


async def notes(store: Store, count: int = 4) -> None:
    await store.ledger.append([note(number) for number in range(1, count + 1)])


async def row(seq: int) -> EventRecord:
    return await EventRecord.get(stream="R-1", seq=seq)


async def faults(store: Store, head: Head | None = None) -> list[str]:
    return list((await store.ledger.verify(head)).faults)


async def test_what_is_appended_comes_back_in_order(store: Store, clock: FixedClock) -> None:
    clock.at = at(5)
    stored = await store.ledger.append([note(1, minute=3), note(2, minute=9)])
    assert [(event.seq, event.recorded_at) for event in stored] == [(1, at(5)), (2, at(9))]
    assert await store.ledger.events("R-1") == stored
    assert await store.ledger.events("R-1", after=1) == stored[1:]
    assert await store.ledger.find(stored[0].id) == stored[0]
    assert await store.ledger.find("R-1/none") is None


async def test_the_same_event_is_stored_once_as_it_was_first(store: Store, clock: FixedClock) -> None:
    [first] = await store.ledger.append([note(1)])
    clock.at = at(30)
    again = await store.ledger.append([replace(note(1), occurred_at=at(30)), note(2)])
    assert again[0] == first
    assert await store.ledger.count() == 2


async def test_every_commit_nudges_its_streams(store: Store, nudged: list[str]) -> None:
    await store.ledger.append([note(1), note(2), note(1, ESTATE_STREAM)])
    assert sorted(nudged) == ["R-1", "estate"]


async def test_each_entry_hangs_on_the_one_before(store: Store) -> None:
    await notes(store, 2)
    first, second = await row(1), await row(2)
    assert (first.previous, second.previous) == (BEGINNING, first.hash)
    assert second.hash == chain(first.hash, second.text)
    assert await store.ledger.head("R-1") == Head("R-1", 2, second.hash)
    assert await store.ledger.head("R-9") == Head("R-9", 0, BEGINNING)


async def test_a_sound_ledger_has_no_faults_and_tells_its_heads(store: Store) -> None:
    await notes(store)
    await store.ledger.append([note(1, ESTATE_STREAM)])
    check = await store.ledger.verify(await store.ledger.head("R-1"))
    assert (check.entries, check.streams, check.faults) == (5, 2, ())
    assert {head.stream: head.seq for head in check.heads} == {"R-1": 4, "estate": 1}


async def test_a_head_of_an_empty_ledger_holds_for_ever(store: Store) -> None:
    empty = await store.ledger.head(ESTATE_STREAM)
    assert await faults(store, empty) == []
    await store.ledger.append([note(1, ESTATE_STREAM)])
    assert await faults(store, empty) == []


async def test_changed_text_is_found(store: Store) -> None:
    await notes(store)
    entry = await row(2)
    await EventRecord.filter(id=entry.id).update(text=entry.text.replace("note 2", "note X"))
    assert await faults(store) == ["R-1: entry 2 (noted) was changed."]


async def test_changed_text_with_its_hash_made_to_fit_is_found(store: Store) -> None:
    await notes(store)
    entry = await row(2)
    text = entry.text.replace("note 2", "note X")
    await EventRecord.filter(id=entry.id).update(text=text, hash=chain(entry.previous, text))
    assert await faults(store) == ["R-1: entry 3 does not follow from the entry before it."]


async def test_a_missing_entry_is_found(store: Store) -> None:
    await notes(store)
    await EventRecord.filter(stream="R-1", seq=2).delete()
    assert await faults(store) == ["R-1: entry 2 is missing (the next one there is 3)."]


async def test_a_cut_tail_is_found_by_a_head_that_was_kept(store: Store) -> None:
    await notes(store)
    kept = await store.ledger.head("R-1")
    await EventRecord.filter(stream="R-1", seq=4).delete()
    assert await faults(store) == []
    assert await faults(store, kept) == ["R-1: cut off: entry 4 is not there, the last one is 3."]


async def test_a_stream_written_anew_does_not_fit_a_head_that_was_kept(store: Store) -> None:
    await notes(store)
    kept = await store.ledger.head("R-1")
    await EventRecord.all().delete()
    await store.ledger.append([note(number + 10) for number in range(4)])
    [fault] = await faults(store, kept)
    assert fault.startswith("R-1: entry 4 has the hash ")
    assert await faults(store, Head("R-1", 4, kept.hash[:8])) != []


async def test_swapped_entries_are_found(store: Store) -> None:
    await notes(store)
    await EventRecord.filter(stream="R-1", seq=2).update(seq=9)
    await EventRecord.filter(stream="R-1", seq=3).update(seq=2)
    await EventRecord.filter(stream="R-1", seq=9).update(seq=3)
    found = await faults(store)
    assert "R-1: entry 2 does not follow from the entry before it." in found
    assert "R-1: entry 2 says that it is another one: R-1///0/noted/3." in found


async def test_an_entry_under_another_kind_is_found(store: Store) -> None:
    await notes(store)
    await EventRecord.filter(stream="R-1", seq=4).update(kind="ended")
    assert await faults(store) == ["R-1: entry 4 says that it is another one: R-1///0/noted/4."]


async def test_a_text_that_is_no_event_is_found(store: Store) -> None:
    await notes(store)
    last = await row(4)
    await EventRecord.filter(id=last.id).update(text="{}", hash=chain(last.previous, "{}"))
    assert await faults(store) == ["R-1: entry 4 is no event."]


async def test_heads_entered_in_the_estates_stream_show_a_cut_recovery(store: Store) -> None:
    await notes(store)
    data = {"recovery": "R-1", "head": str(await store.ledger.head("R-1"))}
    closed = make_event(ESTATE_STREAM, EstateEventKind.RECOVERY_CLOSED, at(0), data=data, extra="R-1")
    await store.ledger.append([closed])
    assert await faults(store) == []
    await EventRecord.filter(stream="R-1", seq=4).delete()
    assert await faults(store) == ["R-1: cut off: entry 4 is not there, the last one is 3."]
    await EventRecord.filter(stream="R-1").delete()
    assert await faults(store) == ["R-1: cut off: entry 4 is not there, the last one is 0."]


async def test_an_estate_entry_that_is_no_event_spoils_no_check(store: Store) -> None:
    await store.ledger.append([note(1, ESTATE_STREAM)])
    entry = await EventRecord.get(stream=ESTATE_STREAM, seq=1)
    await EventRecord.filter(id=entry.id).update(text="[]", hash=chain(entry.previous, "[]"))
    assert await faults(store) == ["estate: entry 1 is no event."]


async def test_writers_who_meet_try_again_and_lose_nothing(store: Store) -> None:
    await asyncio.gather(*(store.ledger.append([note(number)]) for number in range(40)))
    events = await store.ledger.events("R-1")
    assert [event.seq for event in events] == list(range(1, 41))
    assert {event.data["text"] for event in events} == {note(number).data["text"] for number in range(40)}
    assert await faults(store) == []


async def test_the_same_event_from_many_writers_is_stored_once(store: Store) -> None:
    stored = await asyncio.gather(*(store.ledger.append([note(1)]) for _ in range(12)))
    assert [event.seq for [event] in stored] == [1] * 12
    assert await store.ledger.count() == 1


async def test_an_event_comes_back_as_it_went_in(store: Store) -> None:
    [stored] = await store.ledger.append([note(1)])
    assert decode(Event, encode(stored)) == stored
    assert encode(stored) == (await row(1)).text


@pytest.mark.parametrize("text", ["", "12", "x:abc", "²:abc", "a:b:c:d", "estate:1:"])
async def test_what_is_no_head_is_refused(text: str) -> None:
    with pytest.raises(LedgerBroken, match="is not a head"):
        parse_head(text)


async def test_a_head_without_a_stream_is_the_estates() -> None:
    assert parse_head(" 12:7C1E ") == Head("estate", 12, "7c1e")
    assert parse_head("R-1:3:ff") == Head("R-1", 3, "ff")
    assert (str(Head("R-1", 3, "ffee00")), Head("R-1", 3, "ffee00").short) == ("R-1:3:ffee00", "3 ffee")
