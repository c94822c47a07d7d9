"""The backup of reporting: litestream, which copies every change of the database as it happens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.demo.files import replace_file
from bot.demo.reports import DATABASE

if TYPE_CHECKING:
    from pathlib import Path

    from bot.demo.layout import Layout

PROCESS = "litestream"
_SNAPSHOTS = "9"  # the level at which litestream keeps whole databases


def replica_folder(layout: Layout) -> Path:
    """Where the replica lies."""
    return layout.backups / "litestream" / "reporting"


def newest_snapshot(layout: Layout) -> Path | None:
    """The newest file that holds the whole database: every restore begins with it."""
    return max((replica_folder(layout) / "ltx" / _SNAPSHOTS).glob("*.ltx"), default=None)


def write_configuration(layout: Layout) -> None:
    """Names the database and its replica for litestream."""
    replica = replica_folder(layout)
    replica.mkdir(parents=True, exist_ok=True)
    lines = [
        "dbs:",
        f"  - path: {layout.data('reporting') / DATABASE}",
        "    replica:",
        "      type: file",
        f"      path: {replica}",
        "      sync-interval: 1s",
        "",
    ]
    replace_file(layout.litestream_configuration, "\n".join(lines).encode())


def command(layout: Layout) -> tuple[str, ...]:
    """The program that follows the live database."""
    return ("litestream", "replicate", "-config", str(layout.litestream_configuration))
