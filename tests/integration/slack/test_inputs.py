"""What runbooks ask for, asked in the forms of a restore and of a walk."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import pytest

from bot.console.blocks_seen import all_text
from tests.integration.slack.test_recovery import INCIDENTS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.slack.conftest import World

INPUTS = """  inputs:
    REGION: {ask: "Which region?", choices: [eu, us]}
    SERIAL: {ask: "Serial?", pattern: '^[0-9]+$'}
"""
FLUSH = """# Flush
## Log in
Open the console.
## Flush it
```sh
redis-cli -h <cache host> flushall
```
"""


@pytest.fixture
def asking(world: World, tmp_path: Path) -> World:
    """dns asks for a region and a serial; flush has a placeholder."""
    dns = tmp_path / "runbooks" / "dns.md"
    dns.write_text(dns.read_text().replace("  execute: true\n", f"  execute: true\n{INPUTS}"), encoding="utf-8")
    (tmp_path / "runbooks" / "flush.md").write_text(FLUSH, encoding="utf-8")
    return world


async def test_a_restore_asks_for_its_inputs_and_says_what_is_wrong_beside_the_field(asking: World) -> None:
    person = asking.page.person("responder")
    await person.command(INCIDENTS, "/recovery restore dns")
    await person.wait_view("Drill or real?")
    assert await person.submit() == {}
    view = await person.wait_view("Which region?")
    assert "Cannot start" not in all_text(view)
    wrong = await person.submit({"input:REGION": "eu", "input:SERIAL": "seven"})
    assert wrong == {"input:SERIAL": "Serial? does not fit the pattern ^[0-9]+$."}
    assert await person.submit({"input:REGION": "eu", "input:SERIAL": "7"}) == {}
    await person.wait_view("has started")
    plan = await asking.desk.store.recoveries.plan("R-1")
    assert plan.inputs == (("REGION", "eu"), ("SERIAL", "7"))
    assert asking.console.log.refusals == {}


async def test_a_walk_asks_for_the_placeholders_of_its_commands_first(asking: World) -> None:
    person = asking.page.person("responder")
    await person.command(INCIDENTS, "/recovery runbook flush")
    await person.wait_view("Flush")
    assert await person.submit() == {}
    await person.wait_view("cache host?")
    assert await person.submit({"input:CACHE_HOST": "c1"}) == {}
    await person.wait_view("has started")
    assert (await asking.desk.store.recoveries.plan("R-1")).inputs == (("CACHE_HOST", "c1"),)
    assert asking.console.log.refusals == {}


MANY = "".join(f"ssh <host {number:02}> uptime\n" for number in range(70))


async def test_values_beyond_what_a_form_holds_are_asked_in_further_ones_and_all_are_kept(
    world: World, tmp_path: Path
) -> None:
    (tmp_path / "runbooks" / "fleet.md").write_text(f"# Fleet\n## Look\n```sh\n{MANY}```\n", encoding="utf-8")
    person = world.page.person("responder")
    await person.command(INCIDENTS, "/recovery runbook fleet")
    await person.wait_view("Fleet")
    assert await person.submit() == {}
    for page, start in ((1, 0), (2, 30), (3, 60)):
        await person.wait_view(f"Form {page} of 3")
        names = [f"input:HOST_{number:02}" for number in range(start, min(start + 30, 70))]
        assert await person.submit({name: f"{name[-2:]}.example" for name in names}) == {}
    await person.wait_view("has started")
    inputs = (await world.desk.store.recoveries.plan("R-1")).inputs
    assert inputs == tuple((f"HOST_{number:02}", f"{number:02}.example") for number in range(70))
    assert world.console.log.refusals == {}


async def test_a_restore_with_more_values_than_its_form_holds_goes_on_in_further_ones(
    world: World, tmp_path: Path
) -> None:
    dns = tmp_path / "runbooks" / "dns.md"
    asked = "  inputs:\n" + "".join(f'    V{number}: {{ask: "Value {number}?"}}\n' for number in range(31))
    dns.write_text(dns.read_text().replace("  execute: true\n", f"  execute: true\n{asked}"), encoding="utf-8")
    person = world.page.person("responder")
    await person.command(INCIDENTS, "/recovery restore dns")
    await person.wait_view("Drill or real?")
    assert await person.submit() == {}
    await person.wait_view("Value 29?")
    assert await person.submit({f"input:V{number}": str(number) for number in range(30)}) == {}
    await person.wait_view("Form 2 of 2")
    assert await person.submit({"input:V30": "30"}) == {}
    await person.wait_view("has started")
    inputs = (await world.desk.store.recoveries.plan("R-1")).inputs
    assert inputs == tuple((f"V{number}", str(number)) for number in range(31))


async def test_values_too_long_to_be_carried_are_refused_in_words(world: World, tmp_path: Path) -> None:
    (tmp_path / "runbooks" / "fleet.md").write_text(f"# Fleet\n## Look\n```sh\n{MANY}```\n", encoding="utf-8")
    person = world.page.person("responder")
    await person.command(INCIDENTS, "/recovery runbook fleet")
    await person.wait_view("Fleet")
    await person.submit()
    await person.wait_view("Form 1 of 3")
    long = {f"input:HOST_{number:02}": secrets.token_hex(400) for number in range(30)}
    assert await person.submit(long) == {}
    await person.wait_view("Start it in a terminal")
