"""One codec for the ledger, frozen plans and `--json`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.domain.events import Event, EventKind, make_event
from bot.domain.frozen_plan import FrozenPlan
from bot.domain.recovery_points import RecoveryPoint
from bot.store.codec import canonical, decode, encode, from_plain, to_plain
from tests.fakes.histories import ANN, at, plan_of, probe, system

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=8,
)
moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - made aware by `timezones`


@given(st.dictionaries(words, plain, max_size=3), words, moments)
def test_every_event_comes_back_as_it_went_in(data: dict[str, Any], name: str, moment: datetime) -> None:
    event = make_event("R-1", EventKind.NOTED, moment, unit=name, actor=ANN, data=data)
    text = encode(event)
    assert decode(Event, text) == event
    assert encode(decode(Event, text)) == text
    assert from_plain(Event, to_plain(event)) == event


def test_a_frozen_plan_comes_back_as_it_was() -> None:
    point = RecoveryPoint("b1", "barman", restorable_through=at(-1), taken_at=at(-60), gap="0000A2")
    db = system("db", probe(), point=point, rpo=timedelta(minutes=15), rto=timedelta(seconds=0.5))
    plan = plan_of(db, system("api", depends_on=["db"]), inputs=(("REGION", "eu"),), requested_at=at(0))
    assert decode(FrozenPlan, encode(plan)) == plan


def test_the_same_value_is_the_same_text() -> None:
    assert canonical({"b": 1, "a": "ä"}) == '{"a":"ä","b":1}'


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValidationError):
        decode(Event, "{}")


def test_half_a_character_becomes_a_sign_that_a_database_takes() -> None:
    text = canonical({"text": "half \ud800, whole \U0001f600, nul \0"})
    assert text == '{"text":"half \ufffd, whole \U0001f600, nul \\u0000"}'
    assert text.encode()
