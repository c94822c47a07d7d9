"""What a late approval or rejection is told."""

from __future__ import annotations

import pytest

from bot.domain.errors import AlreadyDone, Conflict
from bot.domain.events import EventKind
from bot.domain.recovery import fold
from bot.operations.approve_recovery import refuse_decided
from tests.fakes.histories import ANN, BEN, START, History, at, plan_of, system

PLAN = plan_of(system("orders-db"))


def asked() -> History:
    return History(PLAN).tell(EventKind.REQUESTED, who=ANN, outage_started_at=START.isoformat()).wait(1)


def refuse(told: History) -> None:
    refuse_decided(fold(PLAN, told.events))


def test_what_waits_for_approval_is_not_refused() -> None:
    refuse(asked())


def test_who_approved_it_and_when_is_told_also_after_its_end() -> None:
    told = asked().tell(EventKind.APPROVED, who=BEN).tell(EventKind.STARTED)
    with pytest.raises(AlreadyDone, match=r"^The approval of R-1: already done by Ben at 03:01:00 UTC\.$") as late:
        refuse(told)
    assert (late.value.by, late.value.at) == ("Ben", at(1))
    with pytest.raises(AlreadyDone, match=r"already done by Ben at 03:01:00 UTC\.$"):
        refuse(told.wait(5).end("failed"))


def test_who_rejected_it_and_when_is_told() -> None:
    with pytest.raises(AlreadyDone, match=r"^The rejection of R-1: already done by Ben at 03:01:00 UTC\.$"):
        refuse(asked().tell(EventKind.REJECTED, who=BEN, reason="no"))


def test_what_expired_was_approved_by_nobody() -> None:
    with pytest.raises(Conflict, match=r"^R-1 expired at 03:01:00 UTC: nobody approved it in time\. Ask for it again"):
        refuse(asked().tell(EventKind.EXPIRED))


def test_what_needed_no_approval_says_how_it_stands_and_accuses_nobody() -> None:
    told = asked().tell(EventKind.STARTED, who=ANN)
    with pytest.raises(Conflict, match=r"^R-1 waits for no approval: it runs since 03:01:00 UTC\."):
        refuse(told)
    with pytest.raises(Conflict, match=r"^R-1 waits for no approval: it ended FAILED at 03:06:00 UTC\."):
        refuse(told.wait(5).end("failed"))
