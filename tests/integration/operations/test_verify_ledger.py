"""What is kept beside the ledger is held against it: whatever is changed by hand is found and named."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from tortoise import Tortoise

from bot.domain.errors import LedgerBroken
from bot.domain.events import ESTATE_STREAM, Actor
from bot.domain.frozen_plan import Mode
from bot.domain.proof_state import Proof
from bot.domain.recovery_state import Verdict
from bot.operations.desk import Desk
from bot.operations.preview_restore import RestoreRequest
from bot.operations.start_recovery import start_recovery
from bot.operations.verify_ledger import verify_ledger
from bot.runbook.folder import RunbookFolder
from bot.store.database import migrate, open_store
from bot.store.reviews import KeptReview
from tests.fakes.fixed_clock import FixedClock
from tests.fakes.histories import at
from tests.fakes.quick_engine import QuickEngine
from tests.fakes.small_estate import write_estate

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.domain.runbook import Backup
    from bot.operations.desk import Source

RILEY = Actor("U1RESPONDER", "Riley")


def no_source(_backup: Backup) -> Source:
    raise NotImplementedError


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite://{tmp_path}/bot.sqlite3"


@pytest.fixture
async def desk(tmp_path: Path, url: str) -> AsyncIterator[Desk]:
    """A desk on which R-1 has ended, with a proof and a review, and R-2 waits for its approval."""
    write_estate(tmp_path / "runbooks")
    clock = FixedClock(at(0))
    await migrate(url)
    async with open_store(url, clock) as store:
        read = RunbookFolder(tmp_path / "runbooks", {}, clock).read
        desk = Desk(read, store, QuickEngine(store, clock), no_source, clock)
        await start_recovery(desk, RestoreRequest(systems=("dns",), mode=Mode.DRILL), RILEY)
        await store.proofs.keep(Proof("dns", "", "", "R-1", Mode.DRILL, at(1), Verdict.FAILED, "v1:dns"))
        await store.reviews.save(KeptReview("R-1", "# R-1", "<h1>R-1</h1>", at(0), 9))
        await start_recovery(desk, RestoreRequest(systems=("dns",), mode=Mode.REAL), RILEY)
        yield desk


async def change(sql: str) -> None:
    await Tortoise.get_connection("default").execute_script(sql)


async def faults(desk: Desk, head: str = "") -> list[str]:
    return list((await verify_ledger(desk, head)).faults)


async def test_what_was_left_alone_is_sound(desk: Desk) -> None:
    check = await verify_ledger(desk, str(await desk.store.ledger.head(ESTATE_STREAM)))
    assert check.faults == ()
    assert check.streams == 3
    with pytest.raises(LedgerBroken, match="is not a head"):
        await verify_ledger(desk, "x")


async def test_a_reader_that_cannot_write_verifies(desk: Desk, url: str) -> None:
    await Tortoise.close_connections()
    async with open_store(url, desk.clock, read_only=True) as store:
        assert await faults(replace(desk, store=store)) == []


PROOF = "estate/dns//0/proof/R-1"


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        (
            "update proofs set text = replace(text, '\"failed\"', '\"verified\"')",
            f"{PROOF}: the proof in the table is not the one that the ledger holds (failed).",
        ),
        ("delete from proofs", f"{PROOF}: the ledger holds a proof that is not in the table."),
        (
            "insert into proofs select id || '9', system, at, text from proofs",
            f"{PROOF}9: the table holds a proof that the ledger does not know.",
        ),
        (
            "update recoveries set plan = replace(plan, 'data/dns', 'data/other') where id = 'R-2'",
            "R-2: its plan is not the one that was asked for.",
        ),
        (
            "update recoveries set plan = replace(plan, '\"script\":\"true', '\"script\":\"false') where id = 'R-1'",
            "R-1: its plan is not the one that was asked for.",
        ),
        ("update recoveries set plan = '{}' where id = 'R-1'", "R-1: its plan is not the one that was asked for."),
        (
            "update recoveries set status = 'running' where id = 'R-1'",
            "R-1: the table says that its status is running, the ledger ended.",
        ),
        (
            "update recoveries set ended_at = null where id = 'R-1'",
            "R-1: the table says that its end is none, the ledger 2026-11-22 03:00:00.000000 UTC.",
        ),
        (
            "update recoveries set head_seq = 2 where id = 'R-2'",
            "R-2: the table says that its last entry is 2, the ledger 1.",
        ),
        (
            "delete from recoveries where id = 'R-2'",
            "R-2: the ledger knows it, the table of recoveries does not.",
        ),
        (
            "update reviews set markdown = '# All went well'",
            "R-1: its review is not the one that was kept at 2026-11-22 03:00:00.000000 UTC.",
        ),
        (
            "update reviews set kept_at = '2026-11-23 03:00:00+00:00'",
            "R-1: its review was kept at 2026-11-22 03:00:00.000000 UTC, not at 2026-11-23 03:00:00.000000 UTC.",
        ),
        ("delete from reviews", "R-1: its review was kept and is not there any more."),
        (
            "insert into reviews select 'R-2', markdown, html, through_seq, kept_at from reviews",
            "R-2: its review was never entered in the ledger.",
        ),
    ],
)
async def test_a_row_that_was_changed_is_found(desk: Desk, sql: str, found: str) -> None:
    await change(sql)
    assert await faults(desk) == [found]


async def test_a_cut_stream_of_the_estate_is_found_without_a_kept_head(desk: Desk) -> None:
    await change("delete from ledger_events where stream = 'estate' and seq > 1")
    assert await faults(desk) == [
        "R-1: its end is not entered in the stream of the estate.",
        "R-2: its start is not entered in the stream of the estate.",
        f"{PROOF}: the table holds a proof that the ledger does not know.",
        "R-1: its review was never entered in the ledger.",
    ]


async def test_an_older_review_that_is_put_back_is_found(desk: Desk) -> None:
    await desk.store.reviews.save(KeptReview("R-1", "# As it went", "<h1>", at(8), 9))
    await desk.store.reviews.save(KeptReview("R-1", "# Corrected", "<h1>", at(9), 9))
    assert await faults(desk) == []
    await change("update reviews set markdown = '# As it went', kept_at = '2026-11-22 03:08:00+00:00'")
    assert await faults(desk) == ["R-1: its review is not the one that was kept at 2026-11-22 03:09:00.000000 UTC."]


async def test_a_ledger_that_says_nonsense_is_told_without_a_crash(desk: Desk) -> None:
    await change(
        """update ledger_events set text = replace(text, '"unit":"dns"', '"unit":"web"') where stream = 'R-1'"""
    )
    assert "R-1: its events do not fit its plan." in await faults(desk)
    await change("update ledger_events set text = 'x'")
    assert "R-1: its plan is not the one that was asked for." in await faults(desk)
