"""What a walk comes to before it starts: parts, opened runbooks, and what all of them ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.domain.errors import BringbackError, UnknownName
from bot.domain.frozen_plan import Mode
from bot.operations.preview_restore import RestoreRequest, preview_restore
from bot.operations.review_recovery import review
from bot.operations.start_recovery import start_recovery
from bot.reports.render import render_review_html, render_review_markdown
from tests.integration.operations.conftest import RILEY

if TYPE_CHECKING:
    from pathlib import Path

    from bot.operations.desk import Desk
    from bot.operations.preview_restore import Preview

PARTS = """---
recovery: {parts: {Backup: hidden}}
---
# Store
## Backup
1. Dump <backup file>
2. Copy
   ```sh
   cp <backup file>
   ```
## Restore
1. Fetch
2. Load
   ```sh
   load <host>
   ```
## Tell
1. Say
2. Write
"""


@pytest.fixture(autouse=True)
def books(runbooks: Path) -> Path:
    (runbooks / "store.md").write_text(PARTS, encoding="utf-8")
    return runbooks


async def walk(desk: Desk, name: str = "store", *parts: str, mode: Mode = Mode.REAL) -> Preview:
    return await preview_restore(desk, RestoreRequest(runbook=name, parts=parts, mode=mode))


def walked(preview: Preview) -> list[str]:
    return [step.id for step in preview.plan.units[0].steps]


async def test_all_parts_but_the_hidden_ones_are_walked_unless_one_is_chosen(desk: Desk) -> None:
    found, chosen = await walk(desk), await walk(desk, "store", "Backup")
    assert [part.title for part in found.parts] == ["Backup", "Restore", "Tell"]
    assert (walked(found), found.chosen) == (["fetch", "load", "say", "write"], ("Restore", "Tell"))
    assert (len(walked(chosen)), chosen.chosen) == (2, ("Backup",))
    assert found.plan.digest != chosen.plan.digest


async def test_only_what_the_chosen_part_needs_is_asked_for(desk: Desk) -> None:
    assert [one.wanted.name for one in (await walk(desk, "store", "Restore")).inputs] == ["HOST"]
    assert [one.wanted.name for one in (await walk(desk, "store", "Backup")).inputs] == ["BACKUP_FILE"]
    assert [one.wanted.name for one in (await walk(desk, "store", "Tell")).inputs] == []


async def test_a_part_that_is_not_there_is_told_with_the_nearest(desk: Desk) -> None:
    with pytest.raises(UnknownName, match=r"no part of store called “Restor”\. Did you mean Restore\?"):
        await walk(desk, "store", "Restor")


async def test_parts_are_chosen_of_one_runbook(desk: Desk) -> None:
    with pytest.raises(BringbackError, match="Parts are chosen of one runbook"):
        await preview_restore(desk, RestoreRequest(name="full-site", parts=("Restore",)))


async def test_a_runbook_without_a_choice_offers_none(desk: Desk) -> None:
    assert (await walk(desk, "cache")).parts == ()


MAIN = """---
recovery:
  execute: true
  inputs:
    region: {ask: "Which region?", choices: [eu, us], default: eu}
    DB_PASSWORD: {secret: "env:DB"}
---
# Main
## Open
[Keys](keys.md)
"""
KEYS = """---
recovery: {execute: true}
---
# Keys
## Unseal
```sh {"name":"unseal","timeout":"1m"}
unseal <region> <db password> <key>
```
"""


async def test_an_opened_runbook_asks_for_what_nobody_else_gives(desk: Desk, books: Path) -> None:
    """A declared input stands for placeholders of its name everywhere, and a secret is never asked for."""
    (books / "main.md").write_text(MAIN, encoding="utf-8")
    (books / "keys.md").write_text(KEYS, encoding="utf-8")
    found = await walk(desk, "main")
    assert [(one.wanted.name, one.value) for one in found.inputs] == [("region", "eu"), ("KEY", "")]
    unit = found.plan.units[0]
    assert (walked(found), unit.steps[0].runs is not None) == (["keys/unseal"], True)
    assert unit.secrets == (("DB_PASSWORD", "env:DB"),)


async def test_a_secret_that_would_be_read_from_two_places_is_a_problem(desk: Desk, books: Path) -> None:
    (books / "main.md").write_text(MAIN, encoding="utf-8")
    keys = KEYS.replace("execute: true}", "execute: true, inputs: {DB_PASSWORD: {secret: 'env:OTHER'}}}")
    (books / "keys.md").write_text(keys.replace(" <key>", ""), encoding="utf-8")
    found = await walk(desk, "main")
    assert found.problems == (
        "main reads the secret DB_PASSWORD from env:DB and env:OTHER: give one of them another name.",
    )


async def test_the_secrets_of_a_system_that_is_only_shown_are_not_read(desk: Desk, books: Path) -> None:
    (books / "main.md").write_text(MAIN, encoding="utf-8")
    system = "system: vault, inputs: {TOKEN: {secret: 'env:TOKEN'}}, execute: true}"
    (books / "keys.md").write_text(KEYS.replace("execute: true}", system), encoding="utf-8")
    unit = (await walk(desk, "main")).plan.units[0]
    assert (unit.secrets, unit.steps[0].runs) == ((("DB_PASSWORD", "env:DB"),), None)


async def test_the_default_part_of_a_system_is_what_is_restored(desk: Desk, books: Path) -> None:
    text = (books / "dns.md").read_text(encoding="utf-8")
    text = text.replace("  execute: true\n", "  execute: true\n  parts: {Restore: default, Backup: hidden}\n")
    restore = "## Restore\n### Restore the zone"
    backup = "## Backup\n### Dump\nDump it.\n### Copy\nCopy it.\n"
    (books / "dns.md").write_text(
        text.replace("## Restore the zone", restore).replace("## Check it", "### Check it") + backup, encoding="utf-8"
    )
    found = await preview_restore(desk, RestoreRequest(systems=("dns",), mode=Mode.DRILL))
    assert walked(found) == ["restore", "canary"]
    assert found.plan.units[0].digest == desk.estate.runbooks["dns"].digest


async def test_a_walk_with_chosen_parts_starts(desk: Desk) -> None:
    request = RestoreRequest(runbook="store", parts=("Tell",))
    state = await start_recovery(desk, request, RILEY)
    assert [step.id for step in state.plan.units[0].steps] == ["say", "write"]
    found = await review(desk, state.plan.recovery)
    assert found.parts == ("Tell",)
    assert "- Parts: Tell\n" in render_review_markdown(found)
    assert "Parts: Tell." in render_review_html(found)
