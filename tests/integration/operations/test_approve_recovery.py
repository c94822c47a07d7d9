"""The second person: who may approve, what an approval binds, and what becomes of a request nobody answers."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.errors import AlreadyDone, BringbackError, Conflict, NotAllowed
from bot.domain.events import Actor
from bot.domain.recovery_state import RecoveryStatus
from bot.operations.approve_recovery import approve, expire_approvals, reject
from bot.operations.preview_restore import RestoreRequest
from bot.operations.start_recovery import start_recovery
from tests.fakes.histories import at
from tests.integration.operations.conftest import ALEX, EVE, RILEY

if TYPE_CHECKING:
    from pathlib import Path

    from bot.operations.desk import Desk
    from tests.fakes.fixed_clock import FixedClock
    from tests.fakes.recording_engine import RecordingEngine

SAM = Actor("U3", "Sam")
PEOPLE = """people:
  - {id: U1RESPONDER, login: riley, name: Riley}
  - {id: U2APPROVER, login: alex, name: Alex}
  - {id: U3, name: Sam}
roles: {responder: [U1RESPONDER], approver: [U1RESPONDER, U2APPROVER, U3]}
"""


def write_policy(runbooks: Path, approvals: str) -> None:
    """A policy in which Riley, Alex and Sam may all approve."""
    (runbooks / "policy.yaml").write_text(f"{PEOPLE}approvals: {{real: {{{approvals}}}}}\n", encoding="utf-8")


@pytest.fixture
async def digest(desk: Desk) -> str:
    """The digest of R-1, that Riley has asked for."""
    state = await start_recovery(desk, RestoreRequest(name="full-site", reason="the disk is gone"), RILEY)
    return state.plan.digest


async def kinds(desk: Desk) -> list[str]:
    return [event.kind for event in await desk.store.ledger.events("R-1")]


async def test_the_second_person_starts_exactly_what_they_saw(
    desk: Desk, engine: RecordingEngine, digest: str, clock: FixedClock
) -> None:
    engine.idle, clock.at = True, at(62)
    state = await approve(desk, "R-1", ALEX, digest)
    assert (state.status, state.approved_by, state.approved_by_name) == (RecoveryStatus.RUNNING, "U2APPROVER", "Alex")
    assert (state.approved_at, state.started_at, engine.told) == (at(62), at(62), ["start R-1"])
    binding = (await desk.store.ledger.events("R-1"))[1]
    assert binding.digest == binding.data["plan_digest"] == digest
    assert binding.data["policy_digest"] == desk.policy.digest
    assert binding.data["targets"] == {"dns": "data/dns", "orders-db": "data/orders-db"}
    assert binding.data["expires_at"] == at(70).isoformat()


async def test_who_asked_cannot_approve_whatever_key_they_come_with(desk: Desk, runbooks: Path) -> None:
    write_policy(runbooks, "needs: 1")
    state = await start_recovery(desk, RestoreRequest(name="full-site"), RILEY)
    for riley in (RILEY, Actor("riley", "riley")):
        with pytest.raises(NotAllowed, match="Riley asked for R-1: the approval is for a second person"):
            await approve(desk, "R-1", riley, state.plan.digest)


async def test_a_policy_may_let_the_asker_approve(desk: Desk, runbooks: Path, engine: RecordingEngine) -> None:
    engine.idle = True
    write_policy(runbooks, "needs: 1, second_person: false")
    state = await start_recovery(desk, RestoreRequest(name="full-site"), RILEY)
    assert (await approve(desk, "R-1", RILEY, state.plan.digest)).status is RecoveryStatus.RUNNING


async def test_who_has_no_such_role_cannot_approve(desk: Desk, digest: str) -> None:
    for actor in (EVE, RILEY):
        with pytest.raises(NotAllowed, match="may not approve a real restore"):
            await approve(desk, "R-1", actor, digest)
    assert await kinds(desk) == ["requested"]


async def test_a_policy_that_asks_for_two_gets_two(desk: Desk, runbooks: Path, engine: RecordingEngine) -> None:
    engine.idle = True
    write_policy(runbooks, "needs: 2")
    digest = (await start_recovery(desk, RestoreRequest(name="full-site"), RILEY)).plan.digest
    first = await approve(desk, "R-1", ALEX, digest)
    assert (first.status, first.approvals, engine.told) == (RecoveryStatus.WAITING_FOR_APPROVAL, ("U2APPROVER",), [])
    with pytest.raises(AlreadyDone, match="R-1 approved: already done by Alex"):
        await approve(desk, "R-1", ALEX, digest)
    second = await approve(desk, "R-1", SAM, digest)
    assert (second.status, second.approvals) == (RecoveryStatus.RUNNING, ("U2APPROVER", "U3"))
    assert engine.told == ["start R-1"]


async def test_two_who_approve_at_the_same_moment_start_it_once(
    desk: Desk, runbooks: Path, engine: RecordingEngine
) -> None:
    engine.idle = True
    write_policy(runbooks, "needs: 2")
    digest = (await start_recovery(desk, RestoreRequest(name="full-site"), RILEY)).plan.digest
    await asyncio.gather(*(approve(desk, "R-1", who, digest) for who in (ALEX, SAM)), return_exceptions=True)
    assert (await desk.store.recoveries.row("R-1")).status is RecoveryStatus.RUNNING
    assert (await kinds(desk)).count("started") == 1
    assert engine.told == ["start R-1"]


async def test_of_two_who_decide_at_the_same_moment_one_hears_who_was_first(
    desk: Desk, runbooks: Path, engine: RecordingEngine
) -> None:
    engine.idle = True
    write_policy(runbooks, "needs: 1")
    digest = (await start_recovery(desk, RestoreRequest(name="full-site"), RILEY)).plan.digest
    results = await asyncio.gather(
        approve(desk, "R-1", ALEX, digest), reject(desk, "R-1", SAM, "not now"), return_exceptions=True
    )
    [late] = [result for result in results if isinstance(result, BringbackError)]
    assert isinstance(late, AlreadyDone)
    assert late.by in {"Alex", "Sam"}
    assert len(await kinds(desk)) in {2, 3}


async def test_an_approval_is_of_one_plan(desk: Desk, digest: str) -> None:
    with pytest.raises(Conflict, match=rf"R-1 is plan {digest[3:7]}, not beef\. Look at it again"):
        await approve(desk, "R-1", ALEX, "v1:beef")


async def test_an_approval_is_under_one_policy(desk: Desk, digest: str, runbooks: Path, clock: FixedClock) -> None:
    policy = runbooks / "policy.yaml"
    policy.write_text(policy.read_text().replace("responder: [U1RESPONDER]", "responder: [U1RESPONDER, U2APPROVER]"))
    clock.at += timedelta(seconds=2)
    with pytest.raises(Conflict, match="The policy has changed since R-1 was asked for"):
        await approve(desk, "R-1", ALEX, digest)


async def test_an_approval_has_an_end(desk: Desk, digest: str, clock: FixedClock) -> None:
    clock.at = at(70)
    with pytest.raises(Conflict, match=r"The approval of R-1 expired at 04:10:00 UTC\."):
        await approve(desk, "R-1", ALEX, digest)


async def test_what_nobody_approved_in_time_expires_once(desk: Desk, digest: str, clock: FixedClock) -> None:
    await expire_approvals(desk)
    assert (await desk.store.recoveries.row("R-1")).status is RecoveryStatus.WAITING_FOR_APPROVAL
    clock.at = at(70)
    await asyncio.gather(expire_approvals(desk), expire_approvals(desk))
    assert await kinds(desk) == ["requested", "expired"]
    with pytest.raises(Conflict, match=r"R-1 expired at 04:10:00 UTC: nobody approved it in time\. Ask for it again"):
        await approve(desk, "R-1", ALEX, digest)


async def test_a_decided_request_says_who_decided_and_when(desk: Desk, digest: str) -> None:
    await reject(desk, "R-1", ALEX, " wrong site ")
    state = await desk.store.recoveries.state("R-1")
    assert (state.status, state.reason, state.rejected_by_name) == (RecoveryStatus.REJECTED, "wrong site", "Alex")
    with pytest.raises(AlreadyDone, match="The rejection of R-1: already done by Alex at 04:00:00 UTC"):
        await approve(desk, "R-1", ALEX, digest)


async def test_a_running_one_says_who_approved_it(desk: Desk, engine: RecordingEngine, digest: str) -> None:
    engine.idle = True
    await approve(desk, "R-1", ALEX, digest)
    for decide in (approve(desk, "R-1", ALEX, digest), reject(desk, "R-1", ALEX, "late")):
        with pytest.raises(AlreadyDone, match="The approval of R-1: already done by Alex"):
            await decide


async def test_one_that_needed_no_approval_waits_for_none(desk: Desk, engine: RecordingEngine) -> None:
    engine.idle = True
    request = RestoreRequest(name="full-site", break_glass="alone")
    state = await start_recovery(desk, request, RILEY)
    with pytest.raises(Conflict, match=r"R-1 waits for no approval: it runs since 04:00:00 UTC\."):
        await approve(desk, "R-1", ALEX, state.plan.digest)


async def test_who_asked_may_take_it_back_and_others_may_not(desk: Desk, digest: str) -> None:
    assert digest
    with pytest.raises(NotAllowed, match="Eve may not approve"):
        await reject(desk, "R-1", EVE, "no")
    state = await reject(desk, "R-1", replace(RILEY, id="riley"), "found the cause")
    assert (state.status, state.reason) == (RecoveryStatus.REJECTED, "found the cause")
