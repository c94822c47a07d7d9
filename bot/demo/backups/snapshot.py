"""Snapshot folders: a copy of a system's files with a manifest of checksums, which is written last.

A snapshot is named after the UTC moment at which it is consistent, and complete only when ``manifest.json`` is there.
Files that did not change are hard links to the copy before, as rsnapshot does.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bot.demo.clock import compact, rfc3339, utc_now
from bot.demo.files import replace_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MANIFEST = "manifest.json"
SUMS = "SHA256SUMS"


@dataclass(frozen=True, slots=True)
class CopiedFile:
    """One file of a snapshot: its path below the snapshot, its size, its checksum."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a snapshot holds. `started_at` is the moment it is consistent as of."""

    system: str
    started_at: datetime
    finished_at: datetime
    files: tuple[CopiedFile, ...]

    def as_json(self) -> bytes:
        """The content of manifest.json."""
        document = {
            "system": self.system,
            "started_at": rfc3339(self.started_at),
            "finished_at": rfc3339(self.finished_at),
            "files": [asdict(file) for file in self.files],
        }
        return json.dumps(document, indent=1).encode()

    def as_sums(self) -> bytes:
        """The content of SHA256SUMS, as sha256sum reads it."""
        return "".join(f"{file.sha256}  {file.path}\n" for file in self.files).encode()


def checksum(path: Path) -> str:
    """The SHA-256 of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def complete_snapshots(folder: Path) -> list[Path]:
    """The complete snapshots of a folder, oldest first by their names."""
    return sorted(path.parent for path in folder.glob(f"*/{MANIFEST}"))


def _known_sums(snapshot: Path | None) -> Mapping[str, str]:
    if snapshot is None:
        return {}
    files = json.loads((snapshot / MANIFEST).read_text(encoding="utf-8"))["files"]
    return {file["path"]: file["sha256"] for file in files}


def _unchanged(source: Path, copy: Path) -> bool:
    try:
        before, now = copy.stat(), source.stat()
    except FileNotFoundError:
        return False
    return (before.st_size, before.st_mtime_ns) == (now.st_size, now.st_mtime_ns)


def take_snapshot(source: Path, folder: Path, system: str, started_at: datetime, *, empty: bool = False) -> Path:
    """Copies a folder into a new snapshot below `folder`, and returns it. `empty` is the broken job: it copies nothing.

    Raises FileNotFoundError when the source is gone.
    """
    if not source.is_dir():
        raise FileNotFoundError(f"{source} is gone: nothing to copy")
    earlier = complete_snapshots(folder)
    before = earlier[-1] if earlier else None
    known = _known_sums(before)
    snapshot = folder / compact(started_at)
    snapshot.mkdir(parents=True)
    files = []
    for path in sorted(source.rglob("*")):
        if empty or not path.is_file() or path.name.startswith("."):
            continue
        name = path.relative_to(source).as_posix()
        if name in {MANIFEST, SUMS}:  # came along with an earlier restore
            continue
        copy = snapshot / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        if before is not None and name in known and _unchanged(path, before / name):
            os.link(before / name, copy)
            files.append(CopiedFile(name, copy.stat().st_size, known[name]))
        else:
            shutil.copy2(path, copy)
            files.append(CopiedFile(name, copy.stat().st_size, checksum(copy)))
    manifest = Manifest(system, started_at, max(started_at, utc_now()), tuple(files))
    (snapshot / SUMS).write_bytes(manifest.as_sums())
    replace_file(snapshot / MANIFEST, manifest.as_json())
    return snapshot


def prune(folder: Path, keep: int) -> None:
    """Removes all but the newest `keep` snapshots; each loses its manifest first, and so its claim to be complete."""
    for snapshot in complete_snapshots(folder)[:-keep]:
        (snapshot / MANIFEST).unlink()
        shutil.rmtree(snapshot)
