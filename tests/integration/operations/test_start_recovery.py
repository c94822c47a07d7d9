"""Starting a recovery: who may, what stands in the way, what is recorded, and what the engine hears."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.errors import BringbackError, Conflict, NotAllowed, UnknownName
from bot.domain.events import Actor, EventKind
from bot.domain.frozen_plan import Mode, UnitKind
from bot.domain.recovery_points import Reading, RecoveryPoint
from bot.domain.recovery_state import Outcome, RecoveryStatus
from bot.operations.preview_restore import RestoreRequest, preview_restore
from bot.operations.start_recovery import start_recovery
from tests.fakes.histories import at
from tests.integration.operations.conftest import ALEX, EVE, RILEY

if TYPE_CHECKING:
    from pathlib import Path

    from bot.operations.desk import Desk
    from tests.fakes.recording_engine import RecordingEngine

REAL = RestoreRequest(name="full-site", reason="the disk is gone", outage_started_at=at(42), declared_at=at(50))
DRILL = RestoreRequest(name="full-site", mode=Mode.DRILL)
BACKUPS = "  backups: [{tool: barman, server: orders, location: onsite}]\n"


def point(minute: float, **more: Any) -> RecoveryPoint:
    return RecoveryPoint(f"b{minute}", "barman", restorable_through=at(minute), taken_at=at(minute), **more)


def give_backups(runbooks: Path) -> None:
    file = runbooks / "orders-db.md"
    file.write_text(file.read_text().replace("  rpo: 15m\n", f"  rpo: 15m\n{BACKUPS}"), encoding="utf-8")


async def kinds(desk: Desk, recovery: str = "R-1") -> list[str]:
    return [event.kind for event in await desk.store.ledger.events(recovery)]


async def test_a_drill_starts_at_once_and_the_engine_hears_of_it(desk: Desk, engine: RecordingEngine) -> None:
    engine.idle = True
    state = await start_recovery(desk, DRILL, RILEY)
    assert (state.plan.recovery, state.status, state.requested_by_name) == ("R-1", RecoveryStatus.RUNNING, "Riley")
    assert await kinds(desk) == ["requested", "started"]
    assert engine.told == ["start R-1"]


async def test_a_real_one_waits_for_a_second_person(desk: Desk, engine: RecordingEngine) -> None:
    state = await start_recovery(desk, REAL, RILEY)
    assert (state.status, state.reason) == (RecoveryStatus.WAITING_FOR_APPROVAL, "the disk is gone")
    assert (state.outage_started_at, state.declared_at) == (at(42), at(50))
    assert (await desk.store.recoveries.row("R-1")).expires_at == at(70)
    assert (await kinds(desk), engine.told) == (["requested"], [])


async def test_an_outage_that_began_nobody_knows_when_began_at_least_when_it_was_declared(desk: Desk) -> None:
    state = await start_recovery(desk, replace(REAL, outage_started_at=None), RILEY)
    assert (state.outage_started_at, state.evidence) == (at(60), "unknown: at least since it was declared")


async def test_whom_the_policy_does_not_name_starts_nothing(desk: Desk) -> None:
    for request in (REAL, DRILL):
        with pytest.raises(NotAllowed, match="Eve may not start a"):
            await start_recovery(desk, request, EVE)
    assert await desk.store.ledger.count() == 0


async def test_who_comes_by_login_is_the_same_person(desk: Desk) -> None:
    state = await start_recovery(desk, REAL, Actor("riley", "riley"))
    assert state.requested_by == "U1RESPONDER"


async def test_a_break_glass_reason_stands_in_for_the_second_person_and_is_recorded(
    desk: Desk, engine: RecordingEngine
) -> None:
    engine.idle = True
    state = await start_recovery(desk, replace(REAL, break_glass="alone at night"), RILEY)
    assert state.status is RecoveryStatus.RUNNING
    assert state.break_glass == ("second person: alone at night (Riley)",)
    assert engine.told == ["start R-1"]


async def test_a_blank_reason_breaks_no_glass(desk: Desk) -> None:
    state = await start_recovery(desk, replace(REAL, break_glass="  \n", unproven_reason=" "), RILEY)
    assert (state.status, state.break_glass) == (RecoveryStatus.WAITING_FOR_APPROVAL, ())


async def test_what_was_never_proven_is_a_gate_of_its_own(desk: Desk) -> None:
    state = await start_recovery(desk, replace(REAL, unproven_reason="nothing else is left"), RILEY)
    assert state.break_glass == ("not proven: nothing else is left (Riley)",)
    requested = (await desk.store.ledger.events("R-1"))[0]
    assert requested.data["guesses"] == ["dns", "orders-db"]


@pytest.mark.parametrize(
    ("request_", "named"),
    [
        (RestoreRequest(name="full-sight"), "plan or system called “full-sight”. Did you mean full-site"),
        (RestoreRequest(systems=("dns", "orders")), "system called “orders”. Did you mean orders-db"),
        (RestoreRequest(runbook="cash"), "runbook called “cash”. Did you mean cache"),
    ],
)
async def test_an_unknown_name_is_named_with_the_nearest(desk: Desk, request_: RestoreRequest, named: str) -> None:
    with pytest.raises(UnknownName, match=f"There is no {named}"):
        await start_recovery(desk, request_, RILEY)


async def test_a_plan_is_restored_and_not_walked(desk: Desk) -> None:
    with pytest.raises(BringbackError, match="full-site is a plan: it is restored, not walked"):
        await start_recovery(desk, RestoreRequest(runbook="full-site"), RILEY)


async def test_a_runbook_that_only_tells_people_what_to_do_needs_no_approval(desk: Desk) -> None:
    state = await start_recovery(desk, RestoreRequest(runbook="cache"), RILEY)
    assert state.status is RecoveryStatus.RUNNING
    assert [unit.kind for unit in state.plan.units] == [UnitKind.WALK]


async def test_the_runbook_of_a_system_is_walked_as_that_system(desk: Desk) -> None:
    preview = await preview_restore(desk, RestoreRequest(runbook="dns", mode=Mode.DRILL))
    assert [(unit.name, unit.kind) for unit in preview.plan.units] == [("dns", UnitKind.SYSTEM)]


async def test_a_plan_brings_what_it_depends_on_in_the_documented_order(desk: Desk) -> None:
    preview = await preview_restore(desk, REAL)
    assert preview.order == (("dns",), ("orders-db",), ("full-site:after",))
    assert (preview.plan.rto, preview.needs_approval) == (timedelta(minutes=30), True)
    assert [step.probe for step in preview.plan.unit("dns").steps] == [True, False, False]


async def test_systems_by_name_come_alone_and_wait_for_each_other_only(desk: Desk) -> None:
    preview = await preview_restore(desk, RestoreRequest(systems=("orders-db",)))
    assert preview.plan.unit("orders-db").depends_on == ()
    both = await preview_restore(desk, RestoreRequest(systems=("orders-db", "dns", "dns")))
    assert both.order == (("dns",), ("orders-db",))
    assert both.plan.name == "orders-db, dns, dns"


async def test_the_newest_usable_recovery_point_is_taken(desk: Desk, runbooks: Path) -> None:
    give_backups(runbooks)
    points = (point(52), point(58), point(59, complete=False, flaw="still being written"))
    await desk.store.readings.keep(Reading("orders-db", 0, "barman", "onsite", at(60), points=points))
    preview = await preview_restore(desk, RestoreRequest(systems=("orders-db",)))
    assert preview.plan.unit("orders-db").point == point(58)
    assert preview.problems == ()


async def test_another_point_can_be_asked_for_and_changes_what_is_approved(desk: Desk, runbooks: Path) -> None:
    give_backups(runbooks)
    await desk.store.readings.keep(Reading("orders-db", 0, "barman", "onsite", at(60), points=(point(52), point(58))))
    request = RestoreRequest(systems=("orders-db",), points=(("orders-db", "b52"),))
    chosen, newest = await preview_restore(desk, request), await preview_restore(desk, replace(request, points=()))
    assert chosen.plan.unit("orders-db").point == point(52)
    assert chosen.plan.digest != newest.plan.digest
    with pytest.raises(UnknownName, match="recovery point of orders-db called “b99”"):
        await preview_restore(desk, replace(request, points=(("orders-db", "b99"),)))


async def test_without_a_known_recovery_point_nothing_starts(desk: Desk, runbooks: Path) -> None:
    give_backups(runbooks)
    with pytest.raises(BringbackError, match="No recovery point of orders-db is known"):
        await start_recovery(desk, REAL, RILEY)
    assert await desk.store.recoveries.rows() == []


async def test_without_a_target_nothing_starts(desk: Desk, runbooks: Path) -> None:
    file = runbooks / "dns.md"
    file.write_text(file.read_text().replace(", real: data/dns", ""), encoding="utf-8")
    with pytest.raises(BringbackError, match=r"dns has no real target\."):
        await start_recovery(desk, REAL, RILEY)


async def test_what_runs_where_nobody_works_does_not_start(desk: Desk, runbooks: Path) -> None:
    file = runbooks / "dns.md"
    file.write_text(file.read_text().replace("  tier: 1\n", "  tier: 1\n  site: dc2\n"), encoding="utf-8")
    elsewhere = "dns runs its commands at the site dc2, and the only bot there is works at local."
    assert (await preview_restore(replace(desk, alone=True), REAL)).problems == (elsewhere,)
    assert (await preview_restore(desk, REAL)).problems == ()


async def test_steps_of_no_system_run_where_the_bot_is(desk: Desk) -> None:
    there = replace(desk, site="dc2", alone=True)
    assert [unit.site for unit in (await preview_restore(there, RestoreRequest(runbook="cache"))).plan.units] == ["dc2"]
    plan = (await preview_restore(there, REAL)).plan
    assert [unit.site for unit in plan.units] == ["local", "local", "dc2"]


async def test_a_second_real_recovery_of_a_system_is_refused(desk: Desk) -> None:
    await start_recovery(desk, REAL, RILEY)
    for request in (RestoreRequest(systems=("dns",)), RestoreRequest(systems=("dns",), mode=Mode.DRILL)):
        with pytest.raises(Conflict, match="R-1 already brings back a system of dns for real"):
            await start_recovery(desk, request, RILEY)


async def test_of_two_who_start_at_the_same_moment_one_is_refused(desk: Desk) -> None:
    results = await asyncio.gather(
        *(start_recovery(desk, REAL, person) for person in (RILEY, ALEX)), return_exceptions=True
    )
    assert sorted(type(result).__name__ for result in results) == ["Conflict", "RecoveryState"]


async def test_a_real_recovery_takes_its_systems_from_a_drill(desk: Desk, engine: RecordingEngine) -> None:
    await start_recovery(desk, DRILL, RILEY)
    await start_recovery(desk, replace(REAL, break_glass="alone"), RILEY)
    assert engine.told == ["start R-1", "abort R-1", "start R-2"]
    drill = await desk.store.recoveries.state("R-1")
    assert (drill.outcome, drill.reason) == (
        Outcome.ABORTED,
        "interrupted: R-2 restores the same system for real",
    )


async def test_a_drill_that_a_person_aborts_stands_in_nobodys_way(desk: Desk, engine: RecordingEngine) -> None:
    engine.idle = True
    await start_recovery(desk, DRILL, RILEY)
    event = (await desk.store.ledger.events("R-1"))[0]
    aborted = replace(event, id="R-1///0/abort_requested", kind=EventKind.ABORT_REQUESTED.value, seq=0)
    await desk.store.recoveries.set_control("R-1", "abort", [aborted])
    state = await start_recovery(desk, replace(REAL, break_glass="alone"), RILEY)
    assert state.status is RecoveryStatus.RUNNING
    assert engine.told == ["start R-1", "start R-2"]
