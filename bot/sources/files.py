"""Recovery points from a folder of this machine: snapshot folders, or one plain tree of files."""

from __future__ import annotations

import asyncio
import hashlib
import os
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot.domain.recovery_points import FaultKind, RecoveryPoint, SourceFault
from bot.sources.faults import os_fault
from bot.sources.options import Options
from bot.sources.snapshots import (
    MANIFEST,
    Manifest,
    ManifestBroken,
    missing_of,
    moment_of,
    parse_manifest,
    point_of,
    tree_point,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import TypeVar

    from bot.domain.runbook import Backup

    T = TypeVar("T")

_TIMEOUT_SECONDS = 15.0


class FilesSource:
    """Lists the copies below a folder.

    Options: `path` (the folder). A file system that hangs is given up on after 15 s.
    """

    tool = "files"

    def __init__(self, backup: Backup, environment: Mapping[str, str]) -> None:
        self._location = backup.location
        self._root = Path(Options(backup, environment).need("path", "/backups/orders"))

    async def version(self) -> str:
        """The layout's version: there is no tool."""
        return "1"

    async def probe(self) -> str:
        """Changes when a snapshot comes, goes or is finished, or a file of a plain tree changes."""
        return await self._read(self._token)

    async def list_points(self) -> tuple[RecoveryPoint, ...]:
        """The snapshots, oldest first, incomplete ones too; or the plain tree as one."""
        return await self._read(self._points)

    async def _read(self, work: Callable[[], T]) -> T:
        try:
            async with asyncio.timeout(_TIMEOUT_SECONDS):
                return await asyncio.to_thread(work)
        except TimeoutError:
            what = f"{self._root} gave no answer in {_TIMEOUT_SECONDS:g} s."
            raise SourceFault(FaultKind.TIMEOUT, what, "See whether the disk behind it is mounted and well.") from None
        except OSError as failure:
            raise os_fault(str(self._root), failure) from failure

    def _snapshots(self) -> list[str]:
        return sorted(entry.name for entry in os.scandir(self._root) if moment_of(entry.name) and entry.is_dir())

    def _token(self) -> str:
        names = self._snapshots()
        seen: object = [(name, _bytes_and_time(self._root / name / MANIFEST)) for name in names]
        if not names:
            seen = sorted(_walk(self._root))
        return hashlib.sha256(repr(seen).encode()).hexdigest()[:16]

    def _points(self) -> tuple[RecoveryPoint, ...]:
        names = self._snapshots()
        if not names:
            tree = {path: (size, datetime.fromtimestamp(at, UTC)) for path, size, at in _walk(self._root)}
            point = tree_point(tree, self.tool, self._location)
            return (point,) if point else ()
        points = [self._point(name) for name in names]
        return tuple(sorted(points, key=lambda point: (point.taken_at, point.id)))

    def _point(self, name: str) -> RecoveryPoint:
        folder = self._root / name
        try:
            manifest = parse_manifest((folder / MANIFEST).read_text(encoding="utf-8", errors="replace"))
        except FileNotFoundError:
            return point_of(name, self.tool, self._location, None)
        except ManifestBroken as broken:
            return point_of(name, self.tool, self._location, None, str(broken))
        flaw = missing_of(manifest, _sizes(folder, manifest))
        return point_of(name, self.tool, self._location, None if flaw else manifest, flaw)


def _sizes(folder: Path, manifest: Manifest) -> dict[str, int]:
    found = {path: _bytes_and_time(folder / path) for path in manifest.files}
    return {path: seen[0] for path, seen in found.items() if seen}


def _bytes_and_time(path: Path) -> tuple[int, float] | None:
    try:
        status = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return (status.st_size, status.st_mtime) if stat.S_ISREG(status.st_mode) else None


def _walk(root: Path) -> Iterator[tuple[str, int, float]]:
    """Every regular file: path, bytes, time. Raises OSError on a folder that cannot be read."""
    for entry in os.scandir(root):
        if entry.is_dir(follow_symlinks=False):
            yield from ((f"{entry.name}/{path}", size, at) for path, size, at in _walk(Path(entry.path)))
        elif entry.is_file(follow_symlinks=False):
            status = entry.stat(follow_symlinks=False)
            yield entry.name, status.st_size, status.st_mtime
