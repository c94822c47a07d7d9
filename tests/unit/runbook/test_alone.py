"""A file that is read alone has the digests that it has among all runbooks of its folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.runbook.alone import Alone
from bot.runbook.library import load
from tests.unit.runbook.making import fence

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "---\nrecovery: {system: orders, execute: true, targets: {drill: a, real: b}}\n---\n"
CHECK = fence("./top.sh && sh db/more.sh", info='sh {"name":"check"}')


@pytest.fixture
def books(tmp_path: Path) -> Path:
    (tmp_path / "db" / "deep").mkdir(parents=True)
    (tmp_path / "top.sh").write_text("true")
    (tmp_path / "db" / "top.sh").write_text("false")
    (tmp_path / "db" / "more.sh").write_text("true")
    (tmp_path / "db" / "orders.md").write_text(f"{HEAD}## Check\n{CHECK}## Go on\n[keys](../keys.md#keys)\n")
    (tmp_path / "keys.md").write_text("## Keys\n[deep](db/deep/deep.md)\n## Else\nx\n")
    (tmp_path / "db" / "deep" / "deep.md").write_text(
        f"## Show\n{fence('cat ../../top.sh')}## Back\n[x](../../keys.md)\n"
    )
    return tmp_path


def known(books: Path) -> dict[str, list[str]]:
    return {one.file: [one.digest, *(step.digest for step in one.steps)] for one in load(books, {}).runbooks}


def alone(path: Path, within: Path | None = None) -> list[str]:
    book = Alone(within).read(path)
    return [book.digest, *(step.digest for step in book.steps)]


def test_below_the_folder_of_all_runbooks(books: Path) -> None:
    for path, digests in known(books).items():
        assert alone(books / path, books) == digests
    assert len(known(books)) == 3


def test_below_a_folder_with_a_policy(books: Path) -> None:
    orders = books / "db" / "orders.md"
    assert alone(orders) != known(books)[str(orders)]
    (books / "policy.yaml").write_text("people: []\n")
    assert alone(orders) == known(books)[str(orders)]


def test_however_its_path_is_written(books: Path, tmp_path: Path) -> None:
    orders = books / "db" / "orders.md"
    link = tmp_path / "link"
    link.symlink_to(books / "db")
    for path in (books / "db" / "deep" / ".." / "orders.md", link / "orders.md"):
        assert alone(path, books) == known(books)[str(orders)]


def test_a_path_that_is_no_file_is_a_fault(books: Path) -> None:
    for path in (books / "none.md", books, books / ".."):
        assert Alone(books).read(path).faults


@pytest.mark.parametrize("target", ["/etc/x.md", "../../x.md", ".hidden/x.md", f"{'x' * 300}.md"])
def test_what_is_no_runbook_of_the_folder_is_not_opened(books: Path, target: str) -> None:
    path = books / "keys.md"
    path.write_text(f"## Keys\n<!-- include: {target} -->\nGo there.\n")
    assert alone(path, books) == known(books)[str(path)]


@pytest.mark.parametrize("to", ["else", "books/db"])
def test_no_runbook_behind_a_link_to_a_folder_is_opened(books: Path, to: str) -> None:
    folder = books / "books"
    for place in (books / "else", folder / "db"):
        place.mkdir(parents=True)
        (place / "keys.md").write_text(f"## Keys\n{fence('cat secret.txt')}")
        (place / "secret.txt").write_text("x")
    (folder / "link").symlink_to(books / to)
    path = folder / "main.md"
    path.write_text("## Keys\n[keys](link/keys.md)\n")
    assert alone(path, folder) == known(folder)[str(path)]


def test_a_file_that_is_named_by_the_path_of_a_linked_folder_counts(books: Path) -> None:
    link = books / "link"
    link.symlink_to(books / "db")
    path = link / "orders.md"
    digests = []
    for text in ("true", "false"):
        (books / "db" / "more.sh").write_text(text)
        path.write_text(f"{HEAD}## Check\n{fence(f'sh {link}/more.sh', info='sh')}")
        assert alone(path, link) == known(link)[str(path)]
        digests.append(alone(path, link))
    assert digests[0] != digests[1]
