"""Small values: errors that help, an estate that knows its names, events that happen once, the clock."""

from __future__ import annotations

from datetime import UTC

import pytest

from bot.domain.clock import SystemClock
from bot.domain.errors import AlreadyDone, BringbackError, Conflict, RunbookError, SettingsError, UnknownName
from bot.domain.estate import make_estate
from bot.domain.events import Actor, EventKind, Source, event_id, make_event
from bot.domain.recovery_points import FaultKind, SourceFault
from bot.domain.runbook import Backup, Fault, Plan, Runbook, System
from tests.fakes.histories import ANN, at

CHAIN = {"api": System("api", "api", depends_on=("dns",)), "dns": System("dns", "dns")}
ESTATE = make_estate(
    [
        Runbook("dns", "dns.md", "Names", (), system=System("names", "dns")),
        Runbook("full", "full.md", "Full site", (), plan=Plan("full-site", "full", ("names",))),
        Runbook("cache", "cache.md", "Cache", ()),
    ]
)


def test_a_broken_name_raises_exactly_its_faults() -> None:
    fault = Fault("wiki.md", 4, "unknown key “owners” in recovery.")
    wiki = System("api", "api", depends_on=("wiki",))
    estate = make_estate([Runbook("api", "api.md", "API", (), system=wiki)], {"wiki": (fault,)}, {"wiki": 2})
    for find in (estate.system, estate.plan, estate.runbook, lambda name: estate.with_dependencies([name])):
        with pytest.raises(RunbookError) as raised:
            find("wiki")
        assert raised.value.faults == (fault,)
    with pytest.raises(RunbookError, match=r"wiki\.md:4"):
        estate.with_dependencies(["api", "wiki"])
    with pytest.raises(UnknownName, match="api"):
        estate.with_dependencies(["apis"])


def test_what_a_system_needs_comes_along_in_restore_order() -> None:
    books = [Runbook(name, f"{name}.md", name, (), system=system) for name, system in CHAIN.items()]
    assert make_estate(books).with_dependencies(["api"]) == ["dns", "api"]


def test_an_error_says_what_happened_and_what_helps() -> None:
    assert str(Conflict("It moved.", "Look again.")) == "It moved. Look again."
    assert str(BringbackError("It moved.")) == "It moved."


def test_faults_come_all_at_once() -> None:
    fault = Fault("db.md", 3, "tier is 0.", "It counts from 1.")
    assert str(RunbookError([fault, Fault("db.md", 9, "no check.")])).startswith(
        "db.md:3: tier is 0. It counts from 1.\ndb.md:9: no check."
    )
    assert SettingsError(["A is missing.", "B too."]).faults == ("A is missing.", "B too.")


def test_already_done_says_by_whom_and_when() -> None:
    assert str(AlreadyDone("“Stop”", "Ann", at(1))) == "“Stop”: already done by Ann at 03:01:00 UTC."


def test_an_unknown_name_suggests_the_nearest() -> None:
    assert str(UnknownName("system", "orders", ["orders-db", "dns"])) == (
        "There is no system called “orders”. Did you mean orders-db?"
    )
    assert UnknownName("system", "x", ["b", "a"]).helps == "Known: a, b."
    assert UnknownName("system", "x", []).helps == "Known: none."


@pytest.mark.parametrize(("kind", "retryable"), [(FaultKind.TIMEOUT, True), (FaultKind.AUTH, False)])
def test_only_some_faults_of_a_source_may_go_away_by_themselves(kind: FaultKind, *, retryable: bool) -> None:
    assert SourceFault(kind, "no").retryable is retryable


def test_a_runbook_is_found_by_its_own_name_and_by_what_it_declares() -> None:
    assert ESTATE.runbook("cache").title == "Cache"
    assert ESTATE.runbook("names") is ESTATE.runbook("dns")
    assert ESTATE.runbook("full-site") is ESTATE.runbook("full")
    assert (ESTATE.system("names").runbook, ESTATE.plan("full-site").systems) == ("dns", ("names",))


def test_what_nobody_declared_is_unknown() -> None:
    for look in (ESTATE.system, ESTATE.plan, ESTATE.runbook):
        with pytest.raises(UnknownName):
            look("gone")


def test_the_same_thing_has_the_same_id() -> None:
    first = make_event("R-1", EventKind.ANSWERED, at(0), unit="db", step="stop", attempt=2, actor=ANN, extra="do")
    assert first.id == event_id("R-1", EventKind.ANSWERED, unit="db", step="stop", attempt=2, extra="do")
    assert first.id == "R-1/db/stop/2/answered/do"
    assert (first.source, first.actor_name, first.recorded_at) == (Source.SLACK, "Ann", at(0))


def test_the_bot_has_no_name_in_its_events() -> None:
    event = make_event("R-1", EventKind.ENDED, at(0), actor=Actor("", "Bringback"))
    assert (event.actor, event.actor_name, event.source) == ("", "", Source.BOT)


def test_an_option_of_a_backup_has_a_default() -> None:
    backup = Backup("barman", options=(("server", "orders"),))
    assert (backup.option("server"), backup.option("config", "none")) == ("orders", "none")


def test_the_clock_tells_an_aware_time_in_utc() -> None:
    assert SystemClock().now().tzinfo is UTC
