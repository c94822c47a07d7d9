"""What else is kept: readings, proofs and reviews."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.events import ESTATE_STREAM
from bot.domain.frozen_plan import Mode
from bot.domain.proof_state import Proof
from bot.domain.recovery_points import FaultKind, Reading, ReadingFault, RecoveryPoint
from bot.domain.recovery_state import Verdict
from bot.store.reviews import KeptReview
from tests.fakes.histories import at

if TYPE_CHECKING:
    from bot.store.database import Store

POINT = RecoveryPoint("b1", "barman", restorable_through=at(-5), taken_at=at(-60), size_bytes=41, gap="0000A2")


def proof(recovery: str, minute: float = 0, system: str = "db") -> Proof:
    return Proof(
        system,
        "barman",
        "3.19.1",
        recovery,
        Mode.DRILL,
        at(minute),
        Verdict.VERIFIED,
        "v1:db",
        rpa=timedelta(minutes=5),
        skipped=("tidy",),
    )


async def test_the_newest_reading_of_each_backup_is_kept(store: Store) -> None:
    fault = ReadingFault(FaultKind.AUTH, "It refuses our password.", "Renew it.")
    await store.readings.keep(Reading("db", 1, "restic", "offsite", at(0), fault=fault))
    await store.readings.keep(Reading("db", 0, "barman", "onsite", at(0)))
    newest = Reading("db", 0, "barman", "onsite", at(1), points=(POINT,), token="t2", raw={"id": "b1"})
    await store.readings.keep(newest)
    await store.readings.keep(Reading("api", 0, "files", "", at(0)))
    assert await store.readings.of("db") == [newest, Reading("db", 1, "restic", "offsite", at(0), fault=fault)]
    assert [reading.system for reading in await store.readings.all()] == ["api", "db", "db"]


async def test_a_proof_is_kept_once_and_entered_in_the_estates_stream(store: Store, nudged: list[str]) -> None:
    await store.proofs.keep(proof("R-2", 5))
    await store.proofs.keep(proof("R-1"))
    await store.proofs.keep(proof("R-1"))
    await store.proofs.keep(proof("R-1", system="api"))
    assert await store.proofs.of("db") == [proof("R-1"), proof("R-2", 5)]
    assert len(await store.proofs.all()) == 3
    assert len(await store.ledger.events(ESTATE_STREAM)) == 3
    assert set(nudged) == {ESTATE_STREAM}


async def test_a_review_is_kept_and_may_be_written_anew(store: Store) -> None:
    assert await store.reviews.get("R-1") is None
    await store.reviews.save(KeptReview("R-1", "# old", "<h1>", at(0)))
    anew = KeptReview("R-1", "# new", "<h2>", at(1), through_seq=9)
    await store.reviews.save(anew)
    assert await store.reviews.get("R-1") == anew
    assert await store.reviews.kept() == {"R-1": 9}
    entered = [event.data for event in await store.ledger.events(ESTATE_STREAM)]
    assert [(data["recovery"], data["through_seq"]) for data in entered] == [("R-1", 0), ("R-1", 9)]
    assert entered[1]["digest"] == anew.digest


async def test_what_is_kept_can_be_read_at_one_moment_with_the_ledger(store: Store) -> None:
    await store.proofs.keep(proof("R-1"))
    await store.reviews.save(KeptReview("R-1", "# new", "<h2>", at(1), through_seq=9))
    found = await store.tables.snapshot(await store.ledger.head(ESTATE_STREAM))
    assert found.check.faults == ()
    assert [event.kind for event in found.streams[ESTATE_STREAM]] == ["proof", "review_kept"]
    assert [(row.system, row.at) for row in found.proofs] == [("db", at(0))]
    assert [row.recovery for row in found.reviews] == ["R-1"]
    assert found.recoveries == []
