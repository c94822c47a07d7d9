"""A runbook that opens another has a digest that covers what is walked there; and the room stands alone."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from bot.runbook.library import load
from tests.unit.runbook.making import fence

if TYPE_CHECKING:
    from pathlib import Path

MAIN = "## Unseal\n[keys](sub/keys.md#keys)\n## Go\nGo on.\n"
KEYS = "## Keys\n1. First\n2. Second\n## Notes for later\nSome words.\n"


def digests(folder: Path, keys: str = KEYS, main: str = MAIN) -> tuple[str, str, str]:
    """Of the runbook, of its step that opens another, and of the step behind that."""
    (folder / "sub").mkdir(exist_ok=True)
    (folder / "main.md").write_text(main)
    (folder / "sub" / "keys.md").write_text(keys)
    book = load(folder, {}).runbooks[0]
    return book.digest, book.steps[0].digest, book.steps[1].digest


def test_what_is_done_in_an_opened_runbook_changes_the_digest_of_whoever_opens_it(tmp_path: Path) -> None:
    before, after = digests(tmp_path), digests(tmp_path, KEYS.replace("Second", "Third"))
    assert before[0] != after[0]
    assert before[1] != after[1]
    assert before[2] == after[2]


def test_whether_what_is_opened_runs_or_is_only_shown_changes_it_too(tmp_path: Path) -> None:
    head = "---\nrecovery: {execute: true%s}\n---\n"
    body = "## Keys\n" + fence("true", info='sh {"name":"x"}')
    runs, shown = (digests(tmp_path, head % more + body) for more in ("", ", system: vault"))
    assert runs[1] != shown[1]
    assert runs[2] == shown[2]


def test_what_is_not_walked_there_does_not(tmp_path: Path) -> None:
    assert digests(tmp_path) == digests(tmp_path, KEYS.replace("Some words", "Other words"))


def test_a_link_that_leads_nowhere_and_a_circle_have_digests_too(tmp_path: Path) -> None:
    nowhere = digests(tmp_path, main=MAIN.replace("sub/", "gone/"))
    circle = digests(tmp_path, KEYS + "## Back\n[main](../main.md)\n", MAIN.replace("#keys", ""))
    assert len({*nowhere, *circle}) == 5
    assert circle == digests(tmp_path, KEYS + "## Back\n[main](../main.md)\n", MAIN.replace("#keys", ""))


def test_another_runbook_that_opens_the_same_changes_no_digest_even_in_a_circle(tmp_path: Path) -> None:
    circle = digests(tmp_path, KEYS + "## Back\n[main](../main.md)\n", MAIN.replace("#keys", ""))
    (tmp_path / "a.md").write_text("## Go\n[keys](sub/keys.md)\n")
    assert {one.name: one.digest for one in load(tmp_path, {}).runbooks}["main"] == circle[0]


def test_a_chain_of_a_thousand_runbooks_has_digests(tmp_path: Path) -> None:
    for index in range(1000):
        (tmp_path / f"{index}.md").write_text(f"## Go on\n[next]({index + 1}.md)\n")
    assert len({one.digest for one in load(tmp_path, {}).runbooks}) > 900


STRANGERS = ("aiohttp", "dbos", "jinja2", "rich", "slack_bolt", "slack_sdk", "structlog", "tortoise", "typer")


@pytest.mark.parametrize("use", ["bot.runbook.lint", "bot.runbook.folder", "bot.runbook.output", "bot.runbook.schema"])
def test_runbooks_are_read_without_the_bot(use: str) -> None:
    script = f"import sys, {use}; print(*(name for name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True)
    loaded = done.stdout.split()
    rooms = {".".join(name.split(".")[:2]) for name in loaded if name.startswith("bot.")}
    assert rooms <= {"bot.domain", "bot.runbook"}
    assert not {name.split(".")[0] for name in loaded} & set(STRANGERS)


def test_what_a_shorter_way_walks_counts_also_where_a_longer_way_ends_before_it(tmp_path: Path) -> None:
    long = [f"b{number}" for number in range(10)] + ["x"]
    texts = {one: f"1. Go on\n2. [n]({then}.md)\n" for one, then in pairwise(long)}
    texts |= {"a": "1. [b](b0.md)\n2. [x](x.md)\n", "x": "1. Go\n2. [y](y.md)\n", "y": "1. Go\n2. [z](z.md)\n"}
    found = set()
    for word in ("one", "two"):
        for name, text in {**texts, "z": f"1. Stop {word}\n2. Go\n"}.items():
            (tmp_path / f"{name}.md").write_text(text)
        found.add(load(tmp_path, {}).runbooks[0].digest)
    assert len(found) == 2
