"""What runbooks ask for at the start of a recovery, over a real store and a real folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.domain.errors import BringbackError
from bot.domain.events import Actor
from bot.domain.frozen_plan import Mode
from bot.operations.desk import Desk
from bot.operations.preview_restore import RestoreRequest, preview_restore
from bot.operations.start_recovery import start_recovery
from bot.runbook.folder import RunbookFolder
from bot.store.database import migrate, open_store
from tests.fakes.fixed_clock import FixedClock
from tests.fakes.histories import at
from tests.fakes.quick_engine import QuickEngine
from tests.fakes.small_estate import write_estate

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.domain.runbook import Backup
    from bot.operations.desk import Source
    from bot.operations.preview_restore import Preview

RILEY = Actor("U1RESPONDER", "Riley")
INPUTS = """  inputs:
    REGION: {ask: "Which region?", choices: [eu, us]}
    ZONE: {default: example.org}
    KEY: {secret: "env:DNS_KEY"}
"""


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk whose dns asks for a region, a zone with a default, the placeholder <serial>, and gets a secret."""
    folder = tmp_path / "runbooks"
    write_estate(folder)
    dns = folder / "dns.md"
    text = dns.read_text().replace("  execute: true\n", f"  execute: true\n{INPUTS}")
    dns.write_text(text.replace("\ntrue\n", "\nload <serial> <recovery id>\n", 1), encoding="utf-8")
    url, clock = f"sqlite://{tmp_path}/bot.sqlite3", FixedClock(at(60))
    await migrate(url)
    async with open_store(url, clock) as store:
        yield Desk(RunbookFolder(folder, {}, clock).read, store, QuickEngine(store, clock), no_source, clock)


def no_source(_backup: Backup) -> Source:
    raise NotImplementedError


def request(**inputs: str) -> RestoreRequest:
    return RestoreRequest(systems=("dns",), mode=Mode.DRILL, inputs=tuple(inputs.items()))


async def preview(desk: Desk, **inputs: str) -> Preview:
    return await preview_restore(desk, request(**inputs))


async def test_a_missing_input_is_a_problem_that_says_how_to_give_it(desk: Desk) -> None:
    found = await preview(desk, SERIAL="7")
    ways = "Give it with --input REGION=VALUE; in Slack the form asks."
    assert found.problems == (f"REGION needs a value. “Which region?” {ways}",)
    assert [asked.wanted.name for asked in found.missing] == ["REGION"]


async def test_a_value_that_does_not_fit_is_a_problem(desk: Desk) -> None:
    (problem,) = (await preview(desk, REGION="asia", SERIAL="7")).problems
    assert problem.startswith("REGION must be one of: eu, us. ")


async def test_given_values_and_defaults_are_frozen_and_bound_by_the_approval(desk: Desk) -> None:
    found, other = await preview(desk, SERIAL="7", REGION="eu"), await preview(desk, SERIAL="7", REGION="us")
    assert found.problems == ()
    assert dict(found.plan.inputs) == {"REGION": "eu", "ZONE": "example.org", "SERIAL": "7"}
    assert found.plan.digest != other.plan.digest


async def test_a_secret_travels_as_a_reference_and_is_never_given(desk: Desk) -> None:
    found = await preview(desk, REGION="eu", SERIAL="7", KEY="hunter22")
    assert found.problems == ("KEY is a secret: it is read from env:DNS_KEY where the bot runs, and never given.",)
    assert found.plan.unit("dns").secrets == (("KEY", "env:DNS_KEY"),)
    assert "hunter22" not in repr(found.plan)


async def test_a_misspelled_name_is_a_problem(desk: Desk) -> None:
    found = await preview(desk, REGION="eu", SERIAL="7", ZONES="a")
    assert found.problems == ("No runbook of this asks for ZONES. Did you mean ZONE?",)


async def test_a_recovery_without_its_inputs_is_not_started(desk: Desk) -> None:
    with pytest.raises(BringbackError, match="--input SERIAL=VALUE"):
        await start_recovery(desk, request(REGION="eu"), RILEY)
    assert await desk.store.recoveries.rows() == []


async def test_the_ledger_keeps_the_inputs_of_a_recovery(desk: Desk) -> None:
    state = await start_recovery(desk, request(REGION="eu", SERIAL="7"), RILEY)
    (asked, *_) = await desk.store.ledger.events(state.plan.recovery, 0)
    assert asked.data["inputs"] == {"REGION": "eu", "ZONE": "example.org", "SERIAL": "7"}
