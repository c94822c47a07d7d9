"""Which links a check follows, and that no link stops it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from bot.runbook.links import link_only, relative_links
from bot.runbook.lint import check_folder
from tests.unit.runbook.making import book

if TYPE_CHECKING:
    from pathlib import Path


def dead(tmp_path: Path, body: str) -> list[tuple[int, str]]:
    (tmp_path / "ops").mkdir(exist_ok=True)
    (tmp_path / "ops" / "book.md").write_text(f"---\nowner: me\n---\n# R\n1. Stop it\n\n{body}\n")
    found = check_folder(tmp_path, {}, date(2026, 11, 22)).faults
    return [(one.line, one.message.split("“")[1].split("”")[0]) for one in found if "leads nowhere" in one.message]


@pytest.mark.parametrize(
    ("body", "target"),
    [
        ("[a](gone.md)", "gone.md"),
        ("[a](<gone away.md>)", "gone away.md"),
        ("[a](gone_(old).md 'title')", "gone_(old).md"),
        ('![a](gone.png "title")', "gone.png"),
        ("[a]: gone.md", "gone.md"),
        ("``a ` b`` [a](gone.md#x) `c`", "gone.md#x"),
    ],
)
def test_a_link_that_leads_nowhere_is_told_however_it_is_written(tmp_path: Path, body: str, target: str) -> None:
    assert dead(tmp_path, f"See {body}" if "]:" not in body else body) == [(7, target)]


@pytest.mark.parametrize(
    "body",
    [
        "<!-- [a](gone.md)\n[b](gone.md) -->",
        "`[a](gone.md)` and ``[b](`gone.md)``",
        "[^1]: a note",
        "[NOTE]: do not stop it",
        "[a](https://x.org) [b](/root.md) [c](#here) [d]({{ url }}) [d](${URL}/a) [e](mailto:a@b.c)",
        "~~~\n[a](gone.md)\n~~~",
    ],
)
def test_what_is_no_relative_link_is_left_alone(tmp_path: Path, body: str) -> None:
    assert dead(tmp_path, body) == []


@pytest.mark.parametrize("target", ["other", "other/", "other.html", "../other/", "../ops/other", "../img", "other.md"])
def test_pages_of_site_generators_lead_to_their_markdown(tmp_path: Path, target: str) -> None:
    (tmp_path / "img").mkdir()
    (tmp_path / "ops").mkdir()
    (tmp_path / "ops" / "other.md").write_text("---\nowner: me\n---\n1. Go on\n")
    assert dead(tmp_path, f"[a]({target})") == []


def test_a_target_with_blanks_is_told_to_be_no_link(tmp_path: Path) -> None:
    (tmp_path / "ops").mkdir()
    (tmp_path / "ops" / "the vault.md").write_text("---\nowner: me\n---\n1. Go on\n")
    (tmp_path / "ops" / "book.md").write_text(
        "---\nowner: me\n---\n1. See [a](the vault.md#x y) `[b](c d.md)`\n2. [e](f 'g.md')\n"
    )
    first, second = check_folder(tmp_path, {}, date(2026, 11, 22)).faults
    assert (first.line, first.message) == (4, "“(the vault.md#x y)” is no link: there are blanks in it.")
    assert first.helps == "Write (<the vault.md#x y>), or %20 for each."
    assert second.message == "the link “f” leads nowhere."


def test_a_target_longer_than_any_name_leads_nowhere(tmp_path: Path) -> None:
    assert dead(tmp_path, f"[a]({'a' * 5000}.md)") == [(7, "a" * 5000 + ".md")]


def test_a_link_in_angle_brackets_opens_a_runbook_too() -> None:
    assert link_only("1. [Unseal](<the vault.md>)") == "the vault.md"


@pytest.mark.timeout(5)
@pytest.mark.parametrize(
    "line",
    [
        "[a](b.md)" + "[" * 200_000,
        "`" * 100_000 + "a" * 100_000 + "[a](b.md)",
        "](a" * 100_000,
        "](a " * 90_000,
        "` `` " * 50_000,
    ],
)
def test_hostile_lines_are_looked_at_in_time(line: str) -> None:
    assert len(list(relative_links([line]))) <= 100_000


@pytest.mark.parametrize("before", ["", "## Steps\n1. One\n2. Two\n\n", "## Overview\nText.\n\n"])
def test_an_include_is_a_step_of_its_own_wherever_it_stands(before: str) -> None:
    text = f"# T\n{before}## Vault\n<!-- include: vault.md -->\n## References\n<!-- include: db.md#Check -->\n"
    read = book(text)
    assert [step.opens for step in read.steps if step.opens] == ["vault.md", "db.md#Check"]
    assert read.faults == ()
