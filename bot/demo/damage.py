"""Damaging the newest copy of a system. The whole file is kept elsewhere, so that it can be put back."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from bot.demo.backups.barman import BarmanServer
from bot.demo.backups.litestream import newest_snapshot
from bot.demo.backups.snapshot import MANIFEST, SUMS, complete_snapshots
from bot.demo.clock import compact, utc_now
from bot.demo.errors import Refused

if TYPE_CHECKING:
    from pathlib import Path

    from bot.demo.layout import Layout


def newest_file(layout: Layout, system: str) -> Path:
    """The file that is damaged: the largest of the newest copy that is not from the future. Raises Refused."""
    if system == "orders-db":
        barman = BarmanServer(layout)
        base = barman.last_base()
        found = barman.base_file(base) if base else None
    elif system == "reporting":
        found = newest_snapshot(layout)
    else:
        found = _largest_of_newest(layout.archive / system if system == "storage" else layout.snapshots(system))
    if found is None or not found.exists():
        raise Refused(f"There is no copy of {system} yet that holds anything.")
    return found


def _largest_of_newest(folder: Path) -> Path | None:
    copies = [copy for copy in complete_snapshots(folder) if copy.name <= compact(utc_now())]
    paths = copies[-1].rglob("*") if copies else ()
    files = [path for path in paths if path.is_file() and path.name not in {MANIFEST, SUMS}]
    return max(files, key=lambda path: path.stat().st_size, default=None)


def damage(path: Path, away: Path, mode: str) -> None:
    """Moves the file away and puts a damaged one of the same time in its place.

    The file itself is never written to: other copies may hold it too, as a link.
    """
    before = path.stat()
    path.rename(away)
    shutil.copyfile(away, path)
    with path.open("r+b") as file:
        if mode == "truncated":
            file.truncate(before.st_size // 2)
        else:
            file.seek(before.st_size // 2)
            (byte,) = file.read(1)
            file.seek(-1, os.SEEK_CUR)
            file.write(bytes([byte ^ 1]))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    _make_look_new(path)


def put_back(path: Path, away: Path) -> bool:
    """Puts the whole file in its place again; False when the copy it belongs to is no longer there."""
    if not away.exists() or not path.parent.is_dir():
        return False
    away.replace(path)
    _make_look_new(path)
    return True


def _make_look_new(path: Path) -> None:
    """Dates the copy's manifest anew: who remembers a copy by it looks at the copy again."""
    for folder in path.parents:
        if (folder / MANIFEST).is_file():
            os.utime(folder / MANIFEST)
            return
