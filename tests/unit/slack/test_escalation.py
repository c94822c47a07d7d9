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
from bot.domain.runbook import StepKind
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


def wanted(told: History, now: datetime, *known: str) -> dict[str, WantedMessage]:
    """`known`: messages that exist already."""
    state, questions = fold(told.plan, told.events), tuple(questions_of(told.events))
    keys = frozenset(f"R-1/{key}" for key in known)
    view = View(state, questions, POLICY, "C1", now, known=keys, address=lambda _key: "https://example.org/step")
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
    assert "Ben, Cy: asked too" in all_text(after["ask/db/stop/1/do"].payload)


def test_nobody_else_is_asked_when_somebody_is_on_it_or_it_is_done_or_paused() -> None:
    late = at(600)
    told, _ = asked()
    told.tell(EventKind.TAKEN, unit="db", step="stop", attempt=1, who=BEN)
    assert OVERDUE not in wanted(told, late)
    told, _ = asked()
    assert OVERDUE not in wanted(told.answer("db", "stop", "done"), late)
    told, _ = asked()
    assert OVERDUE not in wanted(told.tell(EventKind.PAUSED, who=BEN), late)


def test_nobody_is_missed_while_a_step_only_waits_for_its_time_to_pass() -> None:
    wait = replace(manual("ttl", StepKind.WAIT), expected=timedelta(minutes=30))
    told = History(plan_of(system("db", wait, check(), escalate="@app"))).launch().unit("db").ask("db", "ttl")
    key, since = "overdue/db/ttl/1/do", told.now
    assert key not in wanted(told, since + timedelta(minutes=34))
    assert key in wanted(told, since + timedelta(minutes=35))


@pytest.mark.parametrize("name", ["", "@dba", "@nobody"])
def test_nobody_is_next_where_none_is_named_or_all_of_them_are_asked(name: str) -> None:
    told, _ = asked(escalate=name)
    assert OVERDUE not in wanted(told, at(600))


def test_a_drill_calls_nobody_who_was_not_there() -> None:
    told, _ = asked(Mode.DRILL)
    assert OVERDUE not in wanted(told, at(600))


def test_once_somebody_is_on_it_the_message_says_so_and_calls_nobody() -> None:
    """What stands is edited, and what could not be sent before Slack was back wakes nobody for nothing."""
    told, since = asked()
    told.wait(9).take("db", "stop", who=BEN)
    said = wanted(told, at(600), OVERDUE)[OVERDUE].payload["text"]
    assert said == f"R-1 REAL  db: Stop, asked {since:%H:%M} UTC: Ben is on it, since {told.now:%H:%M:%S} UTC"
    told.answer("db", "stop", "done", who=BEN)
    assert "answered by Ben at" in wanted(told, at(600), OVERDUE)[OVERDUE].payload["text"]


@pytest.mark.parametrize("kind", [EventKind.ABORT_REQUESTED, EventKind.PAUSED])
def test_a_recovery_that_is_held_or_ends_calls_nobody_for_its_steps(kind: EventKind) -> None:
    told, _ = asked()
    told.wait(9).tell(kind, who=BEN, reason="by mistake")
    assert OVERDUE not in wanted(told, at(600))
    assert "<@" not in wanted(told, at(600), OVERDUE)[OVERDUE].payload["text"]


@pytest.mark.parametrize(
    "begins",
    [
        lambda told: told.tell(EventKind.ASSIGNED, unit="db", step="stop", attempt=1, to="U2", to_name="Ben", who=BEN),
        lambda told: told.tell(EventKind.PAUSED, who=BEN).wait(30).tell(EventKind.RESUMED, who=BEN),
    ],
    ids=["given to somebody", "resumed"],
)
def test_whoever_is_given_a_step_or_goes_on_after_a_pause_has_as_long_as_the_first(begins: Any) -> None:
    told, _ = asked()
    begins(told.wait(40))
    due = told.now + timedelta(minutes=5)
    assert OVERDUE not in wanted(told, due - timedelta(seconds=1))
    assert OVERDUE in wanted(told, due)
