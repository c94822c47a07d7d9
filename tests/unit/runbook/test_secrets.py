"""The secrets that runbooks name are known, so that nobody reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.runbook.inputs import secret_reader
from bot.runbook.library import load
from bot.runbook.secrets import RunbookSecrets

if TYPE_CHECKING:
    from pathlib import Path

    from bot.runbook.library import Library

BOOK = """---
recovery:
  system: db
  backups:
    - {tool: rclone, remote: "nas:db", password_file: "/etc/passphrase", location: onsite}
    - {tool: barman, server: db, location: offsite, env: "AWS_SECRET"}
  inputs:
    PASSWORD: {secret: "env:DB_PASSWORD"}
    KEY: {secret: "file:/key"}
    REGION: {ask: "Which?", default: eu-west}
---
# Database
## Look
By hand.
"""
FILES = {"/etc/passphrase": "of-the-source\n", "/key": "-- first --\nsecond\n"}


def read_file(path: str) -> str:
    if path not in FILES:
        raise FileNotFoundError(2, "No such file", path)
    return FILES[path]


@pytest.fixture
def books(tmp_path: Path) -> Path:
    (tmp_path / "db.md").write_text(BOOK)
    return tmp_path


def secrets_of(folder: Path, environment: dict[str, str]) -> RunbookSecrets:
    library: Library = load(folder, environment)
    return RunbookSecrets(lambda: library, secret_reader(environment, read_file), ["xoxb-1"])


def test_values_behind_references_and_in_password_files_are_known_line_by_line(books: Path) -> None:
    known = secrets_of(books, {"DB_PASSWORD": "hunter22"})()
    assert set(known) == {"xoxb-1", "hunter22", "of-the-source", "-- first --\nsecond", "-- first --", "second"}


def test_what_cannot_be_read_hinders_nothing(books: Path) -> None:
    assert "of-the-source" in secrets_of(books, {})()


def test_a_renewed_secret_is_known_after_a_refresh_and_the_old_one_stays_known(books: Path) -> None:
    environment = {"DB_PASSWORD": "hunter22"}
    secrets = secrets_of(books, environment)
    assert "hunter22" in secrets()
    environment["DB_PASSWORD"] = "hunter33"
    secrets.refresh()
    assert {"hunter22", "hunter33"} <= set(secrets())
