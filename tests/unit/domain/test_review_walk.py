"""A review names what people did to the walk, and what commands left, secrets apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.domain.events import EventKind
from bot.domain.frozen_plan import UnitKind
from bot.domain.proof_state import CosmeticReview
from bot.domain.review import Review, build_review
from bot.domain.review_json import as_json
from bot.domain.review_text import exceptions_line
from bot.domain.step_spans import SpanKind
from tests.fakes.histories import ANN, BEN, History, at, command, manual, plan_of, system

MINUTE = timedelta(minutes=1)
STEPS = (manual("stop"), replace(command("restore"), retry=2), manual("open"), manual("tell"))


def told() -> History:
    return History(plan_of(system("db", *STEPS, kind=UnitKind.WALK))).launch().unit("db").ask("db", "stop")


def review(history: History) -> Review:
    return build_review(history.plan, history.events)


def test_a_jump_is_named_with_where_from_where_to_and_why() -> None:
    history = told().answer("db", "stop", "jump", to="open", reason="it is down already", who=BEN)
    found = review(history.ask("db", "open").answer("db", "open", "jump", to="stop", reason="it is not"))
    ahead, back = found.jumps
    assert (ahead.step, ahead.to, ahead.ahead, ahead.reason) == ("Stop", "Open", True, "it is down already")
    assert (back.step, back.to, back.ahead) == ("Open", "Stop", False)
    assert exceptions_line(found).endswith(
        ". Jumped: from Stop to Open (Ben: “it is down already”); from Open to Stop (Ann: “it is not”)"
    )


def test_what_a_jump_left_out_is_skipped_by_whoever_jumped() -> None:
    found = review(told().answer("db", "stop", "jump", to="open", reason="down", who=BEN))
    assert [(skip.title, skip.reason) for skip in found.skips] == [
        ("Stop", "jumped to “Open”: down"),
        ("Restore", "jumped to “Open”: down"),
    ]
    assert {skip.who for skip in found.skips} == {"Ben"}
    assert [step.outcome_in_words for step in found.steps] == ["skipped", "skipped", "not reached", "not reached"]


def test_whatever_went_to_another_is_named() -> None:
    history = told().tell(EventKind.ASSIGNED, who=ANN, unit="db", step="tell", attempt=1, to="U2", to_name="Ben")
    history.take("db", "stop").wait(1)
    history.tell(EventKind.TAKEN, who=BEN, unit="db", step="stop", attempt=1, **{"from": "Ann"})
    history.tell(EventKind.HANDED_OVER, who=ANN, to="U2", to_name="Ben", text="night shift")
    assert [(one.what, one.how, one.whom, one.who, one.words) for one in review(history).passed_on] == [
        ("Tell of db", "assigned to", "Ben", "Ann", ""),
        ("Stop of db", "taken over from", "Ann", "Ben", ""),
        ("The walk", "handed over to", "Ben", "Ann", "night shift"),
    ]


def test_files_are_named_with_size_and_digest() -> None:
    history = told().tell(EventKind.ATTACHED, who=ANN, name="disk.png", size=9, digest="ab12", about="db/stop")
    assert as_json(review(history))["attachments"] == [
        {
            "at": at(14).isoformat(),
            "who": "Ann",
            "name": "disk.png",
            "size": 9,
            "sha256": "ab12",
            "about": "db/stop",
        }
    ]


def test_tries_without_a_person_are_counted_and_those_by_one_are_not() -> None:
    history = told().answer("db", "stop", "done").run("db", "restore", 1, "failed")
    history.run("db", "restore", 1, "timed_out", attempt=2).run("db", "restore", 1, "failed", attempt=3)
    history.ask("db", "restore", "failed", attempt=3).answer("db", "restore", "retry", attempt=3)
    [retried] = review(history.run("db", "restore", 1, attempt=4)).retries
    assert (retried.unit, retried.step, retried.times) == ("db", "Restore", 2)
    assert review(told().answer("db", "stop", "done").run("db", "restore", 1)).retries == ()


def test_values_that_commands_left_are_named_and_secrets_by_name_alone() -> None:
    history = told().answer("db", "stop", "done").run("db", "restore", 1, captured={"ID": "b-1", "TOKEN": None})
    assert [(one.name, one.value, one.step) for one in review(history).kept] == [
        ("ID", "b-1", "Restore"),
        ("TOKEN", "a secret, not kept", "Restore"),
    ]


def test_a_proof_that_stands_by_a_cosmetic_review_says_by_whom_and_why() -> None:
    history = told()
    one = CosmeticReview("db", "v1:a", "v1:b", "a typo", "Alex", at(0))
    found = build_review(history.plan, history.events, carried={"db": one})
    assert as_json(found)["carried"] == [{"system": "db", "by": "Alex", "at": at(0).isoformat(), "reason": "a typo"}]


def test_a_note_says_which_step_it_is_about() -> None:
    history = told()
    for about in ("db", "db/stop", "db/gone", "dba", ""):
        history.tell(EventKind.NOTED, who=ANN, text="x", about=about)
    places = [(note.unit, note.title) for note in review(history).notes]
    assert places == [("db", ""), ("db", "Stop"), ("", ""), ("", ""), ("", "")]


def test_a_step_that_was_taken_over_was_in_one_hand_and_then_in_the_other() -> None:
    history = told().wait(1).take("db", "stop").wait(2).take("db", "stop").wait(1)
    history.tell(EventKind.TAKEN, who=BEN, unit="db", step="stop", attempt=1, **{"from": "Ann"})
    history.wait(4).answer("db", "stop", "done", who=BEN)
    spans = [span for span in review(history).timeline.spans if span.step == "stop"]
    assert [(span.kind, span.who, span.duration) for span in spans] == [
        (SpanKind.PEOPLE, "Ann", MINUTE),
        (SpanKind.HANDS_ON, "Ann", 3 * MINUTE),
        (SpanKind.HANDS_ON, "Ben", 4 * MINUTE),
    ]


def test_a_question_that_a_jump_left_unanswered_was_rework() -> None:
    history = told().wait(2).ask("db", "stop", attempt=2).wait(1).answer("db", "stop", "done", attempt=2)
    spans = [span for span in review(history).timeline.spans if span.step == "stop"]
    assert [(span.kind, span.duration) for span in spans] == [(SpanKind.REWORK, 2 * MINUTE), (SpanKind.PEOPLE, MINUTE)]
