from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.events import EventKind
from bot.domain.frozen_plan import Mode, UnitKind
from bot.domain.proof_state import ProofState
from bot.domain.recovery_points import RecoveryPoint
from bot.domain.recovery_state import Outcome
from bot.domain.review import Attainment, Review, build_review
from bot.domain.review_json import as_json
from bot.domain.step_spans import SpanKind
from tests.fakes.histories import (
    ANN,
    BEN,
    History,
    at,
    check,
    command,
    manual,
    one_system,
    plan_of,
    probe,
    system,
    verified,
)
from tests.fakes.simulation import Simulation, random_plan

if TYPE_CHECKING:
    from random import Random
from typing import Any

MINUTE = timedelta(minutes=1)


def review(told: History, **more: Any) -> Review:
    return build_review(told.plan, told.events, **more)


def restored(told: History, name: str, *, lost: float = 1, verdict: str = "verified") -> History:
    """The system's unit: three minutes, with data up to `lost` minutes before the outage."""
    told.unit(name).run(name, "restore", 2).run(name, "check", 1, comparison=verified(at(-lost), verdict))
    return told.end_unit(name, "verified" if verdict == "verified" else "partial")


def two_systems(*, lost: float = 10, **more: Any) -> History:
    promised: dict[str, Any] = {"rpo": 15 * MINUTE}
    plan = plan_of(system("db", **promised), system("api", depends_on=["db"], **promised), **more)
    return restored(restored(History(plan).launch(), "db", lost=lost), "api", lost=2).end()


def test_a_recovery_within_everything() -> None:
    found = review(two_systems(rto=30 * MINUTE), head="4812:7c1e", proofs={"db": ProofState.PROVEN})
    assert (found.outcome, found.verified, found.attainment) == (Outcome.RECOVERED, 2, Attainment.MET)
    assert found.rta == 20 * MINUTE == found.timeline.duration
    assert found.restore_time == 6 * MINUTE
    assert found.rto_missed_by == timedelta()
    assert found.ledger_head == "4812:7c1e"
    assert [one.proof for one in found.systems] == [ProofState.PROVEN, None]


def test_the_start_says_its_evidence_and_who_confirmed_it() -> None:
    found = review(two_systems())
    assert (found.outage_started_at, found.start_evidence, found.start_confirmed_by) == (
        at(0),
        "first failed check",
        "Ann",
    )
    assert (found.requested_by, found.approved_by) == ("Ann", "Ben")


def test_a_corrected_start_was_confirmed_by_who_corrected_it() -> None:
    told = two_systems()
    told.tell(
        EventKind.OUTAGE_CORRECTED, who=BEN, **{"from": at(0).isoformat(), "to": at(-5).isoformat(), "reason": "log"}
    )
    found = review(told)
    assert (found.rta, found.start_confirmed_by, found.start_evidence) == (25 * MINUTE, "Ben", "log")
    assert [edit.reason for edit in found.time_edits] == ["log"]


def test_the_rto_of_the_plan_is_missed_by_so_much() -> None:
    found = review(two_systems(rto=16 * MINUTE))
    assert (found.attainment, found.rto_missed_by, found.rto_of) == (Attainment.MISSED, 4 * MINUTE, "")


def test_without_an_rto_of_the_plan_the_system_furthest_past_its_own_decides() -> None:
    plan = plan_of(system("db", rto=10 * MINUTE), system("api", rto=19 * MINUTE))
    told = restored(restored(History(plan).launch(), "db"), "api").end()
    found = review(told)
    assert (found.attainment, found.rto_of, found.rto_missed_by) == (Attainment.MISSED, "db", 7 * MINUTE)
    assert [one.rto_missed_by for one in found.systems] == [MINUTE, 7 * MINUTE]


def test_without_any_rto_nothing_was_promised() -> None:
    found = review(two_systems())
    assert (found.attainment, found.rto) == (Attainment.NO_RTO, None)


def test_data_loss_is_the_worst_of_the_systems() -> None:
    found = review(two_systems(lost=20))
    assert [one.rpa for one in found.systems] == [20 * MINUTE, 2 * MINUTE]
    assert found.worst_loss is found.systems[0]
    assert found.systems[0].rpo_missed_by == 5 * MINUTE
    assert found.systems[0].rpa_within == timedelta(seconds=5)
    assert found.systems[0].newest_data_at == at(-20)


def test_data_written_after_the_outage_began_are_no_negative_loss() -> None:
    assert review(two_systems(lost=-3)).systems[0].rpa == timedelta()


def test_of_several_checks_the_oldest_data_count() -> None:
    told = History(plan_of(system("db", check("rows"), check("files")))).launch().unit("db")
    told.run("db", "rows", 1, comparison=verified(at(-1))).run("db", "files", 1, comparison=verified(at(-7)))
    assert review(told.end_unit("db").end()).systems[0].rpa == 7 * MINUTE


def test_of_a_system_that_did_not_come_back_no_loss_is_told() -> None:
    told = History(plan_of(system("db", check("rows"), check("files")))).launch().unit("db")
    told.run("db", "rows", 1, comparison=verified(at(-1))).run(
        "db", "files", 1, "failed", comparison=verified(at(-1), "failed", "3 files are missing.")
    )
    found = review(told.end_unit("db", "failed", released=False).end("failed"))
    assert (found.systems[0].rpa, found.worst_loss, found.loss_unknown) == (None, None, ("db",))
    assert found.systems[0].findings == ("Everything came back.", "3 files are missing.")


def test_without_a_truth_the_loss_is_known_and_the_system_is_not_verified() -> None:
    plan = plan_of(system("db"), rto=30 * MINUTE)
    found = review(restored(History(plan).launch(), "db", lost=4, verdict="no_truth").end("partial"))
    assert (found.systems[0].rpa, found.verified, found.rta) == (4 * MINUTE, 0, None)
    assert found.attainment is Attainment.UNVERIFIED


def test_a_drill_has_a_restore_time_and_neither_rta_nor_rpa() -> None:
    found = review(two_systems(mode=Mode.DRILL, rto=MINUTE))
    assert (found.rta, found.worst_loss, found.loss_unknown) == (None, None, ())
    assert (found.restore_time, found.attainment) == (6 * MINUTE, Attainment.NOT_MEASURED)
    assert found.systems[1].restore_time == 3 * MINUTE
    assert found.outage_started_at is None


@pytest.mark.parametrize("outcome", ["aborted", "failed", "unverified"])
def test_what_was_not_verified_counts_as_missed_however_fast(outcome: str) -> None:
    told = History(plan_of(system("db", rto=30 * MINUTE))).launch().unit("db").end_unit("db", outcome, released=False)
    found = review(told.end(outcome))
    assert found.attainment == outcome
    assert (found.rto, found.rto_of, found.rto_missed_by) == (30 * MINUTE, "db", None)


def test_a_recovery_under_way_is_open() -> None:
    assert review(History(plan_of(system("db"))).launch()).attainment is Attainment.OPEN


def test_a_refused_recovery_is_not_measured() -> None:
    told = (
        History(plan_of(system("db"))).tell(EventKind.REQUESTED, who=ANN).tell(EventKind.REJECTED, who=BEN, reason="no")
    )
    found = review(told)
    assert (found.attainment, found.reason, found.not_started) == (Attainment.NOT_MEASURED, "no", ())


def test_a_walk_of_a_runbook_without_a_system_is_not_measured() -> None:
    told = History(plan_of(system("tidy", manual("sweep"), kind=UnitKind.WALK))).launch().unit("tidy")
    told.ask("tidy", "sweep").answer("tidy", "sweep", "done").end_unit("tidy", "done").end("finished")
    found = review(told)
    assert (found.attainment, found.systems, found.outcome) == (Attainment.NOT_MEASURED, (), Outcome.FINISHED)
    assert found.steps[0].who == ("Ann",)


def test_documented_and_actual_order_name_systems_and_levels_name_units() -> None:
    before = system("site:before", manual("call"), kind=UnitKind.BEFORE)
    dns, web = system("dns", depends_on=["site:before"]), system("web", depends_on=["site:before"])
    told = History(plan_of(before, dns, web, system("api", depends_on=["dns"]))).launch()
    told.unit("site:before").end_unit("site:before", "done").wait(1)
    restored(restored(restored(told, "web"), "dns"), "api").end()
    found = review(told)
    assert found.documented_levels == (("site:before",), ("dns", "web"), ("api",))
    assert found.documented_order == ("dns", "web", "api")
    assert found.actual_order == ("web", "dns", "api")
    assert found.systems[0].depends_on == ()
    assert found.out_of_order == ()


def test_a_system_started_on_an_unverified_one_is_named() -> None:
    told = History(plan_of(system("db"), system("api", depends_on=["db"]))).launch().unit("db").run("db", "restore", 1)
    told.ask("db", "check").answer("db", "check", "skip", reason="no time", release=True).end_unit("db", "unverified")
    found = review(restored(told, "api").end("unverified"))
    assert found.out_of_order == ("api started before db was verified",)


def test_a_system_says_its_point_and_location() -> None:
    point = RecoveryPoint("20261122T0252", "barman", at(-8), at(-8), location="onsite")
    told = History(plan_of(replace(system("db"), point=point))).launch()
    found = review(restored(told, "db").end()).systems[0]
    assert (found.point, found.location, found.target) == ("20261122T0252", "onsite", "data/db")


def test_a_system_that_was_still_standing_was_checked_and_not_restored() -> None:
    told = History(plan_of(system("db", probe(), command("restore"), check()))).launch().unit("db")
    told.run("db", "still-standing", 1, comparison=verified(at(14)))
    told.end_unit("db", reasons=["was still standing: checked, not restored"])
    found = review(told.end())
    (one,) = found.systems
    assert (one.still_standing, one.restore_time, one.rta, one.rpa) == (True, None, 15 * MINUTE, timedelta())
    assert found.steps[0].outcome_in_words == "yes"


def test_a_probe_that_found_the_system_gone_is_no_failure() -> None:
    told = History(plan_of(system("db", probe(), command("restore"), check()))).launch().unit("db")
    told.run("db", "still-standing", 1, "failed", detail="exit 1", comparison=verified(at(14), "failed"))
    told.run("db", "restore", 2).run("db", "check", 1, comparison=verified(at(-7)))
    found = review(told.end_unit("db").end())
    assert (found.systems[0].rpa, found.systems[0].still_standing) == (7 * MINUTE, False)
    assert (found.steps[0].outcome_in_words, found.steps[0].detail) == ("no", "")
    assert found.timeline.parts[SpanKind.REWORK] == timedelta()


def test_nothing_happened_is_no_review() -> None:
    with pytest.raises(ValueError, match="R-1 has no events"):
        build_review(plan_of(system("db")), ())


def test_the_json_has_the_keys_that_the_story_writes() -> None:
    told = one_system()
    data = json.loads(json.dumps(as_json(review(told, head="4812:7c1e", proofs={"orders-db": ProofState.PROVEN}))))
    (found,) = data["systems"]
    assert found["system"] == "orders-db"
    assert (found["verdict"], found["proof"], found["depends_on"]) == ("verified", "proven", [])
    assert (found["rta_seconds"], found["rpa_seconds"]) == (34 * 60, 10 * 60)
    assert found["started_at"] == "2026-11-22T03:14:00+00:00"
    assert found["verified_at"] == "2026-11-22T03:34:00+00:00"
    assert data["documented_order"] == data["actual_order"] == ["orders-db"]
    assert data["ledger_head"] == "4812:7c1e"
    assert sum(data["parts_seconds"].values()) == data["rta_seconds"]


def test_the_json_names_everything_out_of_the_ordinary() -> None:
    told = History(plan_of(system("db", manual("stop")))).launch().unit("db").ask("db", "stop")
    told.answer("db", "stop", "skip", reason="no CDN").tell(EventKind.NOTED, who=BEN, text="vendor called", unit="db")
    told.tell(EventKind.BREAK_GLASS, who=ANN, gate="not proven", reason="now")
    data = as_json(review(told.tell(EventKind.OUTAGE_CORRECTED, who=BEN, to=at(1).isoformat(), reason="log")))
    assert (data["skips"][0]["step"], data["skips"][0]["reason"]) == ("Stop", "no CDN")
    assert (data["notes"][0]["text"], data["notes"][0]["unit"]) == ("vendor called", "db")
    assert (data["break_glass"][0]["gate"], data["break_glass"][0]["unit"]) == ("not proven", None)
    assert (data["time_edits"][0]["from"], data["time_edits"][0]["to"]) == (None, at(1).isoformat())


@settings(deadline=None, max_examples=60)
@given(st.randoms(use_true_random=False), st.sampled_from(Mode), st.integers(1, 200))
def test_whatever_happened_there_is_a_review_and_its_json(random: Random, mode: Mode, most: int) -> None:
    plan = random_plan(random, mode)
    found = build_review(plan, Simulation(plan, random).play(most=most))
    json.dumps(as_json(found))
    assert found.verified == len([one for one in found.systems if one.verified_at])
    assert set(found.actual_order) <= set(found.documented_order)
