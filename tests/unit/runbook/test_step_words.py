"""The words of a manual step are what people read: neither the marks around them nor what stays hidden."""

from __future__ import annotations

import time

import pytest

from bot.runbook.document import read_document
from bot.runbook.drafts import Draft, Place
from bot.runbook.source import make_source
from bot.runbook.step_words import StepWords
from tests.unit.runbook.making import book, fence

LIST = "# R\n## Steps\n1. Stop the app in the console.\n2. Start it.\n3. Look at it.\n"
TASKS = "# R\n## Steps\n- [ ] Stop the app\n  - ask Ann\n- [ ] Start it\n"


def digests(text: str) -> list[str]:
    return [step.digest for step in book(text).steps]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("2. Start it.\n3. Look", "1. Start it.\n1. Look"),
        ("1. Stop the app in the console.\n2. Start it.\n3.", "1) Stop the app in the console.\n2) Start it.\n3)"),
        (
            "1. Stop the app in the console.\n2. Start it.\n3.",
            "10. Stop the app\n    in the console.\n11. Start it.\n12.",
        ),
        ("console.", "console. <!-- last seen in May -->"),
        ("console.", "console.\n   <!-- last\n\n   seen in May -->"),
        ("1. Stop the app in", "1.  Stop the app\n    in"),
    ],
)
def test_marks_and_numbers_of_a_list_are_no_words(old: str, new: str) -> None:
    assert old in LIST
    assert digests(LIST.replace(old, new)) == digests(LIST)


@pytest.mark.parametrize(
    ("one", "same"),
    [("<https://a.example/x>", "https://a.example/x"), ("![the *green* lamp](a.png)", "![the green lamp](a.png)")],
)
def test_an_address_is_one_however_it_is_written_and_so_are_the_words_of_an_image(one: str, same: str) -> None:
    assert digests(f"# R\n1. Look: {one}\n2. Stop.\n") == digests(f"# R\n1. Look: {same}\n2. Stop.\n")


@pytest.mark.parametrize(("old", "new"), [("[ ] Stop", "[x] Stop"), ("- ", "* "), ("  - ask", "  + ask")])
def test_boxes_and_bullets_are_no_words(old: str, new: str) -> None:
    assert digests(TASKS.replace(old, new)) == digests(TASKS)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("1. Stop it.\n2. Start it.\n", "1. Wait.\n2. Stop it.\n3. Start it.\n"),
        ("- [ ] Stop it.\n- [ ] Start it.\n", "- [ ] Wait.\n- [x] Stop it.\n- [ ] Start it.\n"),
        ("## 1. Stop\nx\n## 2. Start\ny\n", "## 1. Wait\nw\n## 2. Stop\nx\n## 3. Start\ny\n"),
        (
            "## Step 1 of 2: [Stop](a.html)\nx\n## Step 2 of 2: [Start](b.html)\ny\n",
            "## Step 1 of 3: Wait\nw\n## Step 2 of 3: [Stop](a.html)\nx\n## Step 3 of 3: [Start](b.html)\ny\n",
        ),
        ("**1.** Stop it.\n\n**2.** Start it.\n", "**1.** Wait.\n\n**2.** Stop it.\n\n**3.** Start it.\n"),
        ("**Step 1: Stop** it.\n\n**Step 2:** Go.\n", "**Step 1:** Wait.\n\n**Step 2: Stop** it.\n\n**Step 3:** Go.\n"),
    ],
)
def test_a_step_put_in_front_keeps_the_digests_of_all_others(before: str, after: str) -> None:
    assert digests(f"# R\n{after}")[1:] == digests(f"# R\n{before}")
    assert len(digests(f"# R\n{before}")) == 2


def test_numbers_that_are_words_count() -> None:
    text = "# R\n## 1. Wait 1 minute\nx\n## 2. Start it\ny\n"
    assert digests(text.replace("Wait 1", "Wait 9"))[0] != digests(text)[0]
    assert digests(LIST.replace("Stop the app", "Stop 1 app")) != digests(LIST.replace("Stop the app", "Stop 2 app"))


@pytest.mark.parametrize(
    "text",
    [
        "1. Change `<!-- port @ -->` in the file\n2. x\n",
        "1. Change ``a ` <!-- port @ -->`` in the file\n2. x\n",
        "1. Remove the `<!--` and stop @\n2. x\n",
        "1. Remove \\` <!-- it --> `@`\n2. x\n",
        "1. Text with <!-- open\n\n   and @ that is shown -->\n2. x\n",
        f"## Edit the config\nPut:\n\n{fence('<a><!-- <b>@</b> --></a>', info='xml')}",
        f"## Edit the config\nPut:\n\n{fence('a:', '  b: @', info='yaml')}",
        "## Edit the config\nPut:\n\n    <!-- @ -->\n",
        f"## Stop {'it ' * 120}@\nWait.\n",
        "## Open [the console](https://@.example/)\nClick.\n",
        "1. Type \\<!-- port @ --> there\n2. x\n",
        "1. Type <!-- there\n2. and @ --> here\n",
        "1. Stop it:\n   - type <!-- there\n   - and @ --> here\n2. x\n",
        "> <!-- open\n\nStop @ -->\n",
        "## Stop\n<!--> Stop @ -->\n",
        "## Stop\n<!---> Stop @ -->\n",
        "1. Stop <!--> @ --> it\n2. x\n",
        '1. Stop <a title="<!-- @ -->">it</a>\n2. x\n',
        '## Stop\n<div title="<!-- @ -->">it</div>\n',
        "1. Open [it](https://db.example/<!--@-->)\n2. x\n",
        '## Stop\n=== "On @"\n    Stop it.\n=== "On the other"\n    Stop that.\n',
        '## Stop\n!!! danger "Never on @"\n    Stop it.\n',
        "## Stop\n> [!NOTE]\n> Stop @.\n",
        "## Stop\n| name | port |\n|---|---|\n| db | @ |\n",
        "## Stop\n<pre>\n  @\n</pre>\n",
        "## Stop\nLook at ![the lag](@.png).\n",
        "## Stop it\nAs [we said][said].\n## Links to more\n[said]: https://@.example/\n",
    ],
)
def test_what_people_see_counts(text: str) -> None:
    assert digests(f"# R\n{text.replace('@', 'one')}") != digests(f"# R\n{text.replace('@', 'two')}")


@pytest.mark.parametrize(
    "text",
    [
        "1. Stop it <!-- @ -->\n2. x\n",
        "1. Stop `it` <!-- @ ` --> and `that`\n2. x\n",
        "1. Stop \\` it <!-- @ --> \\`\n2. x\n",
        "## Stop\n<!--\n@\n\n```sh\n@\n```\n-->\nStop it.\n",
        "> <!-- @ -->\n> Stop it.\n",
        "> <!-- on\n> @ -->\n> Stop it.\n",
        "## Stop\n<div>Stop <!-- @ --> it.</div>\n",
        "1. Stop `` a`b `` it <!-- @ -->\n2. x\n",
        "## Stop it {#@}\nNow.\n",
        "## Stop it\nNow.\n\n[unused]: https://@.example/\n",
        "## Stop it\nType `[unused]`.\n\n[unused]: https://@.example/\n",
    ],
)
def test_what_nobody_sees_does_not(text: str) -> None:
    assert digests(f"# R\n{text.replace('@', 'one')}") == digests(f"# R\n{text.replace('@', 'two')}")


def test_blanks_in_code_count_and_how_it_is_set_does_not() -> None:
    text = f"# R\n## Edit the config\nPut:\n\n{fence('a:', '  b: 1', info='yaml')}"
    assert digests(text.replace("  b", "    b")) != digests(text)
    assert digests(text.replace("```", "~~~")) == digests(text)


@pytest.mark.parametrize("code", ["`a b`", "``a ` b``", "`` `a b` ``"])
def test_blanks_in_code_of_a_line_count_too(code: str) -> None:
    text = f"# R\n1. Type {code} there\n2. x\n"
    assert digests(text.replace("a ", "a   ")) != digests(text)
    assert digests(text.replace(" there", "\n   there")) == digests(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("## Stop\n| a | b |\n|---|---|\n| c | d |\n", "## Stop\n|a|b|\n|:---|--:|\n|c  |d|\n"),
        ("## Stop it\nNow.\n", "Stop it\n---\nNow.\n"),
        ("## Stop it\nNow.\n", "## Stop it ##\nNow.\n"),
        ("## Stop it\n- [ ] now\n  - or then\n", "## Stop it\n* [x] now\n\n     * or then\n"),
        ("## Stop\n> Stop it\n> now.\n", "## Stop\n> Stop it\nnow.\n"),
        ("1. **Stop** *it* `now`\n2. x\n", "1. __Stop__ _it_ `now`\n2. x\n"),
        ("## **Stop** it\nNow.\n", "## Stop it\nNow.\n"),
        ("1. Stop &amp; go\n2. x\n", "1. Stop & go\n2. x\n"),
        ("1. Stop [it](a.html)\n2. x\n", "1. Stop [it][a]\n2. x\n\n[a]: a.html\n"),
        ("1. Stop [it][a]\n2. x\n\n[a]: a.html\n", "1. Stop [it][b]\n2. x\n\n[b]: <a.html>\n"),
    ],
)
def test_how_the_same_is_written_is_no_word(one: str, other: str) -> None:
    assert digests(f"# R\n{one}") == digests(f"# R\n{other}")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("- If it lags:\n  - stop it\n  - tell Ann\n", "- If it lags:\n  - stop it\n- tell Ann\n"),
        ("- If it lags:\n  - stop it\n\n  Tell Ann\n", "- If it lags:\n  - stop it\n\n    Tell Ann\n"),
        ("| a | b |\n|---|---|\n| stop it | |\n", "| a | b |\n|---|---|\n| stop | it |\n"),
        ("Type it.\n", "Type `it`.\n"),
        ("~~Stop it~~\n", "Stop it\n"),
    ],
)
def test_what_the_same_words_belong_to_counts(one: str, other: str) -> None:
    assert digests(f"# R\n## Stop\n{one}") != digests(f"# R\n## Stop\n{other}")


def test_hostile_texts_are_read_at_once() -> None:
    hostile = (
        "a <!-- " * 60_000 + "\n\n-->",
        "`<!--" * 80_000 + "-->",
        "``` ` <!-- \n" * 30_000,
        "\n> <!--" * 50_000,
        '<div a="' * 60_000,
        "<div>\n" + "<!--" * 100_000,
        "[`" * 90_000 + "](a)",
        "[a](b" * 80_000 + "\n\n[a]: b\n",
        "{#" * 90_000,
    )
    for text in hostile:
        source = make_source(f"## {text[:9000]}\n1. {text}\n", "x.md")
        assert not source.faults
        document = read_document(source)
        begun = time.process_time()
        StepWords(source, document).of(Draft(Place.STEP, "", 0, len(source.lines)))
        assert time.process_time() - begun < 1
