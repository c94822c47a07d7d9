from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.figures import Figures, figures_of
from bot.domain.frozen_plan import Mode
from bot.domain.proof_state import ProofState
from bot.domain.recovery_state import Outcome, RecoveryStatus
from bot.domain.review import Attainment, build_review
from bot.domain.summary import SystemEvidence, summarize
from bot.domain.summary_text import summary_lines, summary_title
from tests.fakes.histories import at, one_system

DAY = 60 * 24


@pytest.fixture
def real() -> Figures:
    """R-1: a real recovery, RTO missed by 4 min, RPA 10 min."""
    told = one_system()
    return figures_of(build_review(told.plan, told.events))


def test_the_lines_say_what_happened_and_what_they_do_not_show(real: Figures) -> None:
    drill = replace(real, mode=Mode.DRILL, attainment=Attainment.NOT_MEASURED, rpa=None, rta=None)
    recoveries = [
        real,
        replace(real, rto_missed_by=timedelta(minutes=9)),
        replace(real, attainment=Attainment.MET, rto_missed_by=timedelta()),
        replace(real, recovery="R-9", rta=None, attainment=Attainment.UNVERIFIED, rto_missed_by=None),
        replace(real, recovery="R-10", attainment=Attainment.OPEN, status=RecoveryStatus.RUNNING),
        drill,
        replace(drill, outcome=Outcome.FINISHED),
        replace(drill, mode=Mode.REAL, outcome=Outcome.FINISHED),
        replace(drill, outcome=Outcome.FAILED),
    ]
    evidence = [SystemEvidence("pay", 1, ProofState.AGED), SystemEvidence("dns", 1, ProofState.PROVEN)]
    found = summarize(recoveries, at(-7 * DAY), at(0), systems=evidence, not_tested=["orders-db: restic offsite"])
    assert summary_lines(found) == (
        "REAL 4: 1 within RTO, 2 missed by 9 min, 4 min, 1 unverified (counts as missed)",
        "Worst data loss 10 min (orders-db, RPO 15 min, R-1)",
        "DRILLS 2: 1 passed, 1 failed. Overdue 1: pay",
        "WALKS 2 (1 as drills): no system restored",
        "Tier 1 with evidence 1 of 2; without: pay",
        "Not over yet: R-10",
        "Largest delay: noticing, 26 % of RTA (36 min)",
        "Not shown by this: loss of the site, orders-db: restic offsite",
    )


def test_of_nothing_there_is_little_to_say() -> None:
    assert summary_lines(summarize([], at(-DAY), at(0))) == (
        "REAL 0: none",
        "DRILLS 0: none",
        "Not shown by this: loss of the site",
    )


def test_a_system_without_an_rpo_and_a_tier_that_is_whole(real: Figures) -> None:
    evidence = [SystemEvidence("dns", 2, ProofState.PROVEN)]
    lines = summary_lines(summarize([replace(real, rpo=None)], at(-DAY), at(0), systems=evidence))
    assert "Worst data loss 10 min (orders-db, no RPO, R-1)" in lines
    assert "Tier 2 with evidence 1 of 1" in lines


@pytest.mark.parametrize(("tiers", "said"), [([], ""), ([1], ", tier 1"), ([2, 1], ", tiers 1, 2")])
def test_the_title_says_when_and_which_tiers(tiers: list[int], said: str) -> None:
    found = summarize([], at(-52 * DAY), at(0), tiers=tiers)
    assert summary_title(found) == f"Recovery, 1 Oct 2026 - 22 Nov 2026{said}"
