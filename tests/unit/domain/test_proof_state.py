"""What past restores prove today."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.frozen_plan import Mode
from bot.domain.proof import Proof, ProofState, major_version, proofs_of, rtc, state_of
from bot.domain.recovery_state import Verdict

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
DAY = timedelta(days=1)
RETEST = 30 * DAY
DRILL = Proof("orders-db", "barman", "3.19.1", "R-1", Mode.DRILL, NOW - 10 * DAY, Verdict.VERIFIED, "v1:today")


def proof(days_ago: float, verdict: Verdict = Verdict.VERIFIED, *, digest: str = "v1:today") -> Proof:
    return replace(DRILL, at=NOW - days_ago * DAY, verdict=verdict, digest=digest)


def state(*proofs: Proof) -> ProofState:
    return state_of(proofs, "v1:today", RETEST, NOW)


def test_a_verified_restore_at_todays_digest_is_proven_until_its_retest() -> None:
    assert state(proof(30)) is ProofState.PROVEN
    assert state(proof(30.01)) is ProofState.AGED


def test_a_restore_that_changed_since_has_drifted() -> None:
    assert state(proof(1, digest="v1:yesterday")) is ProofState.DRIFTED


def test_never_tested_is_a_guess() -> None:
    assert state() is ProofState.GUESS


@pytest.mark.parametrize("verdict", [Verdict.ABORTED, Verdict.DONE])
def test_an_aborted_or_only_attested_restore_proves_nothing(verdict: Verdict) -> None:
    assert state(proof(1, verdict)) is ProofState.GUESS
    assert state(proof(5), proof(1, verdict)) is ProofState.PROVEN


def test_a_failure_wipes_out_what_was_proven_before_it() -> None:
    assert state(proof(1, Verdict.FAILED), proof(5)) is ProofState.FAILED


def test_a_restore_that_came_through_wipes_out_the_failure() -> None:
    assert state(proof(5, Verdict.FAILED), proof(1)) is ProofState.PROVEN
    assert state(proof(9), proof(5, Verdict.FAILED), proof(1, Verdict.PARTIAL)) is ProofState.PARTIAL


@pytest.mark.parametrize(
    "weak",
    [
        proof(1, Verdict.PARTIAL),
        proof(1, Verdict.UNVERIFIED),
        replace(proof(1), manual_simulated=True),
        replace(proof(1), skipped=("warm the cache",)),
    ],
)
def test_what_was_left_out_or_simulated_is_at_best_partial(weak: Proof) -> None:
    assert state(weak) is ProofState.PARTIAL
    assert state(proof(5), weak) is ProofState.PROVEN


def test_proofs_are_kept_per_system_source_and_major_version() -> None:
    others = [replace(DRILL, system="dns"), replace(DRILL, source="restic"), replace(DRILL, tool_version="2.9")]
    newer = replace(DRILL, tool_version="3.20", at=NOW)
    assert proofs_of([newer, DRILL, *others], "orders-db", "barman", "3.1") == (DRILL, newer)


@pytest.mark.parametrize(
    ("version", "major"),
    [("3.19.1", "3"), ("v1.75.2", "1"), ("0.5.17", "0.5"), ("0", "0"), ("dev", ""), ("10.2", "10")],
)
def test_a_major_version_is_its_first_number_that_is_not_zero(version: str, major: str) -> None:
    assert major_version(version) == major


def timed(days_ago: float, minutes: float | None) -> Proof:
    return replace(proof(days_ago), restore_time=None if minutes is None else timedelta(minutes=minutes))


def test_the_capability_is_the_slowest_of_the_last_three_passes() -> None:
    assert rtc([timed(1, 5), timed(2, 7), timed(3, 6), timed(4, 30)], "v1:today") == (timedelta(minutes=7), 3)


def test_the_capability_says_how_few_passes_it_rests_on() -> None:
    assert rtc([timed(1, 5)], "v1:today") == (timedelta(minutes=5), 1)
    assert rtc([], "v1:today") == (None, 0)


def test_only_whole_passes_at_todays_digest_are_timed() -> None:
    others = [
        timed(1, None),
        replace(timed(1, 50), verdict=Verdict.FAILED),
        replace(timed(1, 50), digest="v1:yesterday"),
        replace(timed(1, 50), skipped=("warm the cache",)),
    ]
    assert rtc([timed(2, 7), *others], "v1:today") == (timedelta(minutes=7), 1)


def test_a_drill_with_a_simulated_step_is_timed() -> None:
    assert rtc([replace(timed(1, 5), manual_simulated=True)], "v1:today")[1] == 1
