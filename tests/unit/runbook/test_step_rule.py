"""The step rule, sentence by sentence as docs/runbooks.md states it."""

from __future__ import annotations

import pytest

from bot.domain.runbook import StepKind
from tests.unit.runbook.making import book, fence, titles


def test_each_section_without_a_list_is_one_step() -> None:
    assert titles("# Restore\n## Stop the app\nStop it.\n## Start the app\nStart it.\n") == [
        "Stop the app",
        "Start the app",
    ]


@pytest.mark.parametrize(
    "title",
    [
        "Overview",
        "1. Purpose and scope",
        "📚 References",
        "What is Vault?",
        "Impact:",
        "**Contacts**",
        "See also",
        "Objetivo",
    ],
)
def test_background_makes_no_step(title: str) -> None:
    read = book(f"# Restore\n## {title}\n1. one\n2. two\n### Detail\nText.\n## Stop the app\nStop it.\n")
    assert [step.title for step in read.steps] == ["Stop the app"]
    assert "### Detail" in read.background[-1][1]


@pytest.mark.parametrize(
    "title", ["Prerequisites", "Before you begin", "VM requirements", "Preconditions", "Prérequis"]
)
def test_preparation_stands_before_the_start(title: str) -> None:
    read = book(f"# Restore\n## {title}\n- a key\n## Stop the app\nStop it.\n")
    assert [step.title for step in read.steps] == ["Stop the app"]
    assert "- a key" in read.before_you_start


def test_a_numbered_heading_is_one_step_with_everything_below_it() -> None:
    text = "# R\n## Restore\n### 1. Stop\n1. a\n2. b\n#### Notes\nText.\n### 2) Start\nGo.\n"
    read = book(text)
    assert [(step.number, step.title, step.section) for step in read.steps] == [
        ("1", "Stop", ("Restore",)),
        ("2", "Start", ("Restore",)),
    ]


def test_a_numbered_heading_with_numbered_headings_is_a_group() -> None:
    read = book("# R\n## 1. Prepare\n### 1.1 Stop\nx\n### 1.2 Copy\nx\n## 2. Start\nx\n")
    assert [(step.number, step.title) for step in read.steps] == [("1.1", "Stop"), ("1.2", "Copy"), ("2", "Start")]


@pytest.mark.parametrize(
    "heading", ["Step 1: Stop", "Task 1 - Stop", "Schritt 1: Stop", "✅ Step 1. Stop", "Étape 1 : Stop"]
)
def test_a_word_for_step_before_the_number_is_no_part_of_the_title(heading: str) -> None:
    step = book(f"# R\n## {heading}\nStop it.\n## Notes\nx\n").steps[0]
    assert (step.number, step.title) == ("1", "Stop")


def test_a_single_number_is_a_name_and_numbers_of_chapters_are_no_steps() -> None:
    assert titles("# 98. Rolling upgrade\n1. one\n2. two\n") == ["one", "two"]
    assert titles("# R\n## 1. Purpose\nx\n## 2. Procedure\n1. one\n2. two\n## 3. Rollback\n- undo\n- tell\n") == [
        "one",
        "two",
        "undo",
        "tell",
    ]


def test_options_and_scenarios_are_parts_not_steps() -> None:
    read = book("# R\n## Option 1: by hand\n1. a\n2. b\n## Option 2: by script\n1. c\n2. d\n")
    assert [step.title for step in read.steps] == ["a", "b", "c", "d"]
    assert [(part.title, part.steps) for part in read.parts] == [
        ("Option 1: by hand", (0, 1)),
        ("Option 2: by script", (2, 3)),
    ]


def test_a_list_goes_on_across_fences_and_images_at_the_margin() -> None:
    text = f"# R\n1. Stop\n\n{fence('stop')}\n2. Copy\n\n![x](y.png)\n\n3. Start\n"
    read = book(text)
    assert [(step.number, step.title, step.kind) for step in read.steps] == [
        ("1", "Stop", StepKind.COMMAND),
        ("2", "Copy", StepKind.MANUAL),
        ("3", "Start", StepKind.MANUAL),
    ]


def test_a_task_list_is_steps_even_of_one_item() -> None:
    assert titles("# R\n## Deploy\n- [ ] Merge it\n## After\n- [x] Tell them\n") == ["Merge it", "Tell them"]


@pytest.mark.parametrize(
    "lead",
    [
        "Note these conditions:",
        "The script then does this for you, it will:",
        "There are three reasons:",
        "This means:",
    ],
)
def test_a_list_of_other_things_is_no_list_of_steps(lead: str) -> None:
    assert titles(f"# R\n## Restore\n{lead}\n\n1. one\n2. two\n") == ["Restore"]


def test_a_lead_in_that_speaks_of_steps_means_steps() -> None:
    assert titles("# R\n## Restore\nIt consists of the following steps:\n\n1. one\n2. two\n") == ["one", "two"]


def test_a_list_of_links_or_of_the_headings_is_an_overview() -> None:
    toc = "1. [Stop](#stop)\n2. [Start](#start)\n"
    plain = "1. Stop the app\n2. Start the app\n"
    body = "## Stop the app\nx\n## Start the app\nx\n"
    assert titles(f"# R\n{toc}{body}") == titles(f"# R\n{plain}{body}") == ["Stop the app", "Start the app"]


def test_bullets_are_steps_behind_a_lead_in_or_in_a_procedure() -> None:
    assert titles("# R\n## Restore\nFollow these steps:\n\n- one\n- two\n") == ["one", "two"]
    assert titles("# R\n## Procedure\n- one\n- two\n") == ["one", "two"]
    assert titles("# R\n## Restore\nWhat to know:\n\n- one\n- two\n") == ["Restore"]


def test_five_bullets_with_fences_at_the_margin_are_steps() -> None:
    bullets = "".join(f"- Look at {name}\n\n{fence(name)}\n" for name in "abcde")
    assert titles(f"# R\n## Check\n{bullets}") == [f"Look at {name}" for name in "abcde"]


def test_fewer_are_one_step_whose_commands_are_shown_one_at_a_time() -> None:
    read = book(f"# R\n## Check\n- Look at a\n\n{fence('a')}\n- Look at b\n\n{fence('b')}")
    assert [(step.title, len(step.commands)) for step in read.steps] == [("Check", 2)]


def test_paragraphs_with_a_bold_number_are_steps() -> None:
    assert titles("# R\n**1.** Stop it\n\nMore.\n\n**Step 2: Start it**\n\nx\n") == ["Stop it", "Start it"]


def test_the_body_of_a_section_with_sections_is_a_step_when_there_is_something_to_do() -> None:
    assert titles("# R\n## Diagnosis\nText.\n### Network\nx\n### Disk\nx\n") == ["Network", "Disk"]
    assert titles(f"# R\n## Diagnosis\n{fence('top')}\n### Network\nx\n") == ["Diagnosis", "Network"]


def test_commands_before_the_first_heading_below_the_title_are_a_step() -> None:
    assert titles(f"# Restart it\n{fence('restart')}\n## Check\nx\n") == ["Restart it", "Check"]


def test_paragraphs_that_lead_to_commands_are_steps_where_all_would_be_one() -> None:
    text = "# Set up\n" + "\n".join(f"Do {name}:\n\n{fence(name)}" for name in ("a", "b", "c"))
    assert titles(text) == ["Do a", "Do b", "Do c"]


def test_tabs_with_lists_are_alternatives_with_steps_of_their_own() -> None:
    tab = '=== "{0}"\n\n    1. Stop {0}:\n\n        ```sh\n        stop {0}\n        ```\n\n    2. Start {0}\n\n'
    read = book("# Upgrade\n" + tab.format("Debian") + tab.format("Fedora") + "Done.\n")
    assert [step.title for step in read.steps] == ["Stop Debian", "Start Debian", "Stop Fedora", "Start Fedora"]
    assert [part.title for part in read.parts] == ["Debian", "Fedora"]
    assert read.steps[0].commands[0].text == "stop Debian\n"


HUGO = '{{{{% tab name="{0}" %}}}}\n1. stop {0}\n2. start {0}\n{{{{% /tab %}}}}\n'
MDX = '<TabItem value="{0}" label="{0}">\n\n1. stop {0}\n2. start {0}\n\n</TabItem>\n'
GITBOOK = '{{% tab title="{0}" %}}\n1. stop {0}\n2. start {0}\n{{% endtab %}}\n'


@pytest.mark.parametrize("tab", [HUGO, MDX, GITBOOK], ids=["hugo", "mdx", "gitbook"])
def test_tabs_of_other_generators_are_read_too(tab: str) -> None:
    read = book("# R\n" + tab.format("A") + tab.format("B") + "\nThen all is well.\n")
    assert [step.title for step in read.steps] == ["stop A", "start A", "stop B", "start B"]
    assert [part.title for part in read.parts] == ["A", "B"]


def test_tabs_with_one_command_each_are_one_step() -> None:
    tab = '=== "{0}"\n\n    ```sh\n    {0} install\n    ```\n\n'
    assert titles("# R\n## Install\n" + tab.format("apt") + tab.format("dnf") + "## Check\nx\n") == ["Install", "Check"]


def test_lists_in_admonitions_are_no_steps() -> None:
    for note in (
        "!!! note\n\n    1. a\n    2. b\n\n",
        ":::note\n\n1. a\n2. b\n\n:::\n\n",
        "> [!NOTE]\n> 1. a\n> 2. b\n\n",
    ):
        assert titles(f"# R\n## Restore\n{note}Do it.\n") == ["Restore"]


def test_nothing_but_background_is_walked_page_by_page_and_nothing_at_all_is_one_step() -> None:
    assert titles("# R\n## Overview\nx\n## References\ny\n") == ["Overview", "References"]
    assert titles("Just text.\n") == ["Just text"]
    assert titles("") == ["book"]


def test_many_steps_are_offered_in_parts() -> None:
    text = "# R\n" + "".join(
        f"## Part of {name}\n" + "".join(f"{n}. Check {name}{n}\n" for n in range(1, 16)) for name in "ab"
    )
    assert [len(part.steps) for part in book(text).parts] == [15, 15]


def test_a_step_with_nothing_to_do_is_read_and_others_are_done() -> None:
    read = book(f"# R\n## Stop the app\nx\n## The cache\nIt should be emptied.\n## List it\n{fence('ls')}")
    assert [step.kind for step in read.steps] == [StepKind.MANUAL, StepKind.INFO, StepKind.COMMAND]


def test_a_step_comment_makes_a_step_of_what_would_be_background() -> None:
    text = "# R\n## Overview\n<!-- step: {kind: approval, by: dba} -->\nSay yes.\n## Stop the app\nStop it.\n"
    read = book(text)
    assert (read.steps[0].title, read.steps[0].kind) == ("Overview", StepKind.APPROVAL)
    assert read.steps[1].title == "Stop the app"


def test_a_step_comment_alone_is_enough_under_a_heading() -> None:
    read = book("# R\n## Wait for the vendor\n<!-- step: {kind: wait, time: 5m} -->\n## Go\nGo.\n")
    assert [step.title for step in read.steps] == ["Wait for the vendor", "Go"]


def test_a_comment_before_an_items_words_hides_none_of_them() -> None:
    read = book("# R\n1. <!-- step: {kind: approval} --> Approve it\n2. <!-- a note -->\n   Start it\n")
    assert [step.title for step in read.steps] == ["Approve it", "Start it"]
    assert read.steps[0].kind is StepKind.APPROVAL


def test_an_ordered_list_of_runbooks_is_walked_and_one_of_headings_is_not() -> None:
    read = book("# All of it\n## Restore\n1. [DNS](dns.md)\n2. [Database](../db.md)\n")
    assert [(step.title, step.opens) for step in read.steps] == [("DNS", "dns.md"), ("Database", "../db.md")]
    assert titles("# R\n## Restore\n1. [Stop](#stop)\n2. [Start](#start)\n## Stop\nx\n## Start\ny\n") == [
        "Stop",
        "Start",
    ]


def test_brackets_that_are_no_link_stay_in_a_title() -> None:
    assert titles("# R\n1. Empty slot a[0] and `b[1]`\n2. [Ask](x.html) them\n") == [
        "Empty slot a[0] and b[1]",
        "Ask them",
    ]


def test_numbers_as_words_and_escaped_numbers_are_the_authors_numbers() -> None:
    assert titles("# R\n## Step one\nStop it.\n### Eg1. The pod\nx\n## Step two\nStart it.\n") == [
        "Step one",
        "Step two",
    ]
    assert titles("**1\\.**\nStop it.\n\n**2\\.** Start it.\n") == ["Stop it", "Start it"]


def test_a_number_that_goes_on_below_a_heading_is_the_next_step() -> None:
    text = "# R\n## 1. Stop\nx\n## 2. Copy\nx\n### 3. Check\nx\n### 4. Start\nx\n"
    assert titles(text) == ["Stop", "Copy", "Check", "Start"]


def test_bullets_that_say_step_and_bullets_of_a_checklist_are_steps() -> None:
    assert [step.number for step in book("# R\n## Undo\n- Step 1: Stop it\n- Step 2: Start it\n").steps] == ["", ""]
    assert titles("# R\n## Undo\n- Step 1: Stop it\n- Step 2: Start it\n") == ["Step 1: Stop it", "Step 2: Start it"]
    assert titles("# R\n## Leaving checklist\nCopy this into a ticket.\n\n- the key\n- the badge\n") == [
        "the key",
        "the badge",
    ]


def test_a_bold_number_may_have_a_letter() -> None:
    read = book("# R\n## Before\n**1. Look at it.** x\n\n**1b. Read the logs.** x\n\n**2. Start it again.** x\n")
    assert [(step.number, step.title) for step in read.steps] == [
        ("1", "Look at it"),
        ("1b", "Read the logs"),
        ("2", "Start it again"),
    ]
