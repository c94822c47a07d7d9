"""The engine: the store leads, it follows; nothing told twice counts twice, nothing untold is lost."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import asyncpg  # type: ignore[import-untyped] # it has no types
import pytest
from tortoise.backends.base.executor import EXECUTOR_CACHE

from bot.domain.errors import BringbackError
from bot.domain.events import EventKind, make_event
from bot.domain.recovery_state import Choice, Outcome, RecoveryStatus, Verdict
from bot.engine.engine import ABORT, RESUME
from bot.engine.journal_mode import use_wal
from bot.store.answers import PendingAnswer
from bot.store.database import migrate
from tests.fakes.histories import at
from tests.fakes.waiting import eventually
from tests.integration.engine.conftest import World, launched, put_back

if TYPE_CHECKING:
    from pathlib import Path

    from bot.domain.frozen_plan import FrozenPlan, Unit
    from bot.domain.recovery_state import RecoveryState
    from bot.engine.steps import Steps


def kinds(state: RecoveryState) -> dict[str, Verdict | None]:
    return {name: unit.verdict for name, unit in state.units.items()}


ALL = sorted(f"{step} {system}" for step in ("restore", "check") for system in ("dns", "db", "docs"))


async def test_a_recovery_comes_to_its_end(world: World) -> None:
    recovery = await world.start()
    state = await world.until_asked(recovery)
    assert kinds(state) == {"dns": Verdict.PARTIAL, "db": None, "docs": Verdict.PARTIAL}
    await world.engine.deliver(await world.answer(recovery))
    assert (await world.until_ended(recovery)).outcome is Outcome.PARTIAL
    assert sorted(world.machine.effects) == ALL
    assert (await world.store.ledger.verify()).faults == ()


async def test_what_is_told_again_and_again_counts_once(world: World) -> None:
    recovery = await world.start()
    await world.until_asked(recovery)
    for _ in range(3):
        await world.engine.start(recovery)
        await world.engine.reconcile()
    answer = await world.answer(recovery)
    for _ in range(3):
        await world.engine.deliver(answer)
        await world.engine.reconcile()
    await world.until_ended(recovery)
    await world.engine.reconcile()
    await world.engine.deliver(answer)
    assert sorted(world.machine.effects) == ALL
    events = await world.store.ledger.events(recovery)
    assert len({event.id for event in events}) == len(events)


async def test_nothing_the_engine_was_never_told_is_lost(world: World) -> None:
    recovery = await world.create()
    await world.engine.reconcile()
    await world.until_asked(recovery)
    await world.answer(recovery)
    await world.engine.reconcile()
    await world.until_ended(recovery)


async def test_the_next_process_goes_on_where_this_one_stopped(folder: Path) -> None:
    async with launched(folder) as first:
        recovery = await first.start()
        await first.until_asked(recovery)
        await first.answer(recovery)
    async with launched(folder, machine=first.machine) as second:
        await second.engine.reconcile()
        assert (await second.until_ended(recovery)).outcome is Outcome.PARTIAL
        assert sorted(second.machine.effects) == ALL


async def test_a_process_under_another_name_takes_the_recovery_in(folder: Path) -> None:
    """A container that starts anew has another host name."""
    async with launched(folder, executor="old") as first:
        recovery = await first.start()
        await first.until_asked(recovery)
    async with launched(folder, executor="new", machine=first.machine) as second:
        await second.engine.deliver(await second.answer(recovery))
        await second.until_ended(recovery)


async def test_an_engine_whose_database_was_lost_goes_by_the_ledger(folder: Path, known: Path) -> None:
    async with launched(folder) as first:
        recovery = await first.start()
        await first.until_asked(recovery)
        await first.engine.deliver(await first.answer(recovery))
        await first.until(recovery, lambda state: not (state.units["db"].steps["stop"].question))
    put_back(folder, known, "engine.sqlite")
    async with launched(folder, machine=first.machine) as second:
        await second.until_ended(recovery, tell=True)
        assert sorted(second.machine.effects) == ALL
        assert (await second.store.ledger.verify()).faults == ()


async def test_an_engine_of_another_ledger_is_refused_before_anything_happens(folder: Path, known: Path) -> None:
    async with launched(folder) as world:
        await world.start()
    put_back(folder, known, "store.sqlite")
    with pytest.raises(BringbackError, match=r"engine's database knows a recovery R-1 .* belongs to another"):
        async with launched(folder):
            raise AssertionError
    put_back(folder, known, "engine.sqlite")
    async with launched(folder) as world:
        assert world.engine.launched


async def test_an_abort_wakes_what_waits_and_is_told_again_until_it_has(world: World) -> None:
    recovery = await world.start()
    await world.until_asked(recovery)
    await world.control(recovery, ABORT, EventKind.ABORT_REQUESTED)
    await world.engine.reconcile()
    state = await world.until_ended(recovery)
    assert (state.outcome, state.units["db"].verdict) == (Outcome.ABORTED, Verdict.ABORTED)


async def test_an_abort_before_the_first_step_lets_nothing_start(world: World) -> None:
    recovery = await world.create()
    await world.control(recovery, ABORT, EventKind.ABORT_REQUESTED)
    await world.engine.control(recovery, ABORT)
    await world.engine.reconcile()
    assert (await world.until_ended(recovery)).outcome is Outcome.ABORTED
    assert world.machine.effects == []


async def test_a_pause_holds_the_next_step_and_a_resume_nobody_was_told_of_is_told_again(world: World) -> None:
    recovery = await world.start()
    await world.until_asked(recovery)
    await world.control(recovery, "pause", EventKind.PAUSED)
    await world.engine.deliver(await world.answer(recovery))
    await world.until(recovery, lambda state: state.units["db"].steps["stop"].ended_at)
    await world.engine.reconcile()
    assert not (await world.store.recoveries.state(recovery)).units["db"].steps["restore"].started_at
    await world.control(recovery, "", EventKind.RESUMED)
    await world.engine.reconcile()
    await world.until_ended(recovery)


async def test_a_control_that_nobody_asked_for_is_not_told(world: World) -> None:
    recovery = await world.start()
    await world.until_asked(recovery)
    await world.engine.control(recovery, RESUME)
    await world.engine.control(recovery, ABORT)
    assert (await world.store.recoveries.row(recovery)).status is RecoveryStatus.RUNNING


async def test_what_cannot_be_told_now_is_put_off(world: World) -> None:
    await world.engine.deliver(PendingAnswer("a", "R-7", "db", "stop", 1, "do"))


async def test_an_answer_of_a_recovery_that_has_ended_is_let_go(world: World) -> None:
    recovery = await world.start()
    await world.until_asked(recovery)
    await world.control(recovery, ABORT, EventKind.ABORT_REQUESTED)
    await world.engine.control(recovery, ABORT)
    await world.until_ended(recovery)
    await world.answer(recovery, Choice.SKIP)
    await world.engine.reconcile()
    assert await world.store.answers.pending() == []


async def test_a_step_that_cannot_be_done_now_is_tried_again(folder: Path) -> None:
    left = ["the disk is full", "the database is locked"]

    def fails_twice(steps: Steps) -> Steps:
        start_unit = steps.start_unit

        async def start(plan: FrozenPlan, unit: Unit) -> Any:
            if left:
                raise OSError(left.pop())
            return await start_unit(plan, unit)

        steps.start_unit = start  # type: ignore[method-assign] # a step that fails at first
        return steps

    async with launched(folder, spoil=fails_twice) as world:
        await world.until_asked(await world.start())
        assert left == []


async def test_a_fault_of_the_interpreter_is_told_and_is_not_the_end_of_the_workflow(folder: Path) -> None:
    def breaks(steps: Steps) -> Steps:
        async def start(plan: FrozenPlan, unit: Unit) -> Any:
            return [make_event(plan.recovery, "attempt_ended", at(0), unit=unit.name, step="no-such-step")]

        steps.start_unit = start  # type: ignore[method-assign] # what a fault of ours looks like
        return steps

    async def tells(world: World) -> None:
        await eventually(lambda: world.engine._faults)
        with pytest.raises(BringbackError, match=r"the restore of dns cannot go on: KeyError.* Starting the bot anew"):
            await world.engine.reconcile()

    async with launched(folder, spoil=breaks) as first:
        await first.start()
        await tells(first)
    async with launched(folder) as second:
        await tells(second)


async def test_on_postgresql_it_is_the_same(tmp_path: Path, postgres: str) -> None:
    name = f"engine{uuid4().hex}"
    connection = await asyncpg.connect(postgres)
    await connection.execute(f"create database {name}")
    await connection.close()
    url = f"{postgres.rpartition('/')[0]}/{name}"
    EXECUTOR_CACHE.clear()
    await migrate(url)
    where: dict[str, Any] = {"store_url": url, "engine_url": url.replace("postgres:", "postgresql+psycopg:")}
    async with launched(tmp_path, **where) as first:
        recovery = await first.start()
        await first.until_asked(recovery)
        await first.answer(recovery)
    async with launched(tmp_path, machine=first.machine, **where) as second:
        await second.engine.reconcile()
        assert (await second.until_ended(recovery)).outcome is Outcome.PARTIAL
        assert sorted(second.machine.effects) == ALL
        assert (await second.store.ledger.verify()).faults == ()
    EXECUTOR_CACHE.clear()


def test_the_engines_database_keeps_a_write_ahead_log(tmp_path: Path) -> None:
    use_wal("postgresql://db/engine")
    use_wal(f"sqlite:///{tmp_path}/new/engine.sqlite")
    with closing(sqlite3.connect(tmp_path / "new" / "engine.sqlite")) as connection:
        assert connection.execute("pragma journal_mode").fetchone() == ("wal",)
