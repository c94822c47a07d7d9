"""Cosmetic reviews: a proof speaks for a changed digest where a person said that only words have changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.domain.frozen_plan import Mode
from bot.domain.proof_state import CosmeticReview, Proof, ProofState, carried_over, carry, rtc, state_of
from bot.domain.recovery_state import Verdict

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
DAY = timedelta(days=1)
RETEST = 30 * DAY
OLD = Proof("orders-db", "barman", "3", "R-1", Mode.DRILL, NOW - 9 * DAY, Verdict.VERIFIED, "v1:a", restore_time=DAY)


def review(before: str, after: str, days_ago: float = 1, system: str = "orders-db") -> CosmeticReview:
    return CosmeticReview(system, before, after, "a typo", "Alex", NOW - days_ago * DAY)


def state(proof: Proof, digest: str) -> ProofState:
    return state_of([proof], digest, RETEST, NOW)


def test_a_proof_that_was_carried_over_proves_the_changed_runbook() -> None:
    assert state(OLD, "v1:b") is ProofState.DRIFTED
    carried = carry(OLD, [review("v1:a", "v1:b")])
    assert state(carried, "v1:b") is ProofState.PROVEN
    assert rtc([carried], "v1:b") == (DAY, 1)
    assert carried_over([carried], "v1:b") == review("v1:a", "v1:b")


def test_it_still_proves_the_runbook_as_it_was() -> None:
    assert state(carry(OLD, [review("v1:a", "v1:b")]), "v1:a") is ProofState.PROVEN
    assert carried_over([carry(OLD, [review("v1:a", "v1:b")])], "v1:a") is None


def test_one_review_follows_another() -> None:
    reviews = [review("v1:b", "v1:c", 1), review("v1:a", "v1:b", 2)]
    assert [one.to_digest for one in carry(OLD, reviews).carried] == ["v1:b", "v1:c"]
    assert state(carry(OLD, reviews), "v1:c") is ProofState.PROVEN
    assert state(carry(OLD, reviews[:1]), "v1:c") is ProofState.DRIFTED


def test_a_carried_proof_ages_as_it_would_have() -> None:
    aged = replace(OLD, at=NOW - 31 * DAY)
    assert state(carry(aged, [review("v1:a", "v1:b")]), "v1:b") is ProofState.AGED


def test_a_review_carries_no_proof_of_another_system_and_none_twice() -> None:
    assert carry(OLD, [review("v1:a", "v1:b", system="dns")]).carried == ()
    both = [review("v1:a", "v1:b", 2), review("v1:b", "v1:a", 1)]
    assert [one.to_digest for one in carry(OLD, both).carried] == ["v1:b"]


def test_what_was_proven_anew_rests_on_no_review() -> None:
    newer = replace(OLD, at=NOW, digest="v1:b")
    assert carried_over([carry(OLD, [review("v1:a", "v1:b")]), newer], "v1:b") is None
    assert carried_over([], "v1:b") is None
