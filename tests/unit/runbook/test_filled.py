"""A step's markdown with its values: in its commands and its inline code, quoted, and nothing else changed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.frozen_plan import Mode
from bot.domain.recovery import begin_unit
from bot.domain.recovery_state import Captured
from bot.domain.runbook import Command
from bot.runbook.filled import filled, known_values, said_text, says_title
from tests.fakes.histories import manual, plan_of, system

SSH = Command("", "sh", "ssh <db host> df\n", "ssh <db host> df\n", 3)


def test_values_stand_in_the_commands_indented_or_not_and_not_in_prose() -> None:
    text = "Log in to <db host>:\n\n   ```sh\n   ssh <db host> df\n   ```\n> ssh <db host> df\n"
    want = "Log in to <db host>:\n\n   ```sh\n   ssh 'db 1' df\n   ```\n> ssh 'db 1' df\n"
    assert filled(text, [SSH], {"DB_HOST": "db 1"}) == want


def test_what_is_not_known_stays_as_the_author_wrote_it() -> None:
    assert filled("```\nssh <db host> df\n```", [SSH], {}) == "```\nssh <db host> df\n```"


def test_a_value_cannot_end_the_code_that_it_stands_in() -> None:
    command = replace(SSH, text="<value>\n")
    assert filled("```sh\n<value>\n```", [command], {"VALUE": "```"}) == "```sh\n'```'\n```"


def test_a_language_without_placeholders_is_left_alone() -> None:
    command = replace(SSH, language="xml", text="<db>\n")
    assert filled("```xml\n<db>\n```", [command], {"DB": "x"}) == "```xml\n<db>\n```"


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("1. Log in with `ssh <host>`, then\n   `df`.", "1. Log in with `ssh db1`, then\n   `df`."),
        ("Open `{{ HOST }}` and ``<host> `x` ``.", "Open `db1` and ``db1 `x` ``."),
        ("> - ticket for `<host>\n>   $HOST`", "> - ticket for `db1\n>   db1`"),
        ("## On `<host>`", "## On `db1`"),
        ("Use <host>, \\`<host>\\` and `<other>`.", "Use <host>, \\`<host>\\` and `<other>`."),
        (
            "    `<host>`\n\n```text\n`<host>`\n```\n<p>`<host>`</p>",
            "    `<host>`\n\n```text\n`<host>`\n```\n<p>`<host>`</p>",
        ),
        ("On `<host>`:\r\n\rAnd\r`<host>`\r\n", "On `db1`:\r\n\rAnd\r`db1`\r\n"),
        ("One ` of <host> and `` of <host>.", "One ` of <host> and `` of <host>."),
    ],
)
def test_inline_code_of_a_step_shows_the_values_that_were_asked(text: str, want: str) -> None:
    assert filled(text, [], {"HOST": "db1"}) == want


@pytest.mark.parametrize(
    ("value", "want"),
    [("db 1", "`ssh 'db 1'`"), ("a`b", "``ssh 'a`b'``"), ("a|b", "`ssh 'a|b'`")],
)
def test_a_value_is_quoted_in_inline_code_and_cannot_end_it(value: str, want: str) -> None:
    assert filled("Run `ssh <host>`.", [], {"HOST": value}) == f"Run {want}."


def test_a_value_cannot_end_the_cell_of_a_table() -> None:
    table = "| do | on |\n|---|---|\n| `ssh <host>` | `<host>` |"
    want = "| do | on |\n|---|---|\n| `ssh 'a\\|b'` | `'a\\|b'` |"
    assert filled(table, [], {"HOST": "a|b"}) == want


def test_what_stands_before_a_step_shows_the_values_too() -> None:
    step = replace(manual("one"), context="On `<host>`:", text="Run `df`.")
    assert said_text(step, {"HOST": "db1"}) == "On `db1`:\n\nRun `df`."


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("1. Ask **the vendor** to [restart](x.md) it\n   now", True),
        ("1. Ask the vendor", False),
        ("Open `psql`", False),
    ],
)
def test_a_title_that_the_text_says_is_known_behind_its_marks(text: str, says: bool) -> None:  # noqa: FBT001 - a table
    assert says_title(replace(manual("one"), title="Ask the vendor to restart it", text=text)) is says


def test_secrets_are_no_values_to_show() -> None:
    unit = system("db", manual("one"), secrets=(("TOKEN", "env:TOKEN"),))
    captured = {"JOB": Captured("42", "one", 1), "KEY": Captured("", "one", 1, secret=True)}
    state = replace(begin_unit(unit, Mode.REAL), captured=captured)
    plan = plan_of(unit, inputs=(("HOST", "db1"), ("TOKEN", "never")))
    assert known_values(plan, state) == {"HOST": "db1", "JOB": "42"}
