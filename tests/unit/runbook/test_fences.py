"""What stands in a fence is code for every rule that looks at lines: what looks like a fence is none."""

from __future__ import annotations

import pytest

from bot.runbook.fences import fence_after
from bot.runbook.links import relative_links
from tests.unit.runbook.making import faults, titles


@pytest.mark.parametrize(
    ("lines", "fence"),
    [
        (["```"], "```"),
        (["  ````sh"], "````"),
        (["~~~ `a`"], "~~~"),
        (["```ls``` it"], ""),
        (["```", "```sh"], "```"),
        (["````", "```"], "````"),
        (["```", "  `````  "], ""),
        (["```", "~~~"], "```"),
        (["``"], ""),
    ],
)
def test_a_fence_goes_on_to_a_line_of_as_many_of_its_marks(lines: list[str], fence: str) -> None:
    found = ""
    for line in lines:
        found = fence_after(line, found)
    assert found == fence


def test_code_in_a_line_opens_no_fence_that_turns_those_below_it_inside_out() -> None:
    text = "# R\n\n```recovery``` is told below.\n\n```yaml\nrecovery:\n  system: db\n```\n"
    assert faults(text) == []
    assert list(relative_links(["```ls``` it", "[a](a.md)", "```", "[b](b.md)", "```"])) == [(2, "a.md")]


def test_the_opening_of_another_fence_closes_none() -> None:
    assert faults("# R\n\n```md\n```yaml\nrecovery:\n  system: db\n```\n") == []


def test_tabs_below_code_in_a_line_are_tabs() -> None:
    tabs = '=== "Linux"\n\n    1. Stop it\n    2. Start it\n\n=== "Mac"\n\n    1. Stop it\n    2. Start it\n'
    assert titles(f"# R\n\n```ls``` it\n\n{tabs}") == titles(f"# R\n\n`ls` it\n\n{tabs}")
