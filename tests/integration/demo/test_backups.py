"""The backups, with the real tools: barman, and rclone against an archive behind a password."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import pytest

from bot.demo.backups import archive
from bot.demo.backups.archive import StorageArchive
from bot.demo.backups.barman import BarmanServer
from bot.demo.environment import for_programs
from bot.demo.errors import DemoError
from bot.demo.ports import is_free
from bot.demo.processes import run
from tests.fakes.waiting import eventually

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from tests.integration.demo.conftest import Part


async def _tool(part: Part, folder: Path, *command: str) -> str:
    code, said = await run(command, environment=for_programs(part.layout), folder=folder, seconds=60)
    assert code == 0, said
    return said


async def _archive_of(part: Part) -> StorageArchive:
    port, password = part.ground.ports["archive"], part.book.record.archive_password
    await part.serving.launch(
        "archive", archive.server_command(part.layout, port), archive.server_environment(password)
    )
    await eventually(lambda: not is_free(port))
    return StorageArchive(part.layout, password)


async def test_a_database_comes_back_from_barman_on_a_new_timeline_and_archives_nothing(
    begun: Callable[[str], Awaitable[Part]], tmp_path: Path
) -> None:
    part = await begun("orders-db")
    server = BarmanServer(part.layout)
    await server.back_up()
    written = await part.write()
    await part.serving.stop(part.data)  # PostgreSQL archives its last segment when it is stopped gently
    await server.archive()
    restore = ("--get-wal", "--restore-command", "fetch-wal %f %p", "orders", "latest", str(part.scratch))
    await _tool(part, tmp_path, "barman", "-c", str(part.layout.barman_configuration), "recover", *restore)
    await part.serving.start("orders-db", part.scratch)
    assert await part.ask(part.scratch) == written
    assert all(segment.name.startswith("00000001") for segment in server.segments())


async def test_an_archived_recovery_point_holds_everything_of_its_moment(
    begun: Callable[[str], Awaitable[Part]],
) -> None:
    part = await begun("storage")
    storage_archive = await _archive_of(part)
    written = await part.write()
    name = await storage_archive.back_up(part.data, part.book.lock("storage"))
    await part.write()
    second = await storage_archive.back_up(part.data, part.book.lock("storage"))
    stored = part.layout.backups / "archive" / "storage"
    assert sorted(path.name for path in stored.iterdir()) == [name, second]
    await _tool(part, stored / name, "sha256sum", "--check", "--strict", "SHA256SUMS")
    manifest = json.loads((stored / name / "manifest.json").read_text(encoding="utf-8"))
    assert sum(file["path"].startswith("media/") for file in manifest["files"]) == written.counts["media"]


async def test_a_wrong_password_opens_nothing(begun: Callable[[str], Awaitable[Part]]) -> None:
    part = await begun("storage")
    await _archive_of(part)
    with pytest.raises(DemoError, match="401"):
        await StorageArchive(part.layout, "not-the-password").back_up(part.data, asyncio.Lock())


async def test_only_the_newest_recovery_points_are_kept(begun: Callable[[str], Awaitable[Part]]) -> None:
    part = await begun("storage")
    storage_archive = await _archive_of(part)
    names = [await storage_archive.back_up(part.data, asyncio.Lock()) for _ in range(3)]
    await storage_archive.prune(1)
    assert [path.name for path in (part.layout.backups / "archive" / "storage").iterdir()] == names[2:]
