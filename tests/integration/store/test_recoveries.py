"""Recoveries: numbered, moved on by conditional updates, owned by one epoch."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.domain.errors import Conflict, UnknownName
from bot.domain.events import ESTATE_STREAM, EstateEventKind, Event, EventKind, make_event
from bot.domain.frozen_plan import FrozenPlan, Mode
from bot.domain.recovery_state import Outcome, RecoveryStatus
from bot.store.recoveries import StaleOwner
from tests.fakes.histories import ANN, BEN, at, plan_of, system

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from bot.store.database import Store

WAITING, RUNNING = RecoveryStatus.WAITING_FOR_APPROVAL, RecoveryStatus.RUNNING
Made = tuple[FrozenPlan, list[Event], RecoveryStatus, "datetime | None"]


def make(status: RecoveryStatus = RUNNING, minute: float = 0) -> Callable[[str], Made]:
    def made(recovery: str) -> Made:
        asked = make_event(recovery, EventKind.REQUESTED, at(minute), actor=ANN, data={"reason": "disk gone"})
        started = [make_event(recovery, EventKind.STARTED, at(minute), actor=ANN)] if status is RUNNING else []
        plan = replace(plan_of(system("db")), recovery=recovery)
        return plan, [asked, *started], status, at(10) if status is WAITING else None

    return made


def unit_started(recovery: str = "R-1", unit: str = "db") -> Event:
    return make_event(recovery, EventKind.UNIT_STARTED, at(1), unit=unit)


async def kinds(store: Store, stream: str) -> list[str]:
    return [event.kind for event in await store.ledger.events(stream)]


async def test_recoveries_are_numbered_and_entered_in_the_estates_stream(store: Store) -> None:
    first, second = await store.recoveries.create(make()), await store.recoveries.create(make())
    assert (first.recovery, second.recovery) == ("R-1", "R-2")
    opened = (await store.ledger.events(ESTATE_STREAM))[0]
    assert opened.kind == EstateEventKind.RECOVERY_OPENED
    assert opened.data["head"] == str(await store.ledger.head("R-1"))


async def test_recoveries_that_are_asked_for_at_once_get_a_number_each(store: Store) -> None:
    plans = await asyncio.gather(*(store.recoveries.create(make()) for _ in range(8)))
    assert sorted(plan.recovery for plan in plans) == [f"R-{number}" for number in range(1, 9)]
    assert (await store.ledger.verify()).faults == ()


async def test_of_two_that_collide_one_is_refused_even_at_the_same_moment(store: Store) -> None:
    def refuse(open_plans: Sequence[FrozenPlan]) -> None:
        if open_plans:
            raise Conflict(open_plans[0].recovery)

    results = await asyncio.gather(*(store.recoveries.create(make(), refuse) for _ in range(4)), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["Conflict"] * 3 + ["FrozenPlan"]
    assert [row.id for row in await store.recoveries.rows()] == ["R-1"]


async def test_a_plan_comes_back_as_it_was_frozen(store: Store) -> None:
    plan = await store.recoveries.create(make())
    assert await store.recoveries.plan("R-1") == plan
    state = await store.recoveries.state("R-1")
    assert (state.plan, state.status, state.reason) == (plan, RUNNING, "disk gone")


async def test_what_nobody_asked_for_is_unknown(store: Store) -> None:
    await store.recoveries.create(make())
    for look in (store.recoveries.plan, store.recoveries.state, store.recoveries.row):
        with pytest.raises(UnknownName, match="There is no recovery called “R-7”"):
            await look("R-7")


async def test_a_recovery_moves_on_once(store: Store) -> None:
    await store.recoveries.create(make(WAITING))
    approved = make_event("R-1", EventKind.APPROVED, at(1), actor=BEN)
    await store.recoveries.move("R-1", WAITING, RUNNING, [approved])
    with pytest.raises(Conflict, match="R-1 is no longer waiting for approval"):
        await store.recoveries.move("R-1", WAITING, RecoveryStatus.REJECTED, [unit_started()])
    row = await store.recoveries.row("R-1")
    assert (row.status, row.ended_at, row.expires_at, row.head_seq) == (RUNNING, None, at(10), 2)
    assert await kinds(store, "R-1") == ["requested", "approved"]


async def test_a_refused_request_has_ended(store: Store) -> None:
    await store.recoveries.create(make(WAITING))
    event = make_event("R-1", EventKind.REJECTED, at(3), actor=BEN)
    await store.recoveries.move("R-1", WAITING, RecoveryStatus.REJECTED, [event])
    assert (await store.recoveries.row("R-1")).ended_at == at(3)
    assert await store.recoveries.rows(open_only=True) == []


async def test_a_recovery_ends_once_and_its_last_head_is_entered(store: Store) -> None:
    await store.recoveries.create(make())

    async def close() -> list[Event]:
        ended = make_event("R-1", EventKind.ENDED, at(5), data={"outcome": "recovered"})
        return await store.recoveries.close("R-1", ended, closing)

    def closing(head: str) -> list[Event]:
        data = {"recovery": "R-1", "head": head}
        return [make_event(ESTATE_STREAM, EstateEventKind.RECOVERY_CLOSED, at(5), data=data, extra="R-1")]

    first, again = await close(), await close()
    assert first[0] == again[0]
    assert (await store.recoveries.state("R-1")).outcome is Outcome.RECOVERED
    closed = (await store.ledger.events(ESTATE_STREAM))[-1]
    assert closed.data["head"] == str(await store.ledger.head("R-1"))
    assert (await store.recoveries.row("R-1")).status is RecoveryStatus.ENDED


async def test_controls_are_for_recoveries_that_run_and_an_abort_is_the_last(store: Store) -> None:
    await store.recoveries.create(make())
    await store.recoveries.set_control("R-1", "pause", [make_event("R-1", EventKind.PAUSED, at(1), actor=ANN)])
    assert await store.recoveries.control("R-1") == "pause"
    aborted = make_event("R-1", EventKind.ABORT_REQUESTED, at(2), actor=ANN)
    await store.recoveries.set_control("R-1", "abort", [aborted])
    with pytest.raises(Conflict, match="R-1 is not running, or is being aborted"):
        await store.recoveries.set_control("R-1", "", [make_event("R-1", EventKind.RESUMED, at(3), actor=ANN)])
    assert await store.recoveries.control("R-1") == "abort"
    assert await store.recoveries.last_event("R-1", EventKind.ABORT_REQUESTED) is not None
    assert await store.recoveries.last_event("R-1", EventKind.RESUMED) is None


async def test_a_recovery_that_nobody_knows_is_aborted(store: Store) -> None:
    assert await store.recoveries.control("R-7") == "abort"


async def test_the_gate_lets_a_step_begin_once(store: Store) -> None:
    await store.recoveries.create(make())
    epoch = await store.recoveries.take_over("here")
    first = await store.recoveries.gate("R-1", epoch, unit_started())
    again = await store.recoveries.gate("R-1", epoch, replace(unit_started(), occurred_at=at(9)))
    assert (first.fresh, again.fresh) == (True, False)
    assert first.event == again.event


async def test_the_gate_is_shut_by_a_control_but_not_for_what_began_before(store: Store) -> None:
    await store.recoveries.create(make())
    epoch = await store.recoveries.take_over("here")
    await store.recoveries.gate("R-1", epoch, unit_started())
    await store.recoveries.set_control("R-1", "pause", [make_event("R-1", EventKind.PAUSED, at(1), actor=ANN)])
    shut = await store.recoveries.gate("R-1", epoch, unit_started(unit="api"))
    assert (shut.event, shut.control) == (None, "pause")
    assert (await store.recoveries.gate("R-1", epoch, unit_started())).event is not None
    assert await kinds(store, "R-1") == ["requested", "started", "unit_started", "paused"]


async def test_a_holder_that_starts_anew_shuts_its_earlier_self_out(store: Store) -> None:
    await store.recoveries.create(make())
    old, other = await store.recoveries.take_over("here"), await store.recoveries.take_over("there")
    new = await store.recoveries.take_over("here")
    with pytest.raises(StaleOwner, match="R-1 is owned by another process now"):
        await store.recoveries.append_owned("R-1", old, [unit_started()], "unit end")
    with pytest.raises(StaleOwner):
        await store.recoveries.gate("R-1", old, unit_started())
    await store.recoveries.append_owned("R-1", new, [unit_started()], "unit end")
    await store.recoveries.append_owned("R-1", other, [unit_started(unit="api")], "unit end")
    assert await kinds(store, "R-1") == ["requested", "started", "unit_started", "unit_started"]


async def test_what_no_recovery_or_no_holder_is_can_append_nothing(store: Store) -> None:
    await store.recoveries.create(make())
    epoch = await store.recoveries.take_over("here")
    with pytest.raises(StaleOwner):
        await store.recoveries.gate("R-7", epoch, unit_started("R-7"))
    with pytest.raises(StaleOwner):
        await store.recoveries.gate("R-1", epoch + 1, unit_started())


async def test_recoveries_are_listed_newest_first_within_bounds(store: Store) -> None:
    for minute in (0, 5, 9):
        await store.recoveries.create(make(minute=minute))
    rows = store.recoveries.rows
    assert [row.id for row in await rows()] == ["R-3", "R-2", "R-1"]
    assert [row.id for row in await rows(limit=1)] == ["R-3"]
    assert [row.id for row in await rows(since=at(5), until=at(9))] == ["R-2"]
    [row] = await rows(since=at(9))
    assert (row.mode, row.name, row.requested_at, row.control) == (Mode.REAL, "full-site", at(9), "")


async def test_messages_follow_the_ledger(store: Store) -> None:
    await store.recoveries.create(make())
    await store.recoveries.create(make())
    assert [row.id for row in await store.recoveries.unprojected()] == ["R-1", "R-2"]
    await store.recoveries.mark_projected("R-1", 2)
    await store.recoveries.mark_projected("R-1", 1)
    assert (await store.recoveries.row("R-1")).projected_seq == 2
    assert [row.id for row in await store.recoveries.unprojected()] == ["R-2"]
    await store.ledger.append([make_event("R-1", EventKind.NOTED, at(3), actor=ANN, data={"text": "hm"})])
    assert [row.id for row in await store.recoveries.unprojected()] == ["R-1", "R-2"]
