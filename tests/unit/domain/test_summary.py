from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.figures import Figures, figures_of
from bot.domain.frozen_plan import Mode
from bot.domain.proof_state import ProofState
from bot.domain.recovery_state import Outcome, RecoveryStatus
from bot.domain.review import Attainment, build_review
from bot.domain.step_spans import SpanKind
from bot.domain.summary import Summary, SystemEvidence, as_json, summarize
from tests.fakes.histories import at, one_system

MINUTE = timedelta(minutes=1)


@pytest.fixture
def real() -> Figures:
    """R-1: a real recovery, RTA 34 min, RTO missed by 4 min, RPA 10 min."""
    told = one_system()
    return figures_of(build_review(told.plan, told.events))


def summary(*recoveries: Figures, **more: Any) -> Summary:
    return summarize(recoveries, at(0), at(60), **more)


def test_each_real_recovery_counts_once(real: Figures) -> None:
    counted = [replace(real, recovery=f"R-{place}", attainment=kind) for place, kind in enumerate(Attainment)]
    found = summary(*counted)
    assert len(found.counted) == 6
    assert [one.attainment for one in found.real(Attainment.UNVERIFIED, Attainment.ABORTED)] == [
        "unverified",
        "aborted",
    ]
    assert found.real(Attainment.MISSED)[0].rto_missed_by == 4 * MINUTE


def test_drills_never_count_as_real(real: Figures) -> None:
    drill = replace(real, mode=Mode.DRILL, attainment=Attainment.NOT_MEASURED)
    found = summary(drill, replace(drill, outcome=Outcome.FAILED), replace(drill, outcome=None))
    assert (len(found.ended_drills), len(found.drills(Outcome.RECOVERED)), len(found.drills(Outcome.FAILED))) == (
        2,
        1,
        1,
    )
    assert (found.counted, found.worst_loss, found.largest_delay) == ((), None, None)


def test_what_is_not_over_is_listed_as_open(real: Figures) -> None:
    running = replace(real, status=RecoveryStatus.RUNNING)
    refused = replace(real, status=RecoveryStatus.REJECTED)
    assert summary(real, running, refused).open == (running,)


def test_the_worst_data_loss_is_of_a_real_recovery(real: Figures) -> None:
    worse = replace(real, recovery="R-2", rpa=22 * MINUTE)
    unknown = replace(real, recovery="R-3", rpa=None)
    assert summary(real, worse, unknown).worst_loss == worse
    assert summary(unknown).worst_loss is None


def test_evidence_is_told_tier_by_tier() -> None:
    systems = [
        SystemEvidence("pay", 1, ProofState.GUESS),
        SystemEvidence("auth", 1, ProofState.PROVEN),
        SystemEvidence("mail", 1, ProofState.AGED),
        SystemEvidence("wiki", 3, ProofState.PROVEN),
    ]
    first, third = summary(systems=systems).evidence
    assert (first.tier, first.proven, first.without) == (1, ("auth",), ("mail", "pay"))
    assert (third.tier, third.without) == (3, ())
    assert summary(systems=systems).overdue == ("mail",)
    assert [one.tier for one in summary(systems=systems, tiers=[3]).evidence] == [3]


def test_recoveries_of_other_tiers_are_left_out(real: Figures) -> None:
    one = replace(real, tiers=(1, 2))
    assert summary(one, real, tiers=[2, 1]).recoveries == (one,)
    assert summary(one, tiers=[2, 1]).tiers == (1, 2)


def test_the_largest_delay_is_no_machine_s_and_is_a_share_of_the_rta(real: Figures) -> None:
    delay = summary(real, replace(real, rta=None)).largest_delay
    assert delay
    assert (delay.kind, delay.length) == (SpanKind.NOTICING, 9 * MINUTE)
    assert delay.share == pytest.approx(9 / 34)


def test_it_says_what_it_does_not_show() -> None:
    assert summary(not_tested=["orders-db: restic offsite"]).not_shown == (
        "loss of the site",
        "orders-db: restic offsite",
    )


def test_the_json_lists_every_recovery_with_its_figures(real: Figures) -> None:
    data = json.loads(json.dumps(as_json(summary(real))))
    assert data["real"]["missed"] == ["R-1"]
    assert data["worst_loss"] == {"recovery": "R-1", "system": "orders-db", "rpa_seconds": 600, "rpo_seconds": 900}
    assert data["largest_delay"] == {"kind": "noticing", "seconds": 540, "share_of_rta": 0.2647}
    assert (data["recoveries"][0]["rta_seconds"], data["recoveries"][0]["rto_missed_by_seconds"]) == (2040, 240)


def test_the_json_of_nothing_has_every_key_too(real: Figures) -> None:
    assert as_json(summary()).keys() == as_json(summary(real)).keys()
    assert as_json(summary())["worst_loss"] is None
    assert as_json(summary())["largest_delay"] is None
