"""What looks like something else: front matter that is none, lists that go on, links that are defined elsewhere."""

from __future__ import annotations

import pytest

from tests.unit.runbook.making import book, fence, titles

STOP = "## Stop the app\nStop it.\n"


@pytest.mark.parametrize(
    "text",
    [
        "---\n\n# R\n\n1. Stop the app\n2. Copy the data\n\n---\n\n## Afterwards\n\nTell them.\n",
        "---\n# R\n1. Stop the app\n2. Copy the data\n---\n## Afterwards\nTell them.\n",
        "+++\n\n# R\n\n1. Stop the app\n2. Copy the data\n\n+++\n\n## Afterwards\n\nTell them.\n",
        "---\n## Restore\n\nNote: be quick\n\n1. Stop the app\n2. Copy the data\n---\n\n## Afterwards\nTell them.\n",
        "---\nRun these, in order:\n\n1. Stop the app\n2. Copy the data\n\n---\n\n## Afterwards\n\nTell them.\n",
        "---\n[Home](a.md)\n\n# R\n\n1. Stop the app\n2. Copy the data\n\n---\n\n## Afterwards\n\nTell them.\n",
        "---\n\n# R\n\nNote: be quick\n\n1. Stop the app\n2. Copy the data\n\n---\n\n## Afterwards\n\nTell them.\n",
    ],
)
def test_a_rule_at_the_top_of_a_file_opens_no_front_matter_without_keys(text: str) -> None:
    read = book(text)
    assert [step.title for step in read.steps] == ["Stop the app", "Copy the data", "Afterwards"]
    assert read.faults == ()


@pytest.mark.parametrize(
    "top", ["# made by hand\ntitle: Orders", "\ntitle: Orders", '"title": Orders', "{title: Orders}"]
)
def test_keys_at_the_top_of_a_file_are_front_matter(top: str) -> None:
    read = book(f"---\n{top}\n---\n{STOP}")
    assert (read.title, len(read.steps)) == ("Orders", 1)


def test_our_key_makes_front_matter_of_anything_so_that_it_is_never_passed_over() -> None:
    read = book(f"---\n\n# R\n\nrecovery:\n  execute: true\n  nonsense\n---\n{STOP}")
    assert any("YAML" in str(fault) for fault in read.faults)


RULED = "---\n\n{inside}\n\n1. Stop the app\n2. Copy the data\n\n---\n\n## Afterwards\n\nTell them.\n"


@pytest.mark.parametrize(
    "inside",
    [
        "# R\n\nIts front matter:\n\n```yaml\nrecovery:\n  system: orders\n```",
        "# R\n\n~~~\nrecovery: {system: orders}\n~~~",
        "# R\n\nrecovery: takes four hours",
        "# R\n\nrecovery:\n\n- of orders",
        "Note: be quick\n\n# R",
        "recovery: how we do it\n\n# R",
        "Note: be quick\n\n```sh\nls\n```",
        "Note: be quick",
    ],
)
def test_text_between_two_rules_is_walked_whatever_stands_in_it(inside: str) -> None:
    read = book(RULED.format(inside=inside))
    assert [step.title for step in read.steps] == ["Stop the app", "Copy the data", "Afterwards"]
    assert read.faults == ()


@pytest.mark.parametrize(
    "inside",
    [
        "# ours\n\nrecovery:\n  execute: true",
        "title: R\n\n# ours\n\nrecovery: {execute: true}",
        "title: R\nnotes: |\n  # Read\n\n  ```\n  1. x\n  ```\nrecovery: {execute: true}",
        "aliases:\n- 1. Old\n- b\n\n# ours\n\nrecovery: {execute: true}",
    ],
)
def test_comments_and_blocks_of_text_take_nothing_from_front_matter(inside: str) -> None:
    read = book(f"---\n{inside}\n---\n{STOP}")
    assert (read.execute, len(read.steps), read.faults) == (True, 1, ())


@pytest.mark.parametrize(
    "ours", ["recovery:\n\texecute: true", "recovery: {execute: true", "recovery:\n   a: b\n  c: d"]
)
def test_front_matter_that_is_nearly_yaml_is_told_not_walked(ours: str) -> None:
    read = book(f"---\ntitle: R\n\n# ours\n\n{ours}\n---\n{STOP}")
    assert [step.title for step in read.steps] == ["Stop the app"]
    assert [fault.severity for fault in read.faults] == ["fault"]


@pytest.mark.parametrize("top", ["---", "---\n", "***\n", "\n- - -\n", "---\n\n<!-- draft -->\n\n---"])
def test_a_rule_above_the_title_is_no_background_to_read(top: str) -> None:
    read = book(f"{top}\n# R\n\n---\n\n1. Stop the app\n2. Copy the data\n")
    assert (read.title, len(read.steps), read.background) == ("R", 2, ())


def test_a_file_of_front_matter_alone_is_one_step_on_its_last_line() -> None:
    (step,) = book("---\ntitle: x\n---").steps
    assert (step.line, step.end_line, step.text) == (3, 3, "")


@pytest.mark.parametrize("heading", ["Expected output", "Details", "Note", "Why"])
def test_a_list_that_goes_on_below_background_is_still_the_procedure(heading: str) -> None:
    text = f"# R\n## Restore\n1. Stop it\n\n#### {heading}\nstopped\n\n2. Start it\n3. Check it\n"
    assert titles(text) == ["Stop it", "Start it", "Check it"]


def test_a_list_that_begins_anew_below_background_is_none() -> None:
    assert titles("# R\n## Restore\n1. Stop it\n\n#### Details\n1. Old\n2. New\n") == ["Stop it"]


def test_a_link_that_is_defined_elsewhere_goes_where_it_is_used() -> None:
    text = "# R\n1. Open [the console][con]\n2. Check [con] and [this]\n3. Wait\n\n[con]: https://con.example/\n"
    first, second, third = book(text).steps
    assert first.text.endswith("\n\n[con]: https://con.example/")
    assert second.text.endswith("\n\n[con]: https://con.example/")
    assert third.text.count("[con]:") == 1
    moved = book(text.replace("con.example", "new.example")).steps
    assert [one.digest == two.digest for one, two in zip((first, second, third), moved, strict=True)] == [
        False,
        False,
        True,
    ]


def test_links_in_what_is_shown_on_request_are_defined_there_too() -> None:
    text = f"# R\n## Overview\nSee [the map][m].\n## Prerequisites\n- [a key][k]\n{STOP}\n[m]: m.md\n[K]: k.md\n"
    read = book(text)
    assert read.background[0][1].endswith("[m]: m.md")
    assert read.before_you_start.endswith("[K]: k.md")


def test_a_heading_that_is_a_link_or_too_long_for_a_title_is_in_the_text_too() -> None:
    linked, long = book(f"# R\n## [Open it](https://c.example/)\nClick.\n## Stop {'it ' * 120}now\nWait.\n").steps
    assert (linked.title, linked.text) == ("Open it", "## [Open it](https://c.example/)\nClick.")
    assert long.text.endswith("now\nWait.")


def test_a_first_heading_that_says_other_than_the_title_is_shown_on_request() -> None:
    text = "---\ntitle: Restore orders\n---\n# Restore orders: NEVER in business hours\n" + STOP
    assert "NEVER in business hours" in str(book(text).background)


def test_work_below_a_title_of_background_that_names_work_is_walked() -> None:
    assert titles(f"# R\n{STOP}## To do\n- [ ] Turn the alerts on\n- [ ] Tell them\n") == [
        "Stop the app",
        "Turn the alerts on",
        "Tell them",
    ]
    assert titles(f"# R\n{STOP}## Next steps\n1. Turn the alerts on again.\n2. Run it once.\n") == [
        "Stop the app",
        "Turn the alerts on again",
        "Run it once",
    ]
    assert titles(f"# R\n{STOP}## Next steps\n1. [Read more](a.md)\n2. [Upgrade it](b.md)\n") == ["Stop the app"]


@pytest.mark.parametrize(
    "title", ["What should I do if the primary is down?", "What do we do when it hangs?", "Who do I call?"]
)
def test_a_question_of_what_to_do_is_work(title: str) -> None:
    assert titles(f"# R\n{STOP}## {title}\n1. Promote the replica\n2. Point the API to it\n") == [
        "Stop the app",
        "Promote the replica",
        "Point the API to it",
    ]


@pytest.mark.parametrize(("one", "two"), [("1.28 to 1.29", "1.29 to 1.30"), ("3.5 → 3.6", "3.6 → 3.7")])
def test_versions_are_no_numbers_of_steps(one: str, two: str) -> None:
    text = f"# R\n## {one}\n### Drain the node\nDrain it.\n## {two}\n### Upgrade it\nUpgrade it.\n"
    assert titles(text) == ["Drain the node", "Upgrade it"]


def test_codes_of_errors_are_no_numbers_of_steps() -> None:
    text = "# R\n## 503: upstream is down\n1. Restart nginx\n2. Check it\n## 504: too slow\n1. Restart it\n2. Wait\n"
    assert titles(text) == ["Restart nginx", "Check it", "Restart it", "Wait"]


@pytest.mark.parametrize("number", ["Step 1 of 2:", "Step 1/2:", "Step 1/2 -"])
def test_how_many_steps_there_are_is_no_part_of_a_title(number: str) -> None:
    first, _ = book(f"# R\n## {number} Stop the app\nx\n## Step 2 of 2: Start it\n{fence('start')}").steps
    assert (first.title, first.number) == ("Stop the app", "1")


def test_a_number_of_things_stays_in_the_title() -> None:
    first, _ = book(f"# R\n## Step 1 of 2 nodes\nx\n## Step 2 of 2 nodes\n{fence('start')}").steps
    assert (first.title, first.number) == ("of 2 nodes", "1")


def test_numbered_headings_go_on_behind_99() -> None:
    text = "# R\n" + "".join(f"## {number}. Restart it\nDo so.\n### Note\nx\n" for number in range(98, 103))
    assert [step.number for step in book(text).steps] == ["98", "99", "100", "101", "102"]


def test_a_definition_that_very_many_steps_use_makes_no_bomb_of_them() -> None:
    steps = book("# R\n" + "1. [a]\n" * 2_000 + '\n[a]: x "' + "A" * 100_000 + '"\n').steps
    assert sum(len(step.text) for step in steps) < 400_000


HIDDEN = "a fence opens here and nothing closes it: all that follows is code. Close it with ```, as far in as it opens."


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("## Stop\n```sh\nls\n## Start\nStart it.\n", 2),
        ("---\nowner: a\n---\n1. Stop\n   ```sh\n   ls\n```\n2. Start\n", 7),
        ("## Stop\n````sh\nls\n```\n## Start\n", 2),
        ("## Stop\n```", 2),
        ("## Stop\n```sh\nls\n    ```\n", 2),
    ],
)
def test_a_fence_that_nothing_closes_is_told_for_it_hides_steps(text: str, line: int) -> None:
    (fault,) = book(text).faults
    assert (fault.line, fault.severity) == (line, "warning")
    assert f"{fault.message} {fault.helps}" == HIDDEN.replace("```", "````" if "````" in text else "```")


@pytest.mark.parametrize(
    "text",
    [
        "## Stop\n```sh\nls\n```",
        "## Stop\n~~~sh\nls\n~~~~  \n\n",
        "## Stop\n> ```sh\n> ls\n> ```\n",
        "1. Stop\n   ```sh\n   ls\n   ```\n",
        "## Stop\n\n    ls\n",
        '=== "A"\n    ```sh\n    ls\n    ```\n',
        "- ```sh\n  ls\n  ```",
    ],
)
def test_a_fence_that_is_closed_is_none(text: str) -> None:
    assert book(text).faults == ()
