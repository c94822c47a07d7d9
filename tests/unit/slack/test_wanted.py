"""Which messages a recovery wants, at every moment of its life."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from bot.blocks.approval import Asking
from bot.blocks.review import review_message
from bot.console.validate import check_message
from bot.domain.events import Event, EventKind
from bot.domain.policy import Person, Policy
from bot.domain.recovery import fold
from bot.domain.review import build_review
from bot.slack.fit import fit_message
from bot.slack.handovers import handovers_of
from bot.slack.questions import questions_of
from bot.slack.wanted import View, wanted_messages
from tests.fakes.histories import ANN, BEN, START, History, check, command, manual, plan_of, system
from tests.fakes.simulation import Simulation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.frozen_plan import FrozenPlan
    from bot.store.messages import WantedMessage

POLICY = Policy(people=(Person("U1", "ann", "Ann"), Person("U2", "ben", "Ben")), roles={"approver": ("U2",)})
ASKING = Asking(("U2",), START + timedelta(hours=1), ("db",))
EVIL = "<!channel> <https://evil.example|click> \u202etxt\u200b & <@U9>"


def wanted(plan: FrozenPlan, events: Sequence[Event], **more: Any) -> dict[str, WantedMessage]:
    state = fold(plan, events)
    now = events[-1].occurred_at if events else START
    view = View(state, tuple(questions_of(events)), POLICY, "C1", now, **more)
    return {one.key.removeprefix("R-1/"): one for one in wanted_messages(view)}


def told(history: History) -> dict[str, WantedMessage]:
    return wanted(history.plan, history.events, asking=ASKING)


def one_system() -> History:
    return History(plan_of(system("db", manual("stop"), command("restore"), check())))


@pytest.mark.parametrize("seed", range(12))
def test_every_message_of_every_moment_is_taken(seed: int) -> None:
    random = Random(seed)
    units = [system("dns"), system("db", manual(EVIL), command("restore"), check(), depends_on=["dns"])]
    plan = plan_of(*units, rto=timedelta(minutes=30))
    events = Simulation(plan, random).play()
    for end in range(1, len(events) + 1, 7):
        review = review_message(build_review(plan, events[:end], "estate:1:ab"), "https://example.org/review")
        for one in wanted(plan, events[:end], asking=ASKING, review=review).values():
            for blocks in (one.payload["blocks"], one.payload.get("simple_blocks")):
                fitted = fit_message({**one.payload, "blocks": blocks})
                check_message(fitted["text"], fitted.get("blocks", []), [], None)


def test_before_approval_there_is_only_the_request() -> None:
    history = one_system()
    history.tell(EventKind.REQUESTED, outage_started_at=START.isoformat(), expires_at=START.isoformat())
    assert list(told(history)) == ["approval"]
    assert "<@U2>" in told(history)["approval"].payload["text"]


def test_a_started_recovery_has_a_pinned_progress_and_a_collapsed_request() -> None:
    messages = told(one_system().launch().unit("db"))
    assert messages["progress"].pin
    assert len(messages["approval"].payload["blocks"]) == 1


def test_a_question_stands_in_the_thread_of_the_progress_and_collapses_when_answered() -> None:
    history = one_system().launch().unit("db").ask("db", "stop")
    asked = told(history)["ask/db/stop/1/do"]
    assert asked.thread == "R-1/progress"
    assert any(block["type"] == "actions" for block in asked.payload["blocks"])
    history.wait(4).answer("db", "stop", "done")
    answered = told(history)["ask/db/stop/1/do"]
    assert "done by Ann at" in answered.payload["text"]
    assert "after 4 min" in answered.payload["text"]
    assert len(answered.payload["blocks"]) == 1


def test_a_second_attempt_leaves_the_first_question_as_it_was_answered() -> None:
    history = one_system().launch().unit("db").ask("db", "stop").answer("db", "stop", "fail", reason="no login")
    history.ask("db", "stop", "failed").answer("db", "stop", "retry", question="failed").ask("db", "stop", attempt=2)
    messages = told(history)
    assert "failed by Ann" in messages["ask/db/stop/1/do"].payload["text"]
    assert "to be tried again by Ann" in messages["ask/db/stop/1/failed"].payload["text"]
    assert any(block["type"] == "actions" for block in messages["ask/db/stop/2/do"].payload["blocks"])


def test_the_channel_hears_of_a_failure_once_its_question_can_be_reached() -> None:
    history = one_system().launch().unit("db").ask("db", "restore", "failed")
    assert "failed/db/restore/1" not in told(history)
    there = wanted(history.plan, history.events, address=lambda _key: "https://example.org/p1")
    assert there["failed/db/restore/1"].thread == ""


def test_the_digest_ignores_the_stamp_and_follows_the_minutes() -> None:
    history = one_system().launch().unit("db")
    state, questions = fold(history.plan, history.events), tuple(questions_of(history.events))

    def digest(now: datetime) -> str:
        view = View(state, questions, POLICY, "C1", now)
        return next(one.digest for one in wanted_messages(view) if one.key == "R-1/progress")

    now = START + timedelta(minutes=20)
    assert digest(now) == digest(now + timedelta(seconds=20))
    assert digest(now) != digest(now + timedelta(minutes=1))


def test_the_channel_hears_when_the_rto_is_at_risk_and_that_stays() -> None:
    plan = plan_of(system("db", manual("stop"), check()), rto=timedelta(minutes=20))
    history = History(plan).launch()
    assert "rto" not in told(history)
    assert "AT RISK" in told(history.wait(3).unit("db"))["rto"].payload["text"]
    assert "MISSED" in told(history.wait(30).ask("db", "stop"))["rto"].payload["text"]


def test_text_from_outside_mentions_nobody_and_hides_nothing() -> None:
    history = History(plan_of(system("db", manual("stop"), check())))
    history.launch().unit("db").tell(EventKind.NOTED, text=EVIL).ask("db", "stop")
    for one in told(history).values():
        said = str(one.payload)
        assert "<!channel>" not in one.payload["text"]
        assert "<@U9>" not in one.payload["text"]
        assert "\u202e" not in said
        assert "\u200b" not in said
        assert "mrkdwn" not in str([block for block in one.payload["blocks"] if "As of" not in str(block)])


def test_whoever_gets_a_step_is_called_by_a_message_of_its_own() -> None:
    history = one_system().launch().unit("db").ask("db", "stop")
    history.tell(EventKind.ASSIGNED, unit="db", step="stop", attempt=1, who=BEN, to="U1", to_name="Ann")
    numbered = [replace(event, seq=seq) for seq, event in enumerate(history.events, 1)]
    messages = wanted(history.plan, numbered, handovers=tuple(handovers_of(numbered)))
    told_of = messages[f"handed/{len(numbered)}"]
    assert told_of.thread == "R-1/progress"
    assert told_of.payload["text"].endswith("assigned to Ann by Ben at 03:14:00 UTC <@U1>")
    assert "<@U1>" in messages["ask/db/stop/1/do"].payload["text"]


def test_whoever_takes_a_step_or_gives_it_to_themselves_calls_nobody() -> None:
    history = one_system().launch().unit("db").ask("db", "stop").take("db", "stop")
    history.tell(EventKind.ASSIGNED, unit="db", step="stop", attempt=1, who=ANN, to="U1", to_name="Ann")
    assert handovers_of(history.events) == []


def test_a_question_that_a_jump_back_passed_by_is_no_longer_asked() -> None:
    beside = [replace(manual(name), parallel="both") for name in ("one", "two")]
    history = History(plan_of(system("db", manual("zero"), *beside, check()))).launch().unit("db")
    history.ask("db", "zero").answer("db", "zero", "done").ask("db", "one").ask("db", "two")
    history.answer("db", "one", "jump", to="zero", reason="wrong host")
    messages = told(history)
    assert "no longer asked" in str(messages["ask/db/two/1/do"].payload)
    assert "NEEDS YOU" not in str(messages["progress"].payload)
