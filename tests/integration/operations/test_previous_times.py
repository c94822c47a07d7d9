"""How long steps took last time, and a proof that is carried over a change of words."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.errors import BringbackError, Conflict, NotAllowed, UnknownName
from bot.domain.events import ESTATE_STREAM
from bot.domain.frozen_plan import Mode
from bot.domain.proof_state import Proof, ProofState, carried_over
from bot.domain.recovery_state import Choice, Verdict
from bot.operations.answer_step import answer_step
from bot.operations.cosmetic_review import record_cosmetic_review
from bot.operations.preview_restore import RestoreRequest, preview_restore
from bot.operations.previous_times import previous_times
from bot.operations.start_recovery import start_recovery
from bot.operations.verify_ledger import verify_ledger
from bot.operations.weigh_evidence import weigh_evidence
from handlers.freshness import proof_words
from tests.fakes.histories import at
from tests.integration.operations.conftest import ALEX, RILEY

if TYPE_CHECKING:
    from pathlib import Path

    from bot.operations.desk import Desk
    from tests.fakes.fixed_clock import FixedClock

CACHE = RestoreRequest(runbook="cache")


async def walk(desk: Desk, clock: FixedClock, recovery: str, minutes: int, request: RestoreRequest = CACHE) -> None:
    """Both steps of the walk, each so long."""
    await start_recovery(desk, request, RILEY)
    for step in ("log-in", "flush-it"):
        clock.at += timedelta(minutes=minutes)
        await answer_step(desk, recovery, "cache", step, 1, Choice.DONE, RILEY)


async def times(desk: Desk, request: RestoreRequest = CACHE) -> dict[str, timedelta]:
    plan = (await preview_restore(desk, request)).plan
    return {step: length for (_, step), length in (await previous_times(desk, plan)).items()}


async def test_a_step_took_as_long_as_the_last_time_it_was_done(desk: Desk, clock: FixedClock) -> None:
    await walk(desk, clock, "R-1", 9)
    await walk(desk, clock, "R-2", 4)
    assert await times(desk) == {"log-in": timedelta(minutes=4), "flush-it": timedelta(minutes=4)}


async def test_what_was_skipped_or_of_the_other_mode_says_nothing(desk: Desk, clock: FixedClock) -> None:
    drill = RestoreRequest(runbook="cache", mode=Mode.DRILL)
    await walk(desk, clock, "R-1", 9, drill)
    await start_recovery(desk, CACHE, RILEY)
    await answer_step(desk, "R-2", "cache", "log-in", 1, Choice.SKIP, RILEY, "open already")
    assert await times(desk) == {}
    assert await times(desk, drill) == {"log-in": timedelta(minutes=9), "flush-it": timedelta(minutes=9)}


async def test_a_recovery_under_way_is_not_its_own_last_time(desk: Desk, clock: FixedClock) -> None:
    await start_recovery(desk, CACHE, RILEY)
    clock.at = at(64)
    state = await answer_step(desk, "R-1", "cache", "log-in", 1, Choice.DONE, RILEY)
    assert await previous_times(desk, state.plan) == {}


async def prove(desk: Desk, verdict: Verdict = Verdict.VERIFIED) -> None:
    """A drill of dns came to this, with its runbook as it is now."""
    digest = desk.estate.runbooks["dns"].digest
    await desk.store.proofs.keep(Proof("dns", "", "", "R-9", Mode.DRILL, at(0), verdict, digest))


def change(runbooks: Path, clock: FixedClock) -> None:
    """What the runbook's command is written like."""
    dns = runbooks / "dns.md"
    dns.write_text(dns.read_text(encoding="utf-8").replace("true\n```", "true  # says yes\n```"), encoding="utf-8")
    clock.at += timedelta(minutes=1)


async def proof_of_dns(desk: Desk) -> ProofState | None:
    return (await weigh_evidence(desk)).of("dns")


async def test_a_cosmetic_review_carries_the_proof_over_a_changed_runbook(
    desk: Desk, clock: FixedClock, runbooks: Path
) -> None:
    await prove(desk)
    change(runbooks, clock)
    assert await proof_of_dns(desk) is ProofState.DRIFTED
    said = await record_cosmetic_review(desk, "dns", ALEX, " only a comment ")
    assert said.startswith("The proof of dns from 2026-11-22 03:00 UTC (R-9) was carried over by Alex, from ")
    assert said.endswith(": only a comment")
    assert await proof_of_dns(desk) is ProofState.PROVEN
    review = carried_over(await desk.store.proofs.of("dns"), desk.estate.runbooks["dns"].digest)
    assert review
    assert (review.by, review.reason) == ("Alex", "only a comment")
    assert (await desk.store.proofs.all())[0].carried == (review,)
    assert (await proof_words(desk, "dns")).endswith("(drill), carried over by Alex: only a comment")


async def test_it_is_an_entry_of_the_ledger_that_verifies(desk: Desk, clock: FixedClock, runbooks: Path) -> None:
    await prove(desk)
    change(runbooks, clock)
    await record_cosmetic_review(desk, "dns", ALEX, "a comment")
    event = (await desk.store.ledger.events(ESTATE_STREAM))[-1]
    assert (event.kind, event.unit, event.actor_name) == ("cosmetic_review", "dns", "Alex")
    assert (await verify_ledger(desk)).faults == ()


async def test_a_cosmetic_review_needs_a_reason_and_an_approver(desk: Desk) -> None:
    await prove(desk)
    with pytest.raises(BringbackError, match="needs a reason"):
        await record_cosmetic_review(desk, "dns", ALEX, " ")
    with pytest.raises(NotAllowed, match="Riley may not carry a proof over a changed runbook"):
        await record_cosmetic_review(desk, "dns", RILEY, "a comment")


async def test_where_there_is_nothing_to_carry_over_it_says_so(desk: Desk, clock: FixedClock, runbooks: Path) -> None:
    with pytest.raises(Conflict, match="dns has no proof to carry over"):
        await record_cosmetic_review(desk, "dns", ALEX, "a comment")
    await prove(desk)
    with pytest.raises(Conflict, match="dns was proven as its runbook is now"):
        await record_cosmetic_review(desk, "dns", ALEX, "a comment")
    change(runbooks, clock)
    with pytest.raises(Conflict, match="cache declares no system"):
        await record_cosmetic_review(desk, "cache", ALEX, "a comment")
    with pytest.raises(UnknownName):
        await record_cosmetic_review(desk, "dsn", ALEX, "a comment")
