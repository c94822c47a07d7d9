"""Reporting: one SQLite database of daily figures, fed from the orders database, replicated by litestream.

Used as ``python -m bot.demo.services.reporting FOLDER PORT ORDERS_PORT``; ORDERS_PORT 0 runs it alone, as a drill does.
"""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.demo import postgres
from bot.demo.errors import SystemSilent
from bot.demo.reports import DATABASE, connect
from bot.demo.services.canaries import CanariesUnavailable, canary_routes, serve

if TYPE_CHECKING:
    from collections.abc import Mapping


class Reports:
    """Every canary comes with a report: how many orders there are."""

    def __init__(self, path: Path, orders_port: int) -> None:
        self._path = path
        self._orders_port = orders_port

    def write(self, canary: Mapping[str, Any]) -> dict[str, Any]:
        """Writes both in one transaction."""
        orders = self._count_orders()
        try:
            with closing(connect(self._path)) as connection, connection:
                connection.execute("insert into canary values (?, ?)", (canary["token"], canary["written_at"]))
                connection.execute("insert into report (made_at, orders) values (?, ?)", (canary["written_at"], orders))
        except sqlite3.Error as failure:
            raise CanariesUnavailable(f"{self._path}: {failure}") from failure
        return self.read()

    def read(self) -> dict[str, Any]:
        """The newest canary, and how many reports there are."""
        newest = "select token, written_at, (select count(*) from report) from canary order by written_at desc limit 1"
        try:
            with closing(connect(self._path)) as connection:
                row = connection.execute(newest).fetchone()
        except sqlite3.Error as failure:
            raise CanariesUnavailable(f"{self._path}: {failure}") from failure
        if row is None:
            raise CanariesUnavailable(f"{self._path} holds no canary")
        return {"token": row[0], "written_at": row[1], "counts": {"reports": row[2]}}

    def _count_orders(self) -> int | None:
        if not self._orders_port:
            return None
        try:
            with postgres.transaction(self._orders_port) as cursor:
                cursor.execute("select max(id) from orders")
                return int(cursor.fetchone()[0] or 0)
        except SystemSilent:
            return None  # a report without the figure: the orders database being down is no reason to stop reporting


def main(folder: Path, port: int, orders_port: int) -> None:
    """Serves until the process is ended. Exits with a sentence without a sound database."""
    path = folder / DATABASE
    try:
        with closing(connect(path)) as connection:
            (sound,) = connection.execute("pragma quick_check").fetchone()
    except sqlite3.Error as failure:
        sys.exit(f"reporting: {path}: {failure}")
    if sound != "ok":
        sys.exit(f"reporting: {path} is damaged: {sound}")
    serve(canary_routes(Reports(path, orders_port)), port)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
