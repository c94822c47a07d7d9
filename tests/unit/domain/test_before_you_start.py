"""What a runbook wants to be known before its first step is said with that step, and once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.frozen_plan import Mode
from bot.domain.make_plan import Shelf, own_units, walk_unit
from bot.runbook.parse import parse
from bot.runbook.source import make_source

if TYPE_CHECKING:
    from bot.domain.runbook import Runbook

NEEDS = "## Before you start\n\nYou need a key."
GATEWAY = f"# Gateway\n{NEEDS}\n\n## Stop\n1. Stop it\n2. Look\n\n## Start\n1. Start it\n2. Look again\n"


def read(text: str, name: str = "gateway") -> Runbook:
    return parse(make_source(text, f"{name}.md"), name).runbook


def contexts(text: str, *parts: str, **opened: str) -> list[str]:
    books = {name: read(each, name) for name, each in opened.items()}
    return [step.context for step in walk_unit(read(text), Mode.REAL, Shelf(books, parts)).steps]


def test_before_you_start_stands_before_the_first_step_and_no_other() -> None:
    first, *others = contexts(GATEWAY)
    assert first == f"{NEEDS}\n\n## Stop"
    assert not any("key" in context for context in others)


def test_before_you_start_is_said_whichever_part_is_walked() -> None:
    assert contexts(GATEWAY, "Start") == [f"{NEEDS}\n\n## Start", ""]


def test_an_opened_runbook_says_what_it_needs_at_its_own_first_step() -> None:
    main = "# Main\n1. Page the lead\n2. [Restart the gateway](gateway2.md)\n3. Close\n"
    told = contexts(main, gateway2=GATEWAY)
    assert [NEEDS in context for context in told] == [False, True, False, False, False, False]


def test_what_a_plan_needs_is_said_before_its_systems_and_not_again_after_them() -> None:
    front = "---\nrecovery: {plan: all, systems: [a]}\n---\n"
    after = "## Tell\n<!-- step: {when: after} -->\nTell them.\n"
    both = f"{front}# All\n{NEEDS}\n\n## Declare\n<!-- step: {{kind: manual}} -->\nDeclare it.\n{after}"
    told = [unit.steps[0].context for unit in own_units(read(both), Mode.REAL, ())]
    assert [NEEDS in context for context in told] == [True, False]
    (only,) = own_units(read(f"{front}# All\n{NEEDS}\n\n{after}"), Mode.REAL, ())
    assert NEEDS in only.steps[0].context
