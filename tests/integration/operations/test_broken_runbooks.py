"""One fault in one file takes out its own system, its plan, or acting; everything else goes on."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.errors import RunbookError
from bot.domain.events import Actor
from bot.domain.freshness import FreshnessState
from bot.domain.frozen_plan import Mode
from bot.domain.recovery_points import RecoveryPoint
from bot.operations.check_freshness import check_freshness
from bot.operations.control_recovery import abort
from bot.operations.desk import Desk
from bot.operations.preview_restore import RestoreRequest, preview_restore
from bot.operations.start_recovery import start_recovery
from bot.operations.summarize_recovery import summarize
from bot.operations.sweep_sources import sweep
from bot.runbook.folder import RunbookFolder
from bot.store.database import migrate, open_store
from tests.fakes.fixed_clock import FixedClock
from tests.fakes.histories import at
from tests.fakes.quick_engine import QuickEngine
from tests.fakes.small_estate import write_estate

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from bot.domain.runbook import Backup

NOW = at(60)
RILEY = Actor("U1RESPONDER", "Riley")
BACKUP = "  rpo: 1h\n  backups: [{tool: files, path: here}]\n"
TYPO = "---\nrecovery:\n  system: wiki\n  tier: 2\n  owners: me\n---\n# Wiki\n"


class OnePoint:
    """A source that holds one copy."""

    async def probe(self) -> str:
        return ""

    async def version(self) -> str:
        return "1.0"

    async def list_points(self) -> tuple[RecoveryPoint, ...]:
        return (RecoveryPoint("p1", "files", at(58), at(58), size_bytes=41),)


def one_point(_backup: Backup) -> OnePoint:
    return OnePoint()


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
async def desk(tmp_path: Path, clock: FixedClock) -> AsyncIterator[Desk]:
    """A desk whose dns has a backup."""
    folder = tmp_path / "runbooks"
    write_estate(folder)
    dns = folder / "dns.md"
    dns.write_text(dns.read_text().replace("  rpo: 1h\n", BACKUP), encoding="utf-8")
    await migrate(f"sqlite://{tmp_path}/bot.sqlite3")
    async with open_store(f"sqlite://{tmp_path}/bot.sqlite3", clock) as store:
        yield Desk(RunbookFolder(folder, {}, clock).read, store, QuickEngine(store, clock), one_point, clock)


@pytest.fixture
def write(tmp_path: Path, clock: FixedClock) -> Callable[[str, str], None]:
    """Write a file of the folder, and let the second pass after which it is read again."""

    def written(name: str, text: str) -> None:
        clock.at += timedelta(seconds=2)
        (tmp_path / "runbooks" / name).write_text(text, encoding="utf-8")

    return written


async def test_sources_of_the_others_are_read_and_the_broken_system_is_unknown(
    desk: Desk, write: Callable[[str, str], None]
) -> None:
    write("wiki.md", TYPO)
    assert [reading.system for reading in await sweep(desk)] == ["dns"]
    assert await sweep(desk, ["wiki"]) == []
    answers = {one.system: one for one in await check_freshness(desk)}
    assert list(answers) == ["dns", "orders-db", "wiki"]
    assert answers["dns"].state is FreshnessState.FRESH
    (wiki,) = await check_freshness(desk, ["wiki"])
    assert wiki == answers["wiki"]
    assert wiki.state is FreshnessState.UNKNOWN
    assert wiki.fault
    assert "wiki.md:5: unknown key “owners”" in wiki.fault.detail


@pytest.mark.parametrize(
    "request_",
    [RestoreRequest(name="full-site"), RestoreRequest(systems=("orders-db",)), RestoreRequest(runbook="orders-db")],
)
async def test_what_needs_a_broken_system_is_not_restored(
    desk: Desk, write: Callable[[str, str], None], request_: RestoreRequest
) -> None:
    write("dns.md", "---\nrecovery: {system: dns, tear: 1}\n---\n")
    with pytest.raises(RunbookError, match=r"dns\.md:2: unknown key “tear”") as raised:
        await preview_restore(desk, request_)
    assert len(raised.value.faults) == 1


async def test_a_broken_system_itself_is_not_restored_and_the_others_are(
    desk: Desk, write: Callable[[str, str], None]
) -> None:
    write("wiki.md", TYPO)
    await sweep(desk)
    for request in (RestoreRequest(name="wiki"), RestoreRequest(systems=("dns", "wiki"))):
        with pytest.raises(RunbookError, match=r"wiki\.md:5"):
            await preview_restore(desk, request)
    state = await start_recovery(desk, RestoreRequest(name="full-site", mode=Mode.DRILL), RILEY)
    assert [unit.name for unit in state.plan.systems] == ["dns", "orders-db"]


async def test_a_broken_policy_lets_people_read_and_nobody_act(desk: Desk, write: Callable[[str, str], None]) -> None:
    await sweep(desk)
    running = await start_recovery(desk, RestoreRequest(systems=("dns",), mode=Mode.DRILL), RILEY)
    write("policy.yaml", "people: []\nthreshold: {late: 9}\n")
    assert (await check_freshness(desk, ["dns"]))[0].state is FreshnessState.FRESH
    assert len((await summarize(desk, at(0), at(90))).recoveries) == 1
    assert (await preview_restore(desk, RestoreRequest(systems=("dns",)))).needs_approval
    for act in (
        start_recovery(desk, RestoreRequest(systems=("dns",), mode=Mode.DRILL), RILEY),
        abort(desk, running.plan.recovery, RILEY, "enough"),
    ):
        with pytest.raises(RunbookError, match=r"policy\.yaml:2"):
            await act
