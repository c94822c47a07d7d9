"""A look at the database changes nothing, and tells what is the matter with it."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from bot.store.look import DatabaseLook, look_at_database

if TYPE_CHECKING:
    from pathlib import Path


def look(url: str, *, ours: bool = True) -> DatabaseLook:
    return asyncio.run(look_at_database(url, ours=ours))


def test_a_database_that_is_up_to_date_lacks_nothing(url: str) -> None:
    seen = look(url)
    assert (seen.fault, seen.pending, seen.new) == ("", (), False)
    assert (seen.now is None) == url.startswith("sqlite")


def test_a_file_that_is_not_there_is_new_and_is_not_made(tmp_path: Path) -> None:
    assert look(f"sqlite://{tmp_path}/none.db") == DatabaseLook(new=True)
    assert list(tmp_path.iterdir()) == []


def test_a_database_of_an_older_version_lacks_migrations(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "old.db")) as old:
        old.execute("create table anything (a)")
    assert look(f"sqlite://{tmp_path}/old.db").pending == ("0001_initial",)
    assert look(f"sqlite://{tmp_path}/old.db", ours=False).pending == ()


def test_a_file_that_is_no_database_and_a_server_that_is_not_there_are_faults(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("text" * 1000)
    assert "file is not a database" in look(f"sqlite://{tmp_path}/text.db").fault
    assert look("postgres://bot:secret@127.0.0.1:9/x").fault
