"""Where a sentence of the step rule ends: what is nearly like its case, and is none."""

from __future__ import annotations

import pytest

from tests.unit.runbook.making import book, fence, titles

STOP = "## Stop the app\nStop it.\n"


def test_names_that_look_like_what_something_does_leave_a_list_its_steps() -> None:
    code = fence("look").replace("\n", "\n   ")
    text = f"# R\n## Look through\n1. Logs of the proxy\n\n   {code}\n2. Queries of the API\n\n   {code}\n"
    assert titles(text) == ["Logs of the proxy", "Queries of the API"]


def test_a_table_below_the_name_of_an_action_is_a_step() -> None:
    assert titles(f"# R\n{STOP}## Database failover\n| host | role |\n|-|-|\n| a | new |\n") == [
        "Stop the app",
        "Database failover",
    ]


def test_definitions_below_the_name_of_an_action_are_none() -> None:
    assert titles(f"# R\n{STOP}## Database failover\n- `a`: the old one\n- `b`: the new one\n") == ["Stop the app"]


@pytest.mark.parametrize("start", ["Executing", "Running", "Calling"])
def test_a_list_of_what_a_call_will_do_is_no_list_of_steps(start: str) -> None:
    read = book(f"# R\n{STOP}## Restore it\n{start} `restore` will bring back:\n1. Copy files\n2. Start it\n")
    assert [step.title for step in read.steps] == ["Stop the app", "Restore it"]


def test_a_list_behind_a_call_that_is_asked_for_is_one_of_steps() -> None:
    assert titles("# R\n## Restore it\nBefore running `restore`, in this order:\n1. Copy files\n2. Start it\n") == [
        "Copy files",
        "Start it",
    ]


def test_text_with_nothing_to_do_above_background_alone_is_no_step() -> None:
    assert titles(f"# R\n{STOP}## The cluster\nIt has nine nodes.\n### Overview\nThree are old.\n") == ["Stop the app"]


def test_text_with_something_to_do_above_background_alone_is_a_step() -> None:
    text = f"# R\n{STOP}## The cluster\nYou must drain it.\n### Overview\nThree are old.\n"
    assert titles(text) == ["Stop the app", "The cluster"]


def test_only_the_procedure_below_prerequisites_of_the_highest_level_is_walked() -> None:
    read = book("# Prerequisites\n## Costs\nCheck them.\n## Procedure\n1. Stop it\n2. Wait\n# Start it\nStart it.\n")
    assert [step.title for step in read.steps] == ["Stop it", "Wait", "Start it"]
    assert "## Costs" in read.before_you_start


def test_an_item_that_tells_what_others_run_is_nothing_to_do() -> None:
    jobs = "- a cleaner, for which cron will run `make clean`\n- a sweeper, which is old\n"
    assert titles(f"# R\n{STOP}## The jobs\n{jobs}") == ["Stop the app"]


def test_a_list_of_what_people_must_do_is_steps_and_one_of_what_a_machine_must_do_is_none() -> None:
    bullets = "- Archive it\n- Tell them\n"
    assert titles(f"# R\n## Retire it\nDeveloper(s) MUST:\n{bullets}") == ["Archive it", "Tell them"]
    assert titles(f"# R\n## Retire it\nThe archive job MUST:\n{bullets}") == ["Retire it"]


def test_two_bullets_are_no_procedure_where_the_whole_file_would_be_one_step() -> None:
    assert titles("# Orders\nx\n\n- Stop the app\n- Start it\n") == ["Orders"]
    assert titles("# Orders\nx\n\n- Stop the app\n- Wait\n- Start it\n") == ["Stop the app", "Wait", "Start it"]


def test_an_ordered_list_with_commands_is_work_below_any_title() -> None:
    code = fence("sign").replace("\n", "\n   ")
    read = book(f"# R\n{STOP}## Contributing\n1. Sign it\n\n   {code}\n2. Send it\n## Feedback\n1. Call\n2. Write\n")
    assert [step.title for step in read.steps] == ["Stop the app", "Sign it", "Send it"]
    assert "## Feedback" in read.background[-1][1]


def test_an_ordered_list_of_actions_is_steps_below_a_title_that_ends_like_preparation() -> None:
    read = book(f"# R\n## Console access\n1. Create a ticket\n2. The owner adds you\n{STOP}")
    assert [step.title for step in read.steps] == ["Create a ticket", "The owner adds you", "Stop the app"]
    read = book(f"# R\n## Host requirements\n1. Nine cores\n2. Root access\n{STOP}")
    assert [step.title for step in read.steps] == ["Stop the app"]


@pytest.mark.parametrize(
    "lead",
    ["Maintenance mode will automate the following:", "You can use it in two ways", "This automates the following:"],
)
def test_a_list_of_ways_or_of_what_is_automated_is_no_list_of_steps(lead: str) -> None:
    assert titles(f"# R\n{STOP}## Restore it\n{lead}\n1. Copy files\n2. Start it\n") == ["Stop the app", "Restore it"]
