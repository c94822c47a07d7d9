from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain import review_text as say
from bot.domain.events import EventKind
from bot.domain.frozen_plan import Mode, UnitKind
from bot.domain.recovery_state import Outcome, RecoveryStatus
from bot.domain.review import Attainment, Review, build_review
from tests.fakes.histories import ANN, BEN, History, at, manual, one_system, plan_of, system, verified

MINUTE = timedelta(minutes=1)


@pytest.fixture
def told() -> Review:
    """R-1: a real recovery of orders-db, RTA 34 min, RTO 30 min, RPA 10 min, RPO 15 min."""
    history = one_system()
    return build_review(history.plan, history.events)


def two(*, lost: float = 1, mode: Mode = Mode.REAL, **more: Any) -> Review:
    """dns without an RPO and db, both back after 3 minutes each."""
    plan = plan_of(system("dns"), system("db", rpo=15 * MINUTE), mode=mode, **more)
    history = History(plan).launch()
    for name, loss in (("dns", 0), ("db", lost)):
        history.unit(name).run(name, "restore", 2).run(name, "check", 1, comparison=verified(at(-loss))).end_unit(name)
    return build_review(plan, history.end().events)


def test_the_headline_says_what_happened(told: Review) -> None:
    assert say.headline(told) == "R-1 REAL: RECOVERED, 1 of 1 verified, RTO MISSED by 4 min (orders-db)"
    assert say.headline(two(rto=30 * MINUTE)) == "R-1 REAL: RECOVERED, 2 of 2 verified, RTO MET"
    assert say.headline(two(mode=Mode.DRILL)) == "R-1 DRILL: RECOVERED, 2 of 2 verified"


def test_a_recovery_that_is_not_over_says_where_it_stands(told: Review) -> None:
    waiting = replace(
        told, outcome=None, status=RecoveryStatus.WAITING_FOR_APPROVAL, attainment=Attainment.OPEN, systems=()
    )
    assert say.headline(waiting) == "R-1 REAL: WAITING FOR APPROVAL"


@pytest.mark.parametrize(
    ("attainment", "rto", "said"),
    [
        (Attainment.MET, 30 * MINUTE, "RTO MET"),
        (Attainment.NO_RTO, None, "no RTO declared"),
        (Attainment.ABORTED, 30 * MINUTE, "RTO MISSED (not verified)"),
        (Attainment.UNVERIFIED, None, "not verified, no RTO declared"),
        (Attainment.NOT_MEASURED, 30 * MINUTE, ""),
    ],
)
def test_how_it_counts_is_said_in_words(told: Review, attainment: Attainment, rto: timedelta | None, said: str) -> None:
    assert say.attainment_words(replace(told, attainment=attainment, rto=rto)) == said


def test_the_time_is_held_against_what_was_promised(told: Review) -> None:
    start = "Start: first failed check, confirmed by Ann"
    assert say.time_line(told) == f"RTA 34 min (03:00:00-03:34:00 UTC), RTO 30 min of orders-db. {start}"
    assert say.time_line(two()) == f"RTA 20 min (03:00:00-03:20:00 UTC), no RTO. {start}"


def test_a_drill_has_a_restore_time() -> None:
    drill = two(mode=Mode.DRILL)
    assert say.time_line(drill) == "Restore time 6 min (03:14:00-03:20:00 UTC). A drill has no outage: no RTA"
    assert say.time_line(replace(drill, restore_time=None)).startswith("Not verified (")
    assert say.loss_line(drill) == ""


def test_without_an_rta_it_says_why(told: Review) -> None:
    open_still = replace(told, rta=None, systems=(replace(told.systems[0], verified_at=None),))
    assert say.time_line(open_still).startswith("No RTA: not verified: orders-db. Measured 34 min (")
    unknown = replace(told, rta=None, outage_started_at=None)
    assert say.time_line(unknown).startswith("No RTA: the start of the outage is not known. ")
    assert say.time_line(unknown).endswith("Start of the outage: unknown, at least since it was asked for")


@pytest.mark.parametrize("mode", list(Mode))
def test_a_walk_that_restores_no_system_says_that_it_finished_and_how_long_it_took(mode: Mode) -> None:
    walked = system("tidy", manual("sweep"), kind=UnitKind.WALK)
    history = History(plan_of(walked, mode=mode)).launch().unit("tidy").wait(2)
    found = replace(
        build_review(history.plan, history.end_unit("tidy", "done").end("finished").events), outage_started_at=None
    )
    assert say.headline(found) == f"R-1 {mode.value.upper()}: FINISHED"
    assert say.time_line(found).startswith("Took ")
    assert say.time_line(found).endswith(" UTC). This runbook restores no system: no RTA")
    assert "RECOVERED" not in say.headline(found)
    assert (say.order_line(found), say.loss_line(found)) == ("", "")


def test_a_start_without_evidence_says_so(told: Review) -> None:
    assert say.start_line(replace(told, start_evidence="", start_confirmed_by="")) == "Start: no evidence given"


def test_data_loss_names_its_canary(told: Review) -> None:
    assert say.loss_line(told) == "RPA 10 min (canary 02:50:00 UTC, within 5 s), RPO 15 min"
    assert say.loss_line(two(lost=20)) == (
        "RPA 20 min (db, canary 02:40:00 UTC, within 5 s), RPO 15 min. RPO MISSED by 5 min (db)"
    )


def test_data_loss_that_nothing_tells_is_unknown(told: Review) -> None:
    lost = replace(told.systems[0], rpa=None, newest_data_at=None)
    assert say.loss_line(replace(told, systems=(lost,))) == "RPA unknown for orders-db"
    unsure = replace(told.systems[0], rpa_within=None, newest_data_at=None, rpo=None)
    assert say.loss_line(replace(told, systems=(unsure,))) == "RPA 10 min (), no RPO"


def test_the_parts_sum_to_what_is_said_of_the_whole(told: Review) -> None:
    assert say.parts_line(told) == (
        "34 min = noticing 9 min, deciding 3 min, approval 2 min, waiting for people 3 min, hands-on 4 min, "
        "machine 11 min, rework 2 min"
    )
    history = History(plan_of(system("db"))).tell(EventKind.REQUESTED, who=ANN)
    assert say.parts_line(build_review(history.plan, history.events)) == ""


def test_the_order_is_kept_or_it_is_said_who_broke_it(told: Review) -> None:
    assert say.order_line(told).startswith("In the documented order")
    broken = replace(told, out_of_order=("api started before db was verified",))
    assert say.order_line(broken) == "Not in the documented order: api started before db was verified"


def test_what_is_out_of_the_ordinary_is_named_or_none(told: Review) -> None:
    assert say.exceptions_line(told) == "Skipped: none. Break-glass: none. Times edited: none"
    history = History(plan_of(system("tidy", manual("sweep"), kind=UnitKind.WALK))).launch().unit("tidy")
    history.tell(EventKind.BREAK_GLASS, who=ANN, gate="not proven", reason="now")
    history.tell(EventKind.OUTAGE_CORRECTED, who=BEN, to=at(1).isoformat(), reason="log")
    history.ask("tidy", "sweep").answer("tidy", "sweep", "skip", reason="clean")
    assert say.exceptions_line(build_review(history.plan, history.events)) == (
        "Skipped: Sweep of tidy (Ann: “clean”). Break-glass: not proven (Ann: “now”). "
        "Times edited: start unknown to 03:01:00 (Ben: “log”)"
    )


def test_steps_that_were_skipped_for_one_reason_are_named_together() -> None:
    names = ["one", "two", "two-b", "three", "four", "five"]
    walked = system(
        "tidy", *(replace(manual(name), title=name.partition("-")[0]) for name in names), kind=UnitKind.WALK
    )
    told = History(plan_of(walked)).launch().unit("tidy")
    for name in names:
        reason = "clean" if name == "five" else "finished here: mended"
        told.ask("tidy", name).answer("tidy", name, "skip", reason=reason)
    found = build_review(told.plan, told.events)
    assert say.headline(replace(found, outcome=Outcome.FINISHED)) == "R-1 REAL: FINISHED, 5 steps skipped"
    assert say.exceptions_line(found).startswith(
        "Skipped: one, two, three and 1 more of tidy (Ann: “finished here: mended”); five of tidy (Ann: “clean”). "
    )


def test_an_outage_over_midnight_is_said_with_dates() -> None:
    assert say.between(at(0), at(60 * 22)) == "2026-11-22 03:00:00 - 2026-11-23 01:00:00 UTC"


@pytest.mark.parametrize(
    ("head", "said"), [("estate:4812:7c1e99", "4812 7c1e"), ("4812:7c1e99", "4812 7c1e"), ("", "")]
)
def test_a_head_is_said_short(head: str, said: str) -> None:
    assert say.head_in_words(head) == said


def test_every_outcome_can_be_said(told: Review) -> None:
    assert all(outcome.value.upper() in say.headline(replace(told, outcome=outcome)) for outcome in Outcome)
