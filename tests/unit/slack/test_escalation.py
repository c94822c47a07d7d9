"""A step that nobody goes to: the next people are asked, in the channel, once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.console.blocks_seen import all_text
from bot.domain.events import EventKind
from bot.domain.frozen_plan import Mode
from bot.domain.policy import Person, Policy
from bot.domain.recovery import fold
from bot.slack.questions import questions_of
from bot.slack.wanted import View, wanted_messages
from tests.fakes.histories import BEN, History, at, check, manual, plan_of, system

if TYPE_CHECKING:
    from bot.store.messages import WantedMessage

PEOPLE = (Person("U1", "ann", "Ann"), Person("U2", "ben", "Ben"), Person("U3", "cy", "Cy"))
POLICY = Policy(people=PEOPLE, groups={"dba": ("U1",), "app": ("U1", "U2", "U3")})
OVERDUE = "overdue/db/stop/1/do"


def asked(mode: Mode = Mode.REAL, **unit: Any) -> tuple[History, datetime]:
    """A step of db asks @dba; when it did."""
    stop = replace(manual("stop"), by="@dba")
    told = History(plan_of(system("db", stop, check(), **{"escalate": "@app", **unit}), mode=mode)).launch().unit("db")
    told.ask("db", "stop")
    return told, told.events[-1].occurred_at


def wanted(told: History, now: datetime) -> dict[str, WantedMessage]:
    state, questions = fold(told.plan, told.events), tuple(questions_of(told.events))
    view = View(state, questions, POLICY, "C1", now, address=lambda _key: "https://example.org/step")
    return {one.key.removeprefix("R-1/"): one for one in wanted_messages(view)}


@pytest.mark.parametrize(("own", "minutes"), [(None, 5), (timedelta(minutes=2), 2)])
def test_the_next_people_are_asked_when_nobody_has_gone_to_a_step(own: timedelta | None, minutes: int) -> None:
    told, since = asked(escalate_after=own)
    due = since + timedelta(minutes=minutes)
    before = wanted(told, due - timedelta(seconds=1))
    assert OVERDUE not in before
    assert f"Ben, Cy: asked too at {due:%H:%M} UTC" in all_text(before["ask/db/stop/1/do"].payload)
    after = wanted(told, due)
    said = after[OVERDUE].payload
    assert said["text"].endswith("and nobody is on it <@U2> <@U3>")  # Ann was asked at first
    assert f"asked {since:%H:%M} UTC" in said["text"]
    assert (after[OVERDUE].thread, wanted(told, due + timedelta(minutes=9))[OVERDUE].digest) == (
        "",
        after[OVERDUE].digest,
    )
    assert f"Ben, Cy: asked too, since {due:%H:%M} UTC" in all_text(after["ask/db/stop/1/do"].payload)


def test_nobody_else_is_asked_when_somebody_is_on_it_or_it_is_done_or_paused() -> None:
    late = at(600)
    told, _ = asked()
    told.tell(EventKind.TAKEN, unit="db", step="stop", attempt=1, who=BEN)
    assert OVERDUE not in wanted(told, late)
    told, _ = asked()
    assert OVERDUE not in wanted(told.answer("db", "stop", "done"), late)
    told, _ = asked()
    assert OVERDUE not in wanted(told.tell(EventKind.PAUSED, who=BEN), late)


@pytest.mark.parametrize("name", ["", "@dba", "@nobody"])
def test_nobody_is_next_where_none_is_named_or_all_of_them_are_asked(name: str) -> None:
    told, _ = asked(escalate=name)
    assert OVERDUE not in wanted(told, at(600))


def test_a_drill_calls_nobody_who_was_not_there() -> None:
    told, _ = asked(Mode.DRILL)
    assert OVERDUE not in wanted(told, at(600))
