"""A step's comment that stands where another step ends: it speaks of that one, and its author meant the next."""

from __future__ import annotations

import pytest

from bot.runbook.misplaced_comments import misplaced
from tests.unit.runbook.making import parsed

APPROVAL = "<!-- step: {kind: approval, by: dba} -->"


def said(text: str) -> list[str]:
    return [f"{fault.line}: {fault.message}" for fault in misplaced(parsed(text))]


def test_a_comment_above_a_heading_is_told_to_speak_of_the_step_before_it() -> None:
    text = f"# R\n## Stop it\nStop.\n\n{APPROVAL}\n\n## Promote it\nPromote.\n"
    assert said(text) == ["5: the step's comment stands above “Promote it” and speaks of “Stop it”."]
    (fault,) = misplaced(parsed(text))
    assert (fault.severity, fault.helps) == ("warning", "Move it below the heading of the step that it is meant for.")


@pytest.mark.parametrize("comment", ["<!-- step:\n  kind: approval\n-->", "<!--\nstep: {kind: approval}\n-->"])
def test_a_comment_of_several_lines_is_told_of_too(comment: str) -> None:
    assert said(f"# R\n## Stop it\nStop.\n\n{comment}\n\n## Go\nGo.\n") == [
        "5: the step's comment stands above “Go” and speaks of “Stop it”."
    ]


def test_a_comment_above_the_first_heading_is_told_to_make_a_step_of_the_title() -> None:
    assert said(f"# R\n{APPROVAL}\n## Stop it\nStop.\n## Go\nGo.\n") == [
        "2: the step's comment stands above “Stop it” and speaks of “R”."
    ]


def test_a_comment_at_the_margin_of_a_list_is_told_to_speak_of_the_item_before_it() -> None:
    text = f"# R\n1. Stop it\n2. Wait\n{APPROVAL}\n3. Promote it\n4. Go\n"
    assert said(text) == ["4: the step's comment stands above “Promote it” and speaks of “Wait”."]
    assert next(misplaced(parsed(text))).helps == "Indent it below the item that it is meant for."


@pytest.mark.parametrize(
    "text",
    [
        f"# R\n## Stop it\n{APPROVAL}\nStop.\n## Go\n\n{APPROVAL}\n\n## On\n{APPROVAL}\n",
        f"# R\n## Approve it\n{APPROVAL}\n## Go\nGo.\n",
        f"# R\n1. Stop it\n   {APPROVAL}\n2. Go {APPROVAL}\n3. On\n\n   {APPROVAL}\n",
        f"# R\n1. Stop it\n2. Go\n\n```\n{APPROVAL}\n```\n3. On\n",
        f"# R\n## Stop it\nStop.\n```html\n{APPROVAL}\n```\n## Go\nGo.\n",
        f"# R\n## Stop it\nStop.\n\n{APPROVAL}\n",
        f"# Stop it\n{APPROVAL}\nStop.\n",
        f"# R\n## Stop it\nStop.\n\n    {APPROVAL}\n\n## Go\nGo.\n",
        "# R\n## Stop it\nStop.\n\n<!-- note -->\n\n## Go\nGo.\n",
    ],
)
def test_a_comment_in_its_place_is_passed_over(text: str) -> None:
    assert said(text) == []


@pytest.mark.parametrize("comment", ["<!--- step: {kind: approval} --->", "<!--! step: {kind: approval} -->"])
def test_a_comment_with_other_marks_is_nearly_ours(comment: str) -> None:
    (fault,) = parsed(f"## Stop it\n{comment}\nStop.\n").runbook.faults
    assert (fault.line, fault.severity, fault.helps) == (2, "fault", "Write <!-- step: {key: value} -->.")
