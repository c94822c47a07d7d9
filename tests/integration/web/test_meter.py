"""What the meter measures, over a real store and a real folder of runbooks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.domain.events import event_id
from bot.domain.freshness import FreshnessState
from bot.domain.recovery_state import RecoveryStatus
from bot.operations.desk import Desk
from bot.runbook.folder import RunbookFolder
from bot.store.database import migrate, open_store
from bot.store.messages import WantedMessage
from bot.web.metrics import Meter, exposition
from tests.fakes.fixed_clock import FixedClock
from tests.fakes.histories import at, one_system
from tests.fakes.quick_engine import QuickEngine
from tests.fakes.small_estate import write_estate

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.domain.events import Event
    from bot.domain.frozen_plan import FrozenPlan
    from bot.domain.runbook import Backup
    from bot.operations.desk import Source

NOW = at(60)


def no_source(_backup: Backup) -> Source:
    raise NotImplementedError


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    folder = tmp_path / "runbooks"
    write_estate(folder)
    url, clock = f"sqlite://{tmp_path}/bot.sqlite3", FixedClock(NOW)
    await migrate(url)
    async with open_store(url, clock) as store:
        yield Desk(RunbookFolder(folder, {}, clock).read, store, QuickEngine(store, clock), no_source, clock)


async def store_recovery(desk: Desk, status: RecoveryStatus) -> None:
    """A recovery whose events have the ids that the workflow gives them."""
    told = one_system()

    def make(recovery: str) -> tuple[FrozenPlan, list[Event], RecoveryStatus, None]:
        first, last = (replace(event, stream=recovery) for event in (told.events[0], told.events[-1]))
        events = [replace(event, id=event_id(recovery, event.kind)) for event in (first, last)]
        return replace(told.plan, recovery=recovery), events, status, None

    await desk.store.recoveries.create(make)


async def test_it_counts_recoveries_entries_and_unsent_messages(desk: Desk) -> None:
    for status in (RecoveryStatus.ENDED, RecoveryStatus.ENDED, RecoveryStatus.RUNNING):
        await store_recovery(desk, status)
    await desk.store.messages.want("slack", WantedMessage("k", "C1", {"text": "x"}, digest="d1"), NOW)
    meter = Meter(desk, ["slack", "console"])
    measured = await meter.measure([])
    assert measured.recoveries == {("real", "ended", "recovered"): 2, ("real", "running", ""): 1}
    assert measured.outbox == {"slack": 1, "console": 0}
    assert measured.ledger_entries == 9
    assert (await meter.measure([])).recoveries == measured.recoveries


async def test_it_knows_the_freshness_of_every_system(desk: Desk) -> None:
    measured = await Meter(desk).measure([])
    assert {(one.system, one.state) for one in measured.freshness} == {
        ("dns", FreshnessState.UNKNOWN),
        ("orders-db", FreshnessState.UNKNOWN),
    }


async def test_broken_runbooks_are_counted_and_hide_no_other_figure(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "runbooks" / "dns.md").write_text("---\nrecovery: {system: dns, tear: 1}\n---\n", encoding="utf-8")
    measured = await Meter(desk).measure([])
    assert [one.system for one in measured.freshness] == ["dns", "orders-db"]
    assert measured.runbook_faults == 1
    assert b"bringback_ledger_entries 0.0" in exposition(measured)
