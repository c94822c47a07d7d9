"""The journal keeps the last value of everything, also when the process dies in the middle of a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.console.journal import Journal

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "workspace.jsonl"


def opened(path: Path) -> Journal:
    journal = Journal(path)
    journal.open()
    return journal


def kept(path: Path) -> list[tuple[str, object]]:
    journal = opened(path)
    journal.close()
    return list(journal.values("n"))


def test_last_value_of_each_key_comes_back_in_order(path: Path) -> None:
    journal = opened(path)
    for key, value in (("a", 1), ("b", 2), ("a", 3), ("c", 4)):
        journal.put("n", key, value)
    journal.drop("n", "b")
    journal.close()
    assert kept(path) == [("a", 3), ("c", 4)]


def test_torn_last_line_loses_only_itself(path: Path) -> None:
    journal = opened(path)
    journal.put("n", "a", 1)
    journal.close()
    with path.open("a", encoding="utf-8") as file:
        file.write('["n","b",')
    again = opened(path)
    again.put("n", "c", 3)
    again.close()
    assert kept(path) == [("a", 1), ("c", 3)]


def test_file_is_private_and_rewritten_without_what_was_replaced(path: Path) -> None:
    journal = opened(path)
    for value in range(50):
        journal.put("n", "a", value)
    journal.close()
    opened(path).close()
    assert path.read_text(encoding="utf-8") == '["n","a",49]\n'
    assert path.stat().st_mode & 0o777 == 0o600
