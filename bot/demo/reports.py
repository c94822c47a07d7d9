"""The SQLite database of reporting, opened in the one way that everything uses."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

DATABASE = "reports.db"


def connect(path: Path) -> sqlite3.Connection:
    """The database: write-ahead log, every commit on the disk. Raises sqlite3.Error when there is none at that path."""
    connection = sqlite3.connect(f"file:{path}?mode=rw", uri=True, timeout=5)
    connection.execute("pragma journal_mode=wal")
    connection.execute("pragma synchronous=full")
    return connection
