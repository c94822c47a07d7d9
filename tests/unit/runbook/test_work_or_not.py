"""Finer sentences of the step rule: what is work, what only tells of it, and how far a list goes."""

from __future__ import annotations

import pytest

from tests.unit.runbook.making import book, fence, titles

STOP = "## Stop the app\nStop it.\n"


@pytest.mark.parametrize("title", ["Troubleshooting", "Common issues", "Troubleshooting guide:"])
def test_troubleshooting_behind_steps_is_looked_up_and_not_walked(title: str) -> None:
    read = book(f"# R\n{STOP}## Start it\nStart it.\n## {title}\n### It hangs\n{fence('kill 1')}")
    assert [step.title for step in read.steps] == ["Stop the app", "Start it"]
    assert "### It hangs" in read.background[-1][1]


def test_troubleshooting_is_walked_where_there_are_no_other_steps() -> None:
    trouble = f"## Troubleshooting\n### It hangs\n{fence('kill 1')}"
    assert titles(f"# R\n## Overview\nx\n{trouble}") == ["It hangs"]
    assert titles(f"# R\nData is copied each night.\n\n{trouble}") == ["It hangs"]


def test_troubleshooting_behind_the_only_step_is_looked_up() -> None:
    assert titles(f"# R\n{STOP}## Troubleshooting\n### It hangs\n{fence('kill 1')}") == ["Stop the app"]


def test_a_numbered_heading_with_a_command_is_a_step_beside_those_below_it() -> None:
    text = f"# R\n## 1. Export\n{fence('export')}\n### 1.1 Copy\nCopy it.\n## 2. Import\n{fence('import')}"
    assert [(step.number, len(step.commands)) for step in book(text).steps] == [("1", 1), ("1.1", 0), ("2", 1)]


@pytest.mark.parametrize("title", ["Monitoring and alerts", "Logging", "Staging and production"])
def test_names_of_things_in_ing_are_no_actions(title: str) -> None:
    assert titles(f"# R\n{STOP}## {title}\n- a dashboard\n- another\n") == ["Stop the app"]


def test_a_list_of_what_is_so_above_other_sections_introduces_them() -> None:
    text = f"# R\n{STOP}## The new chart\nIt has changes:\n\n- `c` is gone.\n- `d` too.\n\n### Start it\nStart it.\n"
    read = book(text)
    assert [step.title for step in read.steps] == ["Stop the app", "Start it"]
    assert "is gone" in read.steps[1].context


def test_how_long_something_takes_is_background() -> None:
    assert titles(f"# R\n{STOP}## How long are copies kept?\nYou can see it in the settings.\n") == ["Stop the app"]


def test_boxes_to_tick_below_a_numbered_heading_are_steps() -> None:
    text = "# R\n## 1. Prepare\n- [ ] Tell the team\n- [ ] Stop the app\n## 2. Restore\nRestore it.\n"
    assert titles(text) == ["Tell the team", "Stop the app", "Restore"]


def test_a_numbered_heading_with_a_command_stays_one_step_with_its_boxes() -> None:
    read = book(f"# R\n## 1. Restore\n{fence('restore')}\n- [ ] rows are there\n## 2. Start\n{fence('start')}")
    assert [step.title for step in read.steps] == ["Restore", "Start"]
    assert len(read.steps[0].commands) == 1


def test_numbered_commands_before_the_start_are_steps() -> None:
    text = f"# R\n## Prerequisites\n1. Log in\n\n   {fence('login').replace(chr(10), chr(10) + '   ')}\n2. Look\n"
    assert titles(text + STOP) == ["Log in", "Look", "Stop the app"]


def test_numbered_headings_before_the_start_are_none() -> None:
    read = book(f"# R\n## Prerequisites\n### 1. Versions\nAt least 9.\n### 2. Keys\nTwo of them.\n{STOP}")
    assert [step.title for step in read.steps] == ["Stop the app"]
    assert "### 2. Keys" in read.before_you_start


def test_a_procedure_that_stands_below_what_comes_before_it_is_walked() -> None:
    read = book(
        "# R\nHow to do it.\n## Prerequisites\n- a key\n### Procedure\n1. Stop it\n2. Start it\n### Costs\nNone.\n"
    )
    assert [step.title for step in read.steps] == ["Stop it", "Start it"]
    assert "### Costs" in read.before_you_start


def test_an_ordered_list_of_one_item_is_a_step() -> None:
    assert titles("# R\n## Stop\n1. Stop the app\n## Clean up\n2. Remove the files\n") == [
        "Stop the app",
        "Remove the files",
    ]


def test_a_list_of_what_happens_by_itself_is_no_list_of_steps() -> None:
    happens = "1. Creates the cluster\n2. Copies the data\n3. Deletes the old one\n"
    assert titles(f"# R\n## Release sequence\n{fence('release')}\n{happens}") == ["Release sequence"]


def test_bullets_that_each_hold_code_are_steps() -> None:
    bullet = "- To {0} it use this:\n\n  ```sh\n  {0}\n  ```\n"
    text = "# R\n## Keys\nTwo keys.\n\n" + bullet.format("make") + bullet.format("push") + STOP
    assert titles(text) == ["To make it use this", "To push it use this", "Stop the app"]


def test_bullets_that_are_actions_are_steps_where_the_whole_file_would_be_one() -> None:
    actions = "- Find the node\n- Stop its app\n- Wait 20 seconds\n- Start it again\n"
    assert len(titles(f"# Fail over\nYou may want another node.\n\n{actions}")) == 4
    assert titles(f"# R\n## The node\nLook at it.\n\n{actions}{STOP}") == ["The node", "Stop the app"]


def test_a_list_whose_items_begin_like_the_headings_below_it_sums_them_up() -> None:
    text = "# R\nFollow these steps:\n- Moving data to the new server\n- Stopping the old one for good\n"
    assert titles(f"{text}## Moving data\nMove it.\n## Stopping the old one\nStop it.\n") == [
        "Moving data",
        "Stopping the old one",
    ]


def test_a_list_whose_items_all_begin_like_one_heading_is_none_of_headings() -> None:
    text = "# R\n## Log in\nGet the token.\n## Restore\n1. Log in to the bastion\n2. Log in to the store\n3. Start it\n"
    assert len(titles(text)) == 4


def test_footnotes_are_no_steps() -> None:
    assert titles("# R\n## Restart it\nRestart it.\n\n(1) As of version 3.\n\n(2) On linux.\n") == ["Restart it"]


def test_paragraphs_with_a_number_in_brackets_are_steps() -> None:
    read = book("# R\n## Backup\nFirst look.\n\n(1) Export the jobs.\n\n    rd list\n\n(2) Stop it.\n")
    assert [(step.number, step.title) for step in read.steps] == [("1", "Export the jobs"), ("2", "Stop it")]


def test_a_dot_in_the_middle_ends_a_number() -> None:
    read = book(f"# R\n## 1 \u00b7 Purpose\nx\n{STOP}")
    assert [step.title for step in read.steps] == ["Stop the app"]


@pytest.mark.parametrize(
    "text",
    [
        "If it hangs, run `kill`.",
        "When it is full it must be emptied.",
        "If it is down, then restart/start it with `sv restart it`.",
        "The on-call must restart it.",
        "The index should be rebuilt.",
    ],
)
def test_a_sentence_that_says_what_to_run_or_what_must_be_done_is_work(text: str) -> None:
    assert titles(f"# R\n{STOP}## The cache\n{text}\n") == ["Stop the app", "The cache"]


def test_a_list_behind_a_sentence_that_tells_of_the_fix_is_one_of_steps() -> None:
    text = "# R\n## The cache\n1. Stop it\n\nThe fix:\n\n1. Empty it\n\nNow, to restore it from the old copy:\n\n"
    assert titles(f"{text}1. Copy it\n") == ["Stop it", "Empty it", "Copy it"]


def test_bullets_behind_a_sentence_that_says_what_they_are_for_are_steps() -> None:
    text = "# R\n## The cache\nIt is gone; now, to restore it from the old copy:\n\n- Stop it\n- Fill it\n"
    assert titles(text) == ["Stop it", "Fill it"]


@pytest.mark.parametrize("lead", ["This is useful if you want to:", "Do so when you need to:"])
def test_a_list_of_purposes_is_none(lead: str) -> None:
    text = f"{lead}\n\n- move the service\n- change the disk\n"
    assert titles(f"# R\n## Export it\n{text}{STOP}") == ["Export it", "Stop the app"]


def test_a_heading_with_nothing_below_it_is_a_step_when_it_is_an_order() -> None:
    assert titles(f"# R\n## Watch the dashboard\n## Monitoring\n{STOP}") == ["Watch the dashboard", "Stop the app"]


def test_a_procedure_told_as_a_table_is_a_step() -> None:
    assert titles(f"# R\n{STOP}## Rollback procedure\n| # | Do |\n|--|--|\n| 1 | Restore it |\n") == [
        "Stop the app",
        "Rollback procedure",
    ]


def test_security_is_background_unless_there_are_boxes_to_tick() -> None:
    assert titles(f"# R\n{STOP}## Security\nOnly admins.\n") == ["Stop the app"]
    assert titles(f"# R\n{STOP}## Security\n- [ ] Rotate the key\n") == ["Stop the app", "Rotate the key"]
