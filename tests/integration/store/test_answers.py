"""Answers: the first person wins, and the workflow applies each once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bot.domain.errors import AlreadyDone
from bot.domain.events import Actor, Event, EventKind, make_event
from bot.store.answers import PendingAnswer
from tests.fakes.histories import ANN, BEN, at

if TYPE_CHECKING:
    from bot.store.database import Store

ID = "R-1/db/stop/1/do"


def answered(actor: Actor, minute: float = 1, choice: str = "done") -> Event:
    data = {"question": "do", "choice": choice, "reason": "", "release": False}
    place = {"unit": "db", "step": "stop", "attempt": 1}
    return make_event("R-1", EventKind.ANSWERED, at(minute), actor=actor, data=data, extra="do", **place)  # type: ignore[arg-type] # mypy mixes the values of a dict


async def test_an_answer_is_stored_with_its_events(store: Store) -> None:
    more = make_event("R-1", EventKind.BREAK_GLASS, at(1), actor=ANN, data={"gate": "db is not verified"})
    answer = await store.answers.claim(ID, answered(ANN), "“Stop”", [more])
    assert answer == PendingAnswer(ID, "R-1", "db", "stop", 1, "do")
    assert [event.kind for event in await store.ledger.events("R-1")] == ["answered", "break_glass"]
    assert await store.answers.pending() == [answer]


async def test_the_second_person_hears_who_was_first_and_when(store: Store) -> None:
    await store.answers.claim(ID, answered(ANN), "“Stop”")
    with pytest.raises(AlreadyDone, match=r"“Stop”: already done by Ann at 03:01:00 UTC\.") as late:
        await store.answers.claim(ID, answered(BEN, 2, "fail"), "“Stop”")
    assert (late.value.by, late.value.at) == ("Ann", at(1))
    assert await store.ledger.count() == 1


async def test_of_many_clicks_at_once_one_counts(store: Store) -> None:
    people = [Actor(f"U{number}", f"Person {number}") for number in range(10)]
    claims = [store.answers.claim(ID, answered(person), "“Stop”") for person in people]
    results = await asyncio.gather(*claims, return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["AlreadyDone"] * 9 + ["PendingAnswer"]
    [event] = await store.ledger.events("R-1")
    assert {result.by for result in results if isinstance(result, AlreadyDone)} == {event.actor_name}


async def test_an_answer_is_applied_once_however_often_it_is_asked_for(store: Store) -> None:
    await store.answers.claim(ID, answered(ANN), "“Stop”")
    first, again = await store.answers.apply(ID), await store.answers.apply(ID)
    assert first == again
    assert [event.kind for event in first] == ["answered", "applied"]
    assert [event.kind for event in await store.ledger.events("R-1")] == ["answered", "applied"]
    assert await store.answers.pending() == []
    assert [answer.id for answer in await store.answers.of("R-1")] == [ID]


async def test_an_answer_nobody_will_apply_can_be_let_go(store: Store) -> None:
    await store.answers.claim(ID, answered(ANN), "“Stop”")
    await store.answers.settle(ID)
    assert await store.answers.pending() == []
