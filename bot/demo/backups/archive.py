"""The storage archive: rclone, over WebDAV behind a password.

``archive:storage/<UTC start>/`` is one recovery point: all files, SHA256SUMS over them, and manifest.json, which is
uploaded last. What did not change since the point before is copied by the archive's own server, so that only news
travel (``--copy-dest``).
"""

from __future__ import annotations

import asyncio
import os
import shutil
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.demo.backups.snapshot import MANIFEST, SUMS, CopiedFile, Manifest, checksum
from bot.demo.clock import compact, utc_now
from bot.demo.environment import for_programs
from bot.demo.errors import DemoError
from bot.demo.files import replace_file
from bot.demo.processes import run

if TYPE_CHECKING:
    from pathlib import Path

    from bot.demo.layout import Layout

REMOTE = "archive"
USER = "storage"
_TIMEOUT_SECONDS = 60.0
# One transfer at a time: uploads at the same moment fight over making their folder, and the server locks one out.
_CAREFUL = ("--transfers", "1", "--retries", "2", "--low-level-retries", "2", "--contimeout", "2s", "--timeout", "10s")


class StorageArchive:
    """Backs the live storage up. Has the job's own copy of the password, not the readers'."""

    def __init__(self, layout: Layout, password: str) -> None:
        self._layout = layout
        self._password = password
        self._obscured = ""
        self._before = ""
        self._sums: dict[tuple[str, int, int], str] = {}

    async def back_up(
        self, data: Path, lock: asyncio.Lock, *, empty: bool = False, ahead: timedelta = timedelta()
    ) -> str:
        """Makes one recovery point and returns its name. The lock is held while what changes is copied out.

        `empty` and `ahead` are the broken job: it copies nothing, or dates its copy so far ahead of the clock.
        """
        async with lock:
            started_at = utc_now() + ahead
            name = compact(started_at)
            staging = self._layout.work / "storage-archive" / name
            files = await asyncio.to_thread(self._stage, data, staging, empty=empty)
        try:
            manifest = Manifest("storage", started_at, max(started_at, utc_now()), tuple(files))
            (staging / SUMS).write_bytes(manifest.as_sums())
            await self._upload(staging, name)
            last = self._layout.work / f"{name}-{MANIFEST}"
            replace_file(last, manifest.as_json())
            await self._rclone("moveto", str(last), f"{REMOTE}:storage/{name}/{MANIFEST}", "--no-traverse")
        finally:
            await asyncio.to_thread(shutil.rmtree, staging, ignore_errors=True)
        if not ahead:
            self._before = name
        return name

    async def prune(self, keep: int) -> None:
        """Removes all but the newest `keep` recovery points, each with its manifest first."""
        listing = await self._rclone("lsf", "--dirs-only", f"{REMOTE}:storage")
        for name in sorted(listing.split())[:-keep]:
            point = f"{REMOTE}:storage/{name.rstrip('/')}"
            await self._rclone("delete", point, "--include", MANIFEST)
            await self._rclone("purge", point)

    async def _upload(self, staging: Path, name: str) -> None:
        known = ("--copy-dest", f"{REMOTE}:storage/{self._before}") if self._before else ()
        await self._rclone("copy", str(staging), f"{REMOTE}:storage/{name}", *known)

    def _stage(self, data: Path, staging: Path, *, empty: bool) -> list[CopiedFile]:
        """Puts everything that goes up into one folder: what changes as a copy, media, which never do, as links."""
        if not (data / "media").is_dir():
            raise DemoError(f"{data} is gone: nothing to copy")
        (staging / "media").mkdir(parents=True)
        if empty:
            return []
        files = []
        for path in sorted(path for path in data.rglob("*") if path.is_file()):
            name = path.relative_to(data).as_posix()
            if name in {MANIFEST, SUMS}:  # came along with an earlier restore
                continue
            is_medium = path.parent != data
            (os.link if is_medium else shutil.copy2)(path, staging / name)
            files.append(CopiedFile(name, (staging / name).stat().st_size, self._sum(staging / name)))
        return files

    def _sum(self, path: Path) -> str:
        stat = path.stat()
        key = (path.name, stat.st_size, stat.st_mtime_ns)
        if key not in self._sums:
            self._sums = {known: found for known, found in self._sums.items() if known[0] != path.name}
            self._sums[key] = checksum(path)
        return self._sums[key]

    async def _rclone(self, *arguments: str) -> str:
        environment = for_programs(self._layout) | {"RCLONE_CONFIG": str(self._layout.rclone_configuration)}
        if not self._obscured:
            self._obscured = (await self._checked(environment, "obscure", "-", text=self._password.encode())).strip()
        return await self._checked(environment | {"RCLONE_WEBDAV_PASS": self._obscured}, *arguments, *_CAREFUL)

    async def _checked(self, environment: dict[str, str], *arguments: str, text: bytes | None = None) -> str:
        command = ("rclone", *arguments)
        code, output = await run(
            command, environment=environment, folder=self._layout.work, seconds=_TIMEOUT_SECONDS, text=text
        )
        if code:
            raise DemoError(f"rclone {arguments[0]} failed ({code}): {output.strip()[-300:]}")
        return output


def write_configuration(layout: Layout, port: int, password: str) -> None:
    """Names the archive for rclone, and hands its password to those who restore."""
    lines = [f"[{REMOTE}]", "type = webdav", f"url = http://127.0.0.1:{port}", "vendor = rclone", f"user = {USER}", ""]
    replace_file(layout.rclone_configuration, "\n".join(lines).encode(), mode=0o600)
    replace_file(layout.reader_password, f"{password}\n".encode(), mode=0o600)


def server_command(layout: Layout, port: int) -> tuple[str, ...]:
    """The archive's own server. It gets user and password through its environment, see `server_environment`."""
    layout.archive.mkdir(exist_ok=True)
    # It looks again after a second: copies are also damaged and mended behind its back.
    freshly = ("--dir-cache-time", "1s")
    return ("rclone", "serve", "webdav", str(layout.archive), "--addr", f"127.0.0.1:{port}", *freshly)


def server_environment(password: str) -> dict[str, str]:
    """The password never stands on a command line, where every user of the machine could read it."""
    return {"RCLONE_USER": USER, "RCLONE_PASS": password, "RCLONE_CONFIG": "/dev/null"}
