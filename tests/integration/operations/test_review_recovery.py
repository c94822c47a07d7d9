"""Reviews and summaries over a real store and a real folder of runbooks."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.errors import BringbackError, UnknownName
from bot.domain.frozen_plan import Mode
from bot.domain.proof_state import Proof, ProofState
from bot.domain.recovery_points import Reading, RecoveryPoint
from bot.domain.recovery_state import RecoveryStatus, Verdict
from bot.operations.desk import Desk
from bot.operations.review_recovery import keep_review, keep_reviews, review
from bot.operations.summarize_recovery import summarize
from bot.runbook.folder import RunbookFolder
from bot.store.database import migrate, open_store
from tests.fakes.fixed_clock import FixedClock
from tests.fakes.histories import History, at, check, command, manual, one_system, plan_of, system, verified
from tests.fakes.quick_engine import QuickEngine
from tests.fakes.small_estate import write_estate

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.domain.events import Event
    from bot.domain.frozen_plan import FrozenPlan
    from bot.domain.recovery_points import RecoveryPoint as Point
    from bot.domain.review import Review
    from bot.domain.runbook import Backup
    from bot.operations.desk import Source

NOW = at(60)
BACKUPS = (
    "  backups: [{tool: barman, server: orders, location: onsite}, {tool: restic, repository: r, location: offsite}]\n"
)


@dataclass
class Renderer:
    """Keeps what it was given."""

    seen: list[str] = field(default_factory=list)

    def markdown(self, found: Review) -> str:
        self.seen.append(found.recovery)
        return f"# {found.recovery}"

    def html(self, found: Review) -> str:
        return f"<h1>{found.recovery}</h1>"


def no_source(_backup: Backup) -> Source:
    raise NotImplementedError


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk whose orders-db has a copy onsite and one offsite."""
    folder = tmp_path / "runbooks"
    write_estate(folder)
    orders = folder / "orders-db.md"
    orders.write_text(orders.read_text().replace("  rpo: 15m\n", f"  rpo: 15m\n{BACKUPS}", 1), encoding="utf-8")
    url, clock = f"sqlite://{tmp_path}/bot.sqlite3", FixedClock(NOW)
    await migrate(url)
    async with open_store(url, clock) as store:
        yield Desk(RunbookFolder(folder, {}, clock).read, store, QuickEngine(store, clock), no_source, clock)


async def store_recovery(desk: Desk, told: History, status: RecoveryStatus = RecoveryStatus.ENDED) -> str:
    """The recovery under the next free id."""

    def make(recovery: str) -> tuple[FrozenPlan, list[Event], RecoveryStatus, None]:
        events = [replace(event, stream=recovery, id=f"{recovery}/{event.id}") for event in told.events]
        return replace(told.plan, recovery=recovery), events, status, None

    return (await desk.store.recoveries.create(make)).recovery


def proof(desk: Desk, tool: str, location: str) -> Proof:
    digest = desk.estate.runbooks["orders-db"].digest
    return Proof("orders-db", tool, "3.19.1", "R-1", Mode.REAL, at(40), Verdict.VERIFIED, digest, location)


def from_barman() -> History:
    """The recovery of orders-db from the copy of barman."""
    told = one_system()
    point: Point = RecoveryPoint("b1", "barman", at(-8), at(-8), location="onsite")
    told.plan = replace(told.plan, units=tuple(replace(unit, point=point) for unit in told.plan.units))
    return told


async def test_a_review_has_the_proof_of_its_source_and_the_head_of_the_estate(desk: Desk) -> None:
    recovery = await store_recovery(desk, from_barman())
    await desk.store.proofs.keep(proof(desk, "barman", "onsite"))
    found = await review(desk, recovery)
    assert found.systems[0].proof is ProofState.PROVEN
    assert found.not_tested == ("orders-db: restic offsite",)
    assert found.ledger_head == str(await desk.store.ledger.head("estate"))
    assert found.ledger_head.startswith("estate:2:")


async def test_a_proof_of_another_major_version_of_the_tool_is_none(desk: Desk) -> None:
    recovery = await store_recovery(desk, from_barman())
    await desk.store.proofs.keep(proof(desk, "barman", "onsite"))
    await desk.store.readings.keep(Reading("orders-db", 0, "barman", "onsite", NOW, tool_version="4.0"))
    assert (await review(desk, recovery)).systems[0].proof is ProofState.GUESS


async def test_broken_runbooks_do_not_stand_in_the_way_of_what_happened(desk: Desk, tmp_path: Path) -> None:
    recovery = await store_recovery(desk, one_system())
    (tmp_path / "runbooks" / "dns.md").write_text("---\nrecovery: {system: dns, tear: 1}\n---\n", encoding="utf-8")
    found = await review(desk, recovery)
    assert (found.systems[0].proof, found.rta) == (ProofState.GUESS, timedelta(minutes=34))
    summary = await summarize(desk, at(0), NOW)
    assert summary.not_shown[-1] == "what is proven of dns (its runbook has faults)"


async def test_a_system_that_the_runbooks_no_longer_declare_has_no_proof(desk: Desk) -> None:
    told = History(plan_of(system("gone", command("restore"), check()))).launch().unit("gone")
    told.run("gone", "check", 1, comparison=verified(at(-1))).end_unit("gone").end()
    assert (await review(desk, await store_recovery(desk, told))).systems[0].proof is None


async def test_a_review_is_kept_and_a_later_one_replaces_it(desk: Desk) -> None:
    recovery = await store_recovery(desk, one_system())
    renderer = Renderer()
    await keep_review(desk, recovery, renderer)
    await keep_review(desk, recovery, renderer)
    kept = await desk.store.reviews.get(recovery)
    assert kept
    assert (kept.markdown, kept.html, kept.kept_at) == ("# R-1", "<h1>R-1</h1>", NOW)


async def test_every_recovery_that_ended_gets_its_review_once(desk: Desk) -> None:
    renderer = Renderer()
    for status in (RecoveryStatus.ENDED, RecoveryStatus.RUNNING, RecoveryStatus.EXPIRED, RecoveryStatus.ENDED):
        await store_recovery(desk, one_system(), status)
    assert [one.recovery for one in await keep_reviews(desk, renderer)] == ["R-1", "R-4"]
    assert await keep_reviews(desk, renderer) == []
    assert renderer.seen == ["R-1", "R-4"]


async def test_there_is_no_review_of_an_unknown_recovery(desk: Desk) -> None:
    with pytest.raises(UnknownName, match="R-9"):
        await review(desk, "R-9")


async def test_a_summary_counts_recoveries_and_evidence(desk: Desk) -> None:
    await store_recovery(desk, from_barman())
    await desk.store.proofs.keep(proof(desk, "barman", "onsite"))
    found = await summarize(desk, at(0), NOW)
    assert [one.recovery for one in found.recoveries] == ["R-1"]
    (tier,) = found.evidence
    assert (tier.tier, tier.proven, tier.without) == (1, ("orders-db",), ("dns",))
    assert found.not_shown == ("loss of the site", "orders-db: restic offsite")


async def test_a_summary_of_other_tiers_and_other_times_is_empty(desk: Desk) -> None:
    told = History(plan_of(system("wiki", manual("look")))).launch().unit("wiki")
    await store_recovery(desk, told, RecoveryStatus.RUNNING)
    assert (await summarize(desk, at(0), NOW, tiers=[2])).recoveries == ()
    assert (await summarize(desk, at(30), NOW)).recoveries == ()
    assert len((await summarize(desk, at(0), NOW)).open) == 1


async def test_a_summary_runs_forwards(desk: Desk) -> None:
    with pytest.raises(BringbackError, match="from an earlier to a later time"):
        await summarize(desk, NOW, at(0))
