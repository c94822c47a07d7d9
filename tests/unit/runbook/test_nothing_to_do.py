"""What says nothing to do makes no step, and what does stays one."""

from __future__ import annotations

import pytest

from tests.unit.runbook.making import book, fence, titles

STOP = "## Stop the app\nStop it.\n"
THINGS = "The data of it is in the cloud.\n\n- the reader\n- the writer\n"


def test_a_list_of_things_is_background_wherever_it_stands() -> None:
    assert titles(f"# R\n## Parts of it\n{THINGS}{STOP}## Others\n{THINGS}") == ["Stop the app"]


@pytest.mark.parametrize("title", ["Recovery", "Database migration", "Restarting", "How to find it", "Optional: retry"])
def test_a_title_that_names_an_action_is_a_step_whatever_stands_below_it(title: str) -> None:
    assert titles(f"# R\n## {title}\n{THINGS}{STOP}")[1:] == ["Stop the app"]


@pytest.mark.parametrize(
    "line",
    [
        "Restart it.",
        "If the pod is gone, restart it.",
        "You should have an eye on the queue.",
        "- to restart it, press the button\n- the writer",
        "- `systemctl restart app`\n- the writer",
    ],
)
def test_a_sentence_or_an_item_that_tells_to_do_something_makes_its_section_a_step(line: str) -> None:
    assert titles(f"# R\n## The pods of it\n{line}\n{STOP}") == ["The pods of it", "Stop the app"]


def test_text_in_which_there_is_nothing_to_do_is_background() -> None:
    text = "It is the queue of the shop.\n"
    assert titles(f"# R\n## The queue\n{text}{STOP}## The topic\n{text}") == ["Stop the app"]


def test_what_is_not_in_english_is_left_alone() -> None:
    text = (
        "# R\n## Arr\u00eat\n1. Couper le trafic\n2. D\u00e9brancher la base\n## Les acteurs\n- la base\n- le trafic\n"
    )
    assert titles(text) == ["Couper le trafic", "D\u00e9brancher la base", "Les acteurs"]


def test_an_ordered_list_of_things_is_no_list_of_steps() -> None:
    things = "1. Loss of the disk\n2. Loss of the site\n"
    assert titles(f"# R\n## Kinds of it\n{things}{STOP}") == ["Stop the app"]
    assert titles(f"# R\n## Kinds of it\nFollow these steps:\n\n{things}{STOP}")[0] == "Loss of the disk"
    assert titles(f"# R\n## Restore procedure\n{things}{STOP}")[0] == "Loss of the disk"


def test_a_list_that_a_machine_works_off_is_background() -> None:
    text = "The `mend.sh` script automatically attempts the following:\n\n1. Clean `/tmp`\n2. Restart the app\n"
    assert titles(f"# R\n## Automatic repair\n{text}{STOP}") == ["Stop the app"]


def test_a_word_that_is_a_noun_too_is_an_action_only_before_its_object() -> None:
    assert titles(f"# R\n## Backup schedule\nEach night at 3.\n{STOP}") == ["Stop the app"]
    assert titles(f"# R\n## Log a ticket for resources\nIn the desk.\n{STOP}")[0] == "Log a ticket for resources"


@pytest.mark.parametrize("title", ["# Description", "## Detection", "## About the cache role"])
def test_work_below_background_of_some_titles_is_still_work(title: str) -> None:
    work = f"### Clear the cache\n{fence('clear')}"
    assert titles(f"# R\n{STOP}{title}\nIt is a cache.\n{work}") == ["Stop the app", "Clear the cache"]
    assert titles(f"# R\n{STOP}## Prevention\nIt is a cache.\n{work}") == ["Stop the app"]


def test_boxes_to_tick_are_steps_below_a_title_that_only_begins_like_background() -> None:
    assert titles(f"# R\n{STOP}## Background jobs\n- [ ] The scheduler runs\n")[1:] == ["The scheduler runs"]


def test_a_tab_of_prerequisites_stands_before_the_start() -> None:
    tab = '<Tabs>\n<TabItem value="p" label="Prerequisites">\n\n- a key\n\n</TabItem>\n</Tabs>\n'
    read = book(f"# R\n## Restore\n{tab}\n{STOP}")
    assert "- a key" in read.before_you_start
    assert [step.title for step in read.steps] == ["Stop the app"]


def test_a_picture_is_no_command() -> None:
    assert titles(f"# R\n## The flow\n{fence('graph TD', info='mermaid')}{STOP}") == ["Stop the app"]


def test_names_alone_are_no_steps_even_behind_a_sentence_that_leads_in() -> None:
    text = "To see the pods that should be named either:\n\n- `app-one`\n- `app-two`\n\n"
    assert titles(f"# R\n## The pods\n{text}{fence('kubectl get pods')}{STOP}") == ["The pods", "Stop the app"]


def test_what_is_assumed_is_no_step() -> None:
    assert titles(f"# R\nThese procedures assume that:\n\n- it is deployed\n- it is tested\n\n{STOP}") == [
        "Stop the app"
    ]


def test_a_heading_with_nothing_below_it_is_a_step_when_it_is_an_action() -> None:
    assert titles(f"# R\n{STOP}## Turn the alerts on\n## The rest\n") == ["Stop the app", "Turn the alerts on"]


def test_bullets_below_a_title_that_begins_like_a_procedure_are_steps() -> None:
    assert titles("# R\n## Process to leave\n- the key\n- the badge\n") == ["the key", "the badge"]


@pytest.mark.parametrize(
    "section",
    [
        "Rollback procedure\n1. `./stop.sh`\n2. `./start.sh`\n",
        "Steps\n- [ ] `./stop.sh`\n- [ ] `./start.sh`\n",
        "Foo\nFollow these steps:\n\n1. `./stop.sh`\n2. `./start.sh`\n",
    ],
)
def test_commands_of_one_word_are_steps_where_steps_are_told(section: str) -> None:
    assert titles(f"# R\n## {section}") == ["./stop.sh", "./start.sh"]


def test_what_to_do_with_each_of_several_names_is_steps_behind_a_word_for_steps() -> None:
    bullets = "Follow these steps:\n\n- `api`: scale to zero\n- `db`: stop it\n"
    assert titles(f"# R\n## Foo\n{bullets}") == ["api: scale to zero", "db: stop it"]


def test_only_what_has_work_comes_through_background() -> None:
    text = f"## Detection\n### Restart it\n{fence('restart')}### Others\ntext is here\n"
    read = book(f"# R\n{STOP}{text}")
    assert [step.title for step in read.steps] == ["Stop the app", "Restart it"]
    assert any("text is here" in said for _, said in read.background)


def test_what_is_left_to_do_by_hand_is_a_step_beside_a_list_that_a_machine_works_off() -> None:
    text = "The script does the following:\n\n1. Clean it\n2. Copy it\n\nThen restart the app by hand.\n"
    assert titles(f"# R\n## The repair\n{text}{STOP}") == ["The repair", "Stop the app"]
