"""What runbooks ask for, asked in the forms of a restore and of a walk."""

from __future__ import annotations

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
