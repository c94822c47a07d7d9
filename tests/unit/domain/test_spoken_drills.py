"""A drill of what has no scratch target only speaks: nothing runs, and nobody is told to do anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.frozen_plan import Mode
from bot.domain.make_plan import Shelf, own_units, walk_unit
from bot.runbook.parse import parse
from bot.runbook.source import make_source

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.domain.frozen_plan import PlannedStep
    from bot.domain.runbook import Runbook

STEPS = """
## Stop
```sh {"name":"stop"}
kubectl scale deploy/api --replicas=0
```
## Show
```sh
kubectl get pods
```
## Look
<!-- step: {kind: check} -->
See that it is gone.
"""
WALK = f"---\nrecovery: {{execute: true}}\n---\n# Api{STEPS}"
PLAN = f"---\nrecovery: {{plan: all, systems: [a], execute: true}}\n---\n# All{STEPS}"


def read(text: str, name: str = "api") -> Runbook:
    return parse(make_source(text, f"{name}.md"), name).runbook


def told(steps: Iterable[PlannedStep]) -> list[tuple[str, bool, bool]]:
    return [(step.id, step.runs is not None, step.simulated) for step in steps]


def test_a_drill_of_a_walk_runs_nothing_and_asks_what_one_would_do() -> None:
    drill, real = (walk_unit(read(WALK), mode) for mode in (Mode.DRILL, Mode.REAL))
    assert told(drill.steps) == [("stop", False, True), ("show", False, True), ("look", False, True)]
    assert told(real.steps) == [("stop", True, False), ("show", False, False), ("look", False, False)]
    assert [one.text for one in drill.steps[0].shown] == ["kubectl scale deploy/api --replicas=0\n"]


def test_a_drill_does_what_its_runbook_says_is_done_in_drills() -> None:
    does = WALK.replace("## Stop\n", "## Stop\n<!-- step: {in_drill: do} -->\n")
    assert told(walk_unit(read(does), Mode.DRILL).steps)[:2] == [("stop", True, False), ("show", False, True)]


def test_a_drill_of_a_walk_runs_nothing_of_the_runbooks_that_it_opens() -> None:
    main = read("# Main\n1. Page the lead\n2. [Stop the api](api.md)\n", "main")
    steps = walk_unit(main, Mode.DRILL, Shelf({"api": read(WALK)})).steps
    assert told(steps)[1] == ("api/stop", False, True)


def test_a_drill_of_a_plan_runs_none_of_its_own_steps() -> None:
    (before,) = own_units(read(PLAN), Mode.DRILL, ())
    assert told(before.steps)[0] == ("stop", False, True)
