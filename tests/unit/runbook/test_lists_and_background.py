"""Which lists are steps, and which titles are background: the finer sentences of docs/runbooks.md."""

from __future__ import annotations

import pytest

from tests.unit.runbook.making import book, fence, titles

TWO = "\n\n1. Copy it\n2. Start it\n"


@pytest.mark.parametrize(
    "lead",
    [
        "The job performs the following steps on its own:",
        "It goes through the nodes and for each of them:",
        "If you see any of these symptoms, call the owners:",
        "You can configure it in three ways:",
        "For older releases, refer to the following:",
        "To use it, you need:",
        "The resources that it makes are:",
        "When the restore runs, the following steps are taken:",
        "Each node will:",
        "E.g. steps for two nodes would be:",
        "Things to call out in these plans:",
    ],
)
def test_a_sentence_that_tells_of_something_else_makes_no_list_of_steps(lead: str) -> None:
    assert titles(f"# R\n## Restore\n{lead}{TWO}") == ["Restore"]


@pytest.mark.parametrize(
    "lead",
    [
        "To restore the files:",
        "Once it is installed:",
        "Things to do before the upgrade:",
        "There are two things you should do:",
        "Proceed as follows:",
        "Otherwise it would need to be made by hand:",
    ],
)
def test_a_sentence_that_asks_for_work_leaves_a_list_its_steps(lead: str) -> None:
    assert titles(f"# R\n## Restore\n{lead}{TWO}") == ["Copy it", "Start it"]


def test_above_the_first_section_a_list_may_sum_up_what_follows() -> None:
    below = "## Build\nx\n## Move\nx\n"
    assert titles(f"# R\nThe high-level steps are:{TWO}{below}") == ["Build", "Move"]
    assert titles(f"# R\nDo this for every node:{TWO}{below}") == ["Copy it", "Start it", "Build", "Move"]
    assert titles(f"# R\n## Restore\nAt a high level it is:{TWO}") == ["Copy it", "Start it"]


def test_bullets_above_the_first_section_are_steps_only_behind_a_word_for_steps() -> None:
    below = "## Check\nx\n"
    assert titles(f"# R\nYou must:\n\n- one\n- two\n\n{below}") == ["one", "two", "Check"]
    assert titles(f"# R\nPlease check the following:\n\n- one\n- two\n\n{below}") == ["Check"]


def test_bullets_that_are_steps_go_on_behind_a_fence() -> None:
    text = f"# R\n## Run\nFollow these steps:\n\n- one\n\nThe event is:\n\n{fence('{}', info='json')}\n- two\n- three\n"
    assert titles(text) == ["one", "two", "three"]


def test_a_list_that_names_the_scenarios_below_it_is_an_overview() -> None:
    text = "# R\n1. All is gone\n2. A part is gone\n\n## Case #1 - All is gone\nx\n## Case #2 - A part is gone\nx\n"
    assert titles(text) == ["Case #1 - All is gone", "Case #2 - A part is gone"]


def test_items_that_only_point_to_another_section_stay_steps() -> None:
    text = "# R\n## Restart\n1. Stop it (see [step 1](#upgrade))\n2. Start it (see [step 2](#upgrade))\n"
    assert titles(text) == ["Stop it (see step 1)", "Start it (see step 2)"]


@pytest.mark.parametrize(
    "title",
    ["Related runbooks", "Supported versions", "Volume types", "How the resize works", "Severity levels", "Issue"],
)
def test_titles_that_begin_or_end_like_background_make_no_step(title: str) -> None:
    assert titles(f"# R\n## {title}\nText.\n## Stop the app\nx\n") == ["Stop the app"]


def test_such_titles_make_steps_where_there_is_something_to_do() -> None:
    assert titles(f"# R\n## Understanding the state\n{fence('status')}\n## Stop\nx\n")[0] == "Understanding the state"
    assert titles(f"# R\n## Supported databases\nText.\n### Restart{TWO}") == ["Copy it", "Start it"]
    assert titles("# R\n## Update the policy\nx\n## Stop\nx\n")[0] == "Update the policy"


def test_text_above_other_sections_introduces_them() -> None:
    below = "### Disks\nWipe them.\n### Tapes\nRemove them.\n"
    read = book(f"# R\n## Delete the data\nConnect.\n\nDelete it.\n\n{below}")
    assert [step.title for step in read.steps] == ["Disks", "Tapes"]
    assert "Delete it." in read.steps[0].context


def test_access_is_preparation_unless_it_says_how() -> None:
    assert book("# R\n## Access\nAsk the desk.\n## Stop\nx\n").before_you_start
    assert titles(f"# R\n## Access\n1. Log in\n\n{fence('login')}\n2. Connect\n") == ["Log in", "Connect"]


def test_bold_numbers_are_steps_below_any_title() -> None:
    text = f"# R\n## Impact\nBad.\n\n**STEP1** - Save\n\n{fence('a')}\n**STEP2** - Patch\n\n{fence('b')}"
    assert titles(text) == ["Save", "Patch"]


def test_titles_lose_anchors_and_emoji_and_keep_placeholders() -> None:
    text = '# R\n## <a id="a"></a>✅ Stop <NAME> { #stop }\nx\n## 步骤\nx\n## Step 2\uff1aStart\nx\n'
    assert titles(text) == ["Stop <NAME>", "步骤", "Start"]


def test_a_title_with_the_actions_in_it_is_no_chapter() -> None:
    text = "# R\n## 1. Prepare\n### A\nx\n## 2. Apply the destructive actions\nx\n"
    assert titles(text) == ["Prepare", "Apply the destructive actions"]
