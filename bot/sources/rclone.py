"""Recovery points from an rclone remote: snapshot folders, or one plain tree of files."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.domain.recovery_points import FaultKind, RecoveryPoint, SourceFault
from bot.sources.faults import fault_of, os_fault, unreadable
from bot.sources.options import Options
from bot.sources.process import ProcessRunner, ToolRunner, small_environment
from bot.sources.scrub import scrub
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
    from collections.abc import Mapping, Sequence

    from bot.domain.runbook import Backup

# One try and short waits: the sweep comes again soon, and a person who asks wants to know now.
_IMPATIENT = (
    "--retries",
    "1",
    "--low-level-retries",
    "1",
    "--contimeout",
    "5s",
    "--timeout",
    "10s",
    "--ask-password=false",
)
_SHALLOW = ("-R", "--max-depth", "2", "--filter", f"+ /*/{MANIFEST}", "--filter", "- *")
_PASSES = ("RCLONE_", "AWS_", "GOOGLE_", "AZURE_", "B2_")
_REMOTE_NAME = re.compile(r"([\w+@ .-]+):")


class RcloneSource:
    """Lists the copies below a remote path.

    Options: `remote` (`NAME:path`), `config` (rclone's configuration file), `password_file` (a file that holds the
    remote's password, where the configuration does not). A manifest never changes once written, so each is fetched
    once; whether the newest snapshot's files are all there is looked at every time.
    """

    tool = "rclone"

    def __init__(self, backup: Backup, environment: Mapping[str, str], runner: ToolRunner | None = None) -> None:
        options = Options(backup, environment)
        self._location = backup.location
        self._remote = options.need("remote", "archive:orders")
        self._config = options.get("config")
        self._password_file = options.get("password_file")
        self._run = runner or ProcessRunner(small_environment(environment, options.variables(), _PASSES))
        self._manifests: dict[tuple[str, str], Manifest | str] = {}
        self._obscured: tuple[bytes, str] | None = None  # the password that was obscured last, and as what

    async def version(self) -> str:
        """Rclone's version, such as "1.75.2"."""
        words = (await self._run(["rclone", "version"])).stdout.split()
        return words[1].removeprefix("v") if len(words) > 1 else ""

    async def probe(self) -> str:
        """Changes when a snapshot comes, goes or is finished. One listing of two levels."""
        listed = await self._list(*_SHALLOW)
        return hashlib.sha256(json.dumps(listed, sort_keys=True).encode()).hexdigest()[:16]

    async def list_points(self) -> tuple[RecoveryPoint, ...]:
        """The snapshots, oldest first, incomplete ones too; or the plain tree as one."""
        listed = await self._list(*_SHALLOW)
        names = {entry["Path"] for entry in listed if entry.get("IsDir") and moment_of(entry["Path"])}
        if not names:
            return await self._tree()
        stamps = {
            entry["Path"].removesuffix(f"/{MANIFEST}"): str(entry.get("ModTime"))
            for entry in listed
            if entry["Path"].endswith(f"/{MANIFEST}")
        }
        await self._fetch({(name, stamps[name]) for name in names & stamps.keys()})
        points = [self._point(name, stamps.get(name)) for name in names]
        points.sort(key=lambda point: (point.taken_at, point.id))
        return tuple(await self._look_closely(points, stamps))

    @property
    def _subject(self) -> str:
        return f"rclone {scrub(self._remote)}"

    async def _call(self, verb: str, *words: str) -> str:
        config = ("--config", self._config) if self._config else ()
        argv = ["rclone", verb, *config, *_IMPATIENT, *words]
        outcome = await self._run(argv, environment=await self._password())
        if outcome.code:
            raise fault_of(self._subject, outcome, said=outcome.stderr)
        return outcome.stdout

    async def _list(self, *words: str, below: str = "") -> list[dict[str, Any]]:
        base = self._remote.rstrip("/")
        folder = f"{base}{'' if base.endswith(':') else '/'}{below}" if below else self._remote
        text = await self._call("lsjson", *words, "--", folder)
        try:
            listed = json.loads(text)
        except ValueError as failure:
            raise unreadable(self._subject, "no JSON") from failure
        if not isinstance(listed, list) or not all(isinstance(entry, dict) and "Path" in entry for entry in listed):
            raise unreadable(self._subject, "no list of files")
        return listed

    async def _tree(self) -> tuple[RecoveryPoint, ...]:
        files: dict[str, tuple[int, datetime]] = {}
        for entry in await self._list("-R", "--files-only"):
            try:
                files[entry["Path"]] = (max(int(entry["Size"]), 0), _time(entry["ModTime"]))
            except (KeyError, TypeError, ValueError) as failure:
                raise unreadable(self._subject, f"a file without size or time: {failure}") from failure
        point = tree_point(files, self.tool, self._location)
        return (point,) if point else ()

    async def _fetch(self, wanted: set[tuple[str, str]]) -> None:
        """Read the manifests not read before, all in one run; forget those that are gone."""
        fresh = sorted(wanted - self._manifests.keys())
        read: dict[tuple[str, str], Manifest | str] = {}
        if fresh:
            with tempfile.TemporaryDirectory(prefix="bringback-") as folder:
                names, copied = Path(folder) / "names", Path(folder) / "copied"
                await asyncio.to_thread(
                    names.write_text, "".join(f"/{name}/{MANIFEST}\n" for name, _ in fresh), "utf-8"
                )
                await self._call("copy", "--files-from-raw", str(names), "--", self._remote, str(copied))
                read = await asyncio.to_thread(_read_manifests, copied, fresh)
        # Two listings may run at once: each keeps what both have read.
        kept = {key: manifest for key, manifest in self._manifests.items() if key in wanted}
        self._manifests = {**kept, **read}

    def _point(self, name: str, stamp: str | None) -> RecoveryPoint:
        manifest = self._manifests.get((name, stamp)) if stamp else None
        if isinstance(manifest, str):
            return point_of(name, self.tool, self._location, None, manifest)
        return point_of(name, self.tool, self._location, manifest)

    async def _look_closely(self, points: list[RecoveryPoint], stamps: Mapping[str, str]) -> Sequence[RecoveryPoint]:
        """The points, with the newest complete one held against the files that are there."""
        for place in reversed(range(len(points))):
            name = points[place].id
            manifest = self._manifests.get((name, stamps.get(name, "")))
            if points[place].complete and isinstance(manifest, Manifest):
                there = {entry["Path"]: entry["Size"] for entry in await self._list("-R", "--files-only", below=name)}
                if flaw := missing_of(manifest, there):
                    points[place] = point_of(name, self.tool, self._location, None, flaw)
                    continue
                break
        return points

    async def _password(self) -> dict[str, str]:
        """Rclone takes a remote's password from its environment, obscured: so it is neither in arguments nor files."""
        named = _REMOTE_NAME.match(self._remote)
        if not self._password_file or named is None:
            return {}
        try:
            secret = (await asyncio.to_thread(Path(self._password_file).read_bytes)).strip()
        except OSError as failure:
            raise os_fault(f"The password file of {self._subject}", failure) from failure
        if self._obscured is None or secret != self._obscured[0]:
            outcome = await self._run(["rclone", "obscure", "-"], stdin=secret)
            if outcome.code or not secret:
                helps = "Put the password, and nothing else, into the file that the runbook's backup entry names."
                raise SourceFault(FaultKind.AUTH, f"The password of {self._subject} cannot be used.", helps)
            self._obscured = (secret, outcome.stdout.strip())
        variable = re.sub(r"\W", "_", named.group(1)).upper()
        return {f"RCLONE_CONFIG_{variable}_PASS": self._obscured[1]}


def _read_manifests(folder: Path, wanted: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Manifest | str]:
    """Each manifest, or half a sentence on why it cannot be read; those that vanished meanwhile are left out."""
    read: dict[tuple[str, str], Manifest | str] = {}
    for name, stamp in wanted:
        try:
            text = (folder / name / MANIFEST).read_text(encoding="utf-8", errors="replace")
            read[name, stamp] = parse_manifest(text)
        except FileNotFoundError:
            continue
        except ManifestBroken as broken:
            read[name, stamp] = str(broken)
    return read


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
