"""A walk keeps what its runbook explains, as it stood when it began, to be read whenever someone asks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bot.domain.frozen_plan import FrozenPlan, Mode
from bot.domain.make_plan import Shelf, own_units, system_unit, walk_unit
from bot.runbook.parse import parse
from bot.runbook.source import make_source
from bot.store.codec import decode, encode
from tests.fakes.histories import plan_of, system

if TYPE_CHECKING:
    from bot.domain.runbook import Runbook

WHAT = "## Overview\n\nTwo gateways share one address."
GATEWAY = f"# Gateway\n\nIt answers for all sites.\n\n{WHAT}\n\n## Restart\n\n1. Stop it\n2. [Unseal](vault.md)\n"
VAULT = "# Vault\n\n## Overview\n\nFive keys, three are needed.\n\n## Unseal\n\n1. Enter a key\n2. And another\n"


def read(text: str, name: str) -> Runbook:
    return parse(make_source(text, f"{name}.md"), name).runbook


def test_a_walk_keeps_the_sections_that_explain_each_with_its_title_and_whole() -> None:
    unit = walk_unit(read(GATEWAY, "gateway"), Mode.REAL)
    assert unit.background == (("Gateway", "# Gateway\n\nIt answers for all sites."), ("Overview", WHAT))


def test_a_walk_keeps_what_opened_runbooks_explain_under_their_titles_and_once() -> None:
    twice = f"{GATEWAY}3. Start it\n4. [Unseal again](vault.md)\n"
    unit = walk_unit(read(twice, "gateway"), Mode.REAL, Shelf({"vault": read(VAULT, "vault")}))
    assert [title for title, _ in unit.background] == ["Gateway", "Overview", "Vault > Overview"]
    assert "Five keys" in unit.background[-1][1]


def test_the_title_of_an_opened_runbook_stands_once_above_its_own_first_words() -> None:
    opened = {"vault": read("# Vault\n\nAll secrets.\n\n1. Enter a key\n2. And another\n", "vault")}
    unit = walk_unit(read(GATEWAY, "gateway"), Mode.REAL, Shelf(opened))
    assert unit.background[-1] == ("Vault", "# Vault\n\nAll secrets.")


def test_a_walked_part_opens_nothing_of_the_others() -> None:
    text = f"{GATEWAY}\n## Move\n\n1. Point the name elsewhere\n2. Look\n"
    unit = walk_unit(read(text, "gateway"), Mode.REAL, Shelf({"vault": read(VAULT, "vault")}, ("Move",)))
    assert [title for title, _ in unit.background] == ["Gateway", "Overview"]


def test_a_system_and_a_plans_own_steps_keep_it_too() -> None:
    declared = "---\nrecovery: {system: gw, targets: {drill: a, real: b}}\n---\n"
    assert system_unit(read(declared + GATEWAY, "gw"), Mode.REAL, None, ()).background[1] == ("Overview", WHAT)
    front = "---\nrecovery: {plan: all, systems: [a]}\n---\n"
    after = "## Tell\n<!-- step: {when: after} -->\nTell them.\n"
    text = f"{front}# All\n\n{WHAT}\n\n## Declare\n<!-- step: {{kind: manual}} -->\nDeclare it.\n\n{after}"
    assert [unit.background for unit in own_units(read(text, "all"), Mode.REAL, ())] == [(("Overview", WHAT),)] * 2


def test_a_walk_that_was_stored_without_it_is_still_read() -> None:
    plan = plan_of(system("gateway"))
    stored = json.loads(encode(plan))
    for unit in stored["units"]:
        del unit["background"]
    assert decode(FrozenPlan, json.dumps(stored)) == plan
