from __future__ import annotations

from datetime import timedelta

from bot.domain.events import EventKind
from bot.domain.recovery_state import StepStatus
from bot.domain.review import Review, build_review
from bot.domain.step_spans import SpanKind
from bot.domain.wording import in_words, parts_in_words
from tests.fakes.histories import ANN, BEN, History, check, command, manual, one_system, plan_of, probe, system

MINUTE = timedelta(minutes=1)


def review(told: History) -> Review:
    return build_review(told.plan, told.events)


def three(*, mode_steps: bool = False) -> History:
    """dns, orders-db on it, api on that."""
    steps = (manual("stop"), command("restore"), check()) if mode_steps else ()
    plan = plan_of(
        system("dns"), system("orders-db", *steps, depends_on=["dns"]), system("api", depends_on=["orders-db"])
    )
    return History(plan).launch().unit("dns").run("dns", "restore", 1).end_unit("dns")


def test_a_step_says_when_who_how_long_and_how_often() -> None:
    stop, restore, looked = review(one_system()).steps
    assert (stop.who, stop.waiting, stop.working, stop.attempts) == (("Ann",), 3 * MINUTE, 4 * MINUTE, 1)
    assert (restore.who, restore.attempts, restore.outcome) == (("Bringback", "Ben"), 2, StepStatus.PASSED)
    assert (restore.waiting, restore.working) == (MINUTE, 11 * MINUTE)
    assert (looked.outcome, looked.digest) == (StepStatus.VERIFIED, "v1:check")
    assert stop.started_at
    assert stop.ended_at == stop.started_at + 7 * MINUTE


def test_a_step_that_was_never_reached_has_no_times() -> None:
    told = three().unit("orders-db").run("orders-db", "restore", 1, "failed", detail="exit code 1")
    steps = {(step.unit, step.step): step for step in review(told).steps}
    assert steps["orders-db", "restore"].detail == "exit code 1"
    never = steps["api", "check"]
    assert (never.started_at, never.ended_at, never.attempts, never.who) == (None, None, 0, ())


def test_skips_say_who_and_why() -> None:
    told = three(mode_steps=True).unit("orders-db").ask("orders-db", "stop").wait(1)
    told.answer("orders-db", "stop", "skip", reason="no CDN", who=BEN)
    found = review(told)
    (skip,) = found.skips
    assert (skip.unit, skip.title, skip.who, skip.reason, skip.check) == ("orders-db", "Stop", "Ben", "no CDN", False)
    assert skip.at == told.now
    assert found.steps[2].detail == "no CDN"


def test_a_skipped_check_that_released_what_depends_on_it_says_so() -> None:
    told = three().unit("orders-db").run("orders-db", "restore", 1).run("orders-db", "check", 1, "failed", detail="gap")
    told.ask("orders-db", "check", "failed").answer("orders-db", "check", "skip", reason="must", release=True)
    (skip,) = review(told).skips
    assert skip.check
    assert skip.released


def test_gates_opened_by_hand_are_listed_each_with_its_reason() -> None:
    told = three().tell(EventKind.BREAK_GLASS, who=ANN, gate="second person", reason="nobody else is awake")
    told.tell(EventKind.BREAK_GLASS, who=BEN, gate="unverified dependency", reason="must", unit="api")
    first, second = review(told).break_glass
    assert (first.gate, first.who, first.reason, first.unit) == ("second person", "Ann", "nobody else is awake", "")
    assert (second.unit, second.at) == ("api", told.now)


def test_notes_say_who_and_where() -> None:
    told = three().tell(EventKind.NOTED, who=ANN, text="vendor called").unit("orders-db")
    told.tell(EventKind.NOTED, who=BEN, text="slow disk", unit="orders-db", step="restore")
    first, second = review(told).notes
    assert (first.who, first.text, first.title) == ("Ann", "vendor called", "")
    assert (second.unit, second.title) == ("orders-db", "Restore")


def test_a_failed_system_holds_those_after_it_and_leaves_its_target_behind() -> None:
    told = three().unit("orders-db").run("orders-db", "restore", 1, "failed")
    found = review(told.end_unit("orders-db", "failed", reasons=["Restore: failed"], released=False).end("failed"))
    assert [(one.unit, one.why) for one in found.not_started] == [("api", "held by orders-db (failed)")]
    assert [(one.unit, one.target, one.verdict) for one in found.left_behind] == [
        ("orders-db", "data/orders-db", "failed")
    ]
    assert found.systems[1].reasons == ("Restore: failed",)


def test_after_an_abort_what_never_had_its_turn_says_so() -> None:
    told = three().tell(EventKind.ABORT_REQUESTED, who=ANN, reason="wrong copy").end("aborted")
    assert [one.why for one in review(told).not_started] == ["the recovery was aborted before its turn"] * 2
    assert review(told).left_behind == ()


def test_a_unit_that_was_aborted_before_any_command_left_nothing_behind() -> None:
    told = three(mode_steps=True).unit("orders-db").ask("orders-db", "stop")
    told.end_unit("orders-db", "aborted", released=False).end("aborted")
    assert review(told).left_behind == ()


def test_a_unit_that_only_looked_left_nothing_behind() -> None:
    told = History(plan_of(system("db", probe(), manual("stop"), command("restore"), check()))).launch().unit("db")
    told.run("db", "still-standing", 1, "failed").ask("db", "stop").answer("db", "stop", "fail", reason="no access")
    found = review(told.end_unit("db", "failed", released=False).end("failed"))
    assert found.left_behind == ()
    assert [step.outcome_in_words for step in found.steps] == ["no", "failed", "not reached", "not reached"]


def test_the_largest_delay_of_people_is_worth_mending() -> None:
    found = review(one_system(noticing=2)).worth_mending
    assert found == "“Stop” (orders-db) took 7 min of 27 min: 3 min waiting for a person, 4 min by hand."


def test_a_delay_before_the_restore_is_worth_mending() -> None:
    assert review(one_system()).worth_mending == "Noticing the outage took 9 min of 34 min."


def test_nothing_avoidable_is_nothing_worth_mending() -> None:
    told = (
        History(plan_of(system("dns"))).launch(noticing=0, deciding=0, approval=0).unit("dns").run("dns", "restore", 5)
    )
    assert review(told).worth_mending == ""
    assert review(History(told.plan).launch(noticing=0.001, deciding=0, approval=0)).worth_mending == ""


def test_lengths_are_said_as_exactly_as_they_matter() -> None:
    said = [in_words(timedelta(seconds=seconds)) for seconds in (0, 0.2, 41.6, 60, 3599.7, 3661, 7500, -30)]
    assert said == ["0 s", "under 1 s", "42 s", "1 min", "1 h", "1 h 1 min", "2 h 5 min", "-30 s"]


def test_parts_are_rounded_so_that_they_sum_to_the_whole() -> None:
    parts = {
        SpanKind.NOTICING: timedelta(seconds=1.4),
        SpanKind.MACHINE: timedelta(seconds=1.4),
        SpanKind.REWORK: timedelta(seconds=1.3),
        SpanKind.OTHER: timedelta(),
    }
    assert parts_in_words(parts) == [("noticing", "2 s"), ("machine", "1 s"), ("rework", "1 s")]
