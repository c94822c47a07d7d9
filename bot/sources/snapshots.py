"""Snapshot folders: the layout that the tools `rclone` and `files` share.

A snapshot is a folder named by the UTC moment its making began, such as `20261122T101500.123456Z`; it holds the files
and, written last, `manifest.json`: {"system", "started_at", "finished_at", "files": [{"path", "bytes", "sha256"}]}.
Without its manifest a snapshot is incomplete. It is consistent as of its start: what came later may be in it or not.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.domain.recovery_points import RecoveryPoint

MANIFEST = "manifest.json"
_NAME = re.compile(r"(\d{8}T\d{6})(?:\.(\d{1,6}))?Z")
_SAME = timedelta(seconds=1)  # a folder's name may leave out the fraction of a second


class ManifestBroken(Exception):
    """A manifest that says nothing; half a sentence on why."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a snapshot says of itself. `files` maps paths to bytes."""

    started_at: datetime
    finished_at: datetime | None
    files: Mapping[str, int]


def moment_of(name: str) -> datetime | None:
    """The moment in a snapshot folder's name; None when it is not such a name."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    whole, fraction = found.groups()
    try:
        at = datetime.strptime(whole, "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
    return at.replace(microsecond=int((fraction or "0").ljust(6, "0")))


def parse_manifest(text: str) -> Manifest:
    """Read a manifest. Raises ManifestBroken."""
    try:
        told = json.loads(text)
        files = {_path(entry["path"]): int(entry["bytes"]) for entry in told["files"]}
        finished = told.get("finished_at")
        return Manifest(_time(told["started_at"]), _time(finished) if finished else None, files)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as failure:
        raise ManifestBroken(f"its manifest cannot be read: {type(failure).__name__}") from failure


def point_of(
    name: str, tool: str, location: str, manifest: Manifest | None, flaw: str = "it has no manifest"
) -> RecoveryPoint:
    """The recovery point of a snapshot folder. Without a manifest it is incomplete, for the reason in `flaw`."""
    at = moment_of(name)
    assert at is not None
    if manifest is not None and abs(manifest.started_at - at) > _SAME:
        manifest, flaw = None, "its manifest is another snapshot's"
    if manifest is None:
        return RecoveryPoint(name, tool, at, at, location=location, complete=False, flaw=flaw)
    return RecoveryPoint(
        id=name,
        source=tool,
        restorable_through=min(at, manifest.started_at),
        taken_at=at,
        finished_at=manifest.finished_at,
        size_bytes=sum(manifest.files.values()),
        files=len(manifest.files),
        location=location,
    )


def missing_of(manifest: Manifest, there: Mapping[str, int]) -> str:
    """Which files of the manifest are not there in their size: half a sentence, empty when all are."""
    lost = [path for path, size in manifest.files.items() if there.get(path) != size]
    if not lost:
        return ""
    verb, others = ("are", f" and {len(lost) - 1} more") if len(lost) > 1 else ("is", "")
    return f"{len(lost)} of {len(manifest.files)} files {verb} not as its manifest says: {lost[0]}{others}"


def tree_point(files: Mapping[str, tuple[int, datetime]], tool: str, location: str) -> RecoveryPoint | None:
    """A plain tree of files (path to bytes and time) as one recovery point, as of its newest file; None when empty."""
    if not files:
        return None
    newest = max(at for _, at in files.values())
    return RecoveryPoint(
        id=newest.strftime("%Y%m%dT%H%M%S.%fZ"),
        source=tool,
        restorable_through=newest,
        taken_at=newest,
        size_bytes=sum(size for size, _ in files.values()),
        files=len(files),
        location=location,
        label="a plain tree of files",
    )


def _path(value: Any) -> str:
    path = str(value)
    if not path or path.startswith("/") or ".." in path.split("/"):
        raise ValueError("a path that leads out of the snapshot")
    return path


def _time(value: Any) -> datetime:
    at = datetime.fromisoformat(str(value))
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
