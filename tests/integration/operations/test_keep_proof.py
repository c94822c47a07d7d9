"""The proof that a system's end is: what it rests on, what it leaves out, and when there is none."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.events import ESTATE_STREAM, EventKind, make_event
from bot.domain.frozen_plan import Mode, PlannedStep
from bot.domain.proof_state import Proof
from bot.domain.recovery import begin_unit
from bot.domain.recovery_points import Reading, RecoveryPoint
from bot.domain.recovery_state import RecoveryStatus, Verdict
from bot.operations.keep_proof import KeepProof
from tests.fakes.histories import History, at, check, command, manual, plan_of, probe, system, verified

if TYPE_CHECKING:
    from bot.domain.frozen_plan import FrozenPlan
    from bot.store.database import Store
    from tests.fakes.fixed_clock import FixedClock

POINT = RecoveryPoint("b1", "barman", restorable_through=at(-5), taken_at=at(-60), location="onsite")


async def prove(store: Store, clock: FixedClock, told: History, *, twice: bool = False) -> list[Proof]:
    """Keep what this history of R-1 proves of db."""
    plan, events = told.plan, told.events

    def make(_recovery: str) -> tuple[FrozenPlan, list[Any], RecoveryStatus, None]:
        return plan, events, RecoveryStatus.RUNNING, None

    await store.recoveries.create(make)
    keep = KeepProof(store, clock)
    for _ in range(2 if twice else 1):
        await keep(plan, begin_unit(plan.unit("db"), plan.mode))
    return await store.proofs.of("db")


def history(*steps: PlannedStep, mode: Mode = Mode.REAL, **more: Any) -> History:
    """R-1 launched at minute 14, its outage since minute 0, db just started."""
    return History(plan_of(system("db", *steps, point=POINT, **more), mode=mode)).launch().unit("db")


async def test_a_verified_restore_is_kept_with_all_it_rests_on(store: Store, clock: FixedClock) -> None:
    await store.readings.keep(Reading("db", 0, "restic", "offsite", at(0), tool_version="0.16"))
    await store.readings.keep(Reading("db", 1, "barman", "onsite", at(0), tool_version="3.19.1"))
    told = history().run("db", "restore", 10).run("db", "check", 1, comparison=verified(at(-10))).end_unit("db")
    [proof] = await prove(store, clock, told, twice=True)
    assert proof == Proof(
        system="db",
        source="barman",
        tool_version="3.19.1",
        recovery="R-1",
        mode=Mode.REAL,
        at=at(25),
        verdict=Verdict.VERIFIED,
        digest="v1:db",
        location="onsite",
        point="b1",
        rpa=timedelta(minutes=10),
        restore_time=timedelta(minutes=11),
    )
    kinds = [event.kind for event in await store.ledger.events(ESTATE_STREAM)]
    assert kinds == ["recovery_opened", "proof"]


async def test_a_system_that_was_still_standing_proves_nothing(store: Store, clock: FixedClock) -> None:
    told = history(probe(), command("restore"), check())
    told.run("db", "still-standing", 1, comparison=verified(at(13))).end_unit("db")
    assert await prove(store, clock, told) == []


async def test_what_the_damaged_system_held_is_no_data_that_came_back(store: Store, clock: FixedClock) -> None:
    told = history(probe(), command("restore"), check())
    told.run("db", "still-standing", 1, "failed", comparison=verified(at(-1), "failed"))
    told.run("db", "check", 1, comparison=verified(at(-10))).end_unit("db")
    [proof] = await prove(store, clock, told)
    assert proof.rpa == timedelta(minutes=10)


async def test_data_newer_than_the_outage_lost_nothing(store: Store, clock: FixedClock) -> None:
    told = history(check()).run("db", "check", 1, comparison=verified(at(5))).end_unit("db")
    assert (await prove(store, clock, told))[0].rpa == timedelta()


async def test_a_drill_loses_what_it_would_have_lost_when_it_was_asked_for(store: Store, clock: FixedClock) -> None:
    told = history(check(), mode=Mode.DRILL).run("db", "check", 1, comparison=verified(at(2))).end_unit("db")
    [proof] = await prove(store, clock, told)
    assert (proof.mode, proof.rpa) == (Mode.DRILL, timedelta(minutes=10))


async def test_a_failure_is_kept_as_evidence_against_it(store: Store, clock: FixedClock) -> None:
    told = history().run("db", "restore", 1, "failed").ask("db", "restore", "failed")
    told.answer("db", "restore", "give_up", reason="no copy").end_unit(
        "db", "failed", reasons=["no copy"], released=False
    )
    [proof] = await prove(store, clock, told)
    assert (proof.verdict, proof.detail, proof.rpa, proof.restore_time) == (Verdict.FAILED, "no copy", None, None)


@pytest.mark.parametrize("end", ["aborted", ""])
async def test_an_abort_and_a_restore_under_way_prove_nothing(store: Store, clock: FixedClock, end: str) -> None:
    told = history().run("db", "restore", 1)
    if end:
        told.end_unit("db", end, released=False)
    assert await prove(store, clock, told) == []


async def test_what_was_skipped_stands_in_the_proof(store: Store, clock: FixedClock) -> None:
    steps = (manual("stop"), command("restore"), command("warm", optional=True), check())
    told = history(*steps)
    for step in ("stop", "restore", "warm"):
        told.ask("db", step).answer("db", step, "skip", reason="so")
    told.run("db", "check", 1, comparison=verified(at(-1))).end_unit("db", "partial")
    assert (await prove(store, clock, told))[0].skipped == ("Restore",)


async def test_a_point_of_no_known_tool_proves_for_no_version(store: Store, clock: FixedClock) -> None:
    plan = plan_of(system("db", check()))
    told = History(plan).launch().unit("db").run("db", "check", 1).end_unit("db", "partial")
    [proof] = await prove(store, clock, told)
    assert (proof.source, proof.tool_version, proof.point, proof.rpa) == ("", "", "", None)


async def test_the_outage_that_was_corrected_counts(store: Store, clock: FixedClock) -> None:
    told = history(check()).run("db", "check", 1, comparison=verified(at(-10))).end_unit("db")
    corrected = {"to": at(-4).isoformat(), "reason": "log"}
    told.events.append(make_event("R-1", EventKind.OUTAGE_CORRECTED, at(20), data=corrected, extra="1"))
    assert (await prove(store, clock, told))[0].rpa == timedelta(minutes=6)
