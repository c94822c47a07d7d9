"""What rclone may say that a well-behaved store does not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from bot.domain.recovery_points import FaultKind, SourceFault
from bot.domain.runbook import Backup
from bot.sources.process import Outcome
from bot.sources.rclone import RcloneSource
from tests.fakes.recorded_tool import RecordedTool

if TYPE_CHECKING:
    from pathlib import Path

NAME = "20261122T101500.123456Z"


def rclone(tool: RecordedTool, **options: str) -> RcloneSource:
    return RcloneSource(Backup("rclone", "offsite", tuple({"remote": "store:a", **options}.items())), {}, tool)


def said(answer: object) -> Outcome:
    return Outcome(0, json.dumps(answer), "")


@pytest.mark.parametrize("stdout", ["", "[", '{"Path": "a"}', '[{"Name": "a"}]', '["a"]'])
async def test_a_listing_that_is_none_is_a_fault_and_not_an_empty_list(stdout: str) -> None:
    with pytest.raises(SourceFault) as caught:
        await rclone(RecordedTool({"lsjson": Outcome(0, stdout, "")})).list_points()
    assert caught.value.kind is FaultKind.CORRUPT


@pytest.mark.parametrize("entry", [{"Path": "a"}, {"Path": "a", "Size": 1, "ModTime": "yesterday"}])
async def test_a_file_without_size_or_time_is_a_fault(entry: object) -> None:
    with pytest.raises(SourceFault, match="without size or time"):
        await rclone(RecordedTool({"lsjson": said([entry])})).list_points()


async def test_a_manifest_that_vanished_between_two_calls_leaves_an_incomplete_snapshot() -> None:
    listed = [{"Path": NAME, "IsDir": True}, {"Path": f"{NAME}/manifest.json", "ModTime": "x"}]
    (point,) = await rclone(RecordedTool({"lsjson": said(listed), "copy": Outcome(0, "", "")})).list_points()
    assert (point.complete, point.flaw) == (False, "it has no manifest")


async def test_the_password_reaches_rclone_by_its_environment_alone(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("hunter2\n")
    tool = RecordedTool({"lsjson": said([]), "obscure": Outcome(0, "OBSCURED\n", "")})
    source = rclone(tool, remote="my-store:a", password_file=str(tmp_path / "password"))
    await source.list_points()
    assert not any("hunter2" in word or "OBSCURED" in word for asked in tool.asked for word in asked)
    assert tool.environments[-1] == {"RCLONE_CONFIG_MY_STORE_PASS": "OBSCURED"}
    assert [asked[1] for asked in tool.asked] == ["obscure", "lsjson", "lsjson"]


@pytest.mark.parametrize(("secret", "code"), [("", 0), ("hunter2", 1)])
async def test_a_password_that_cannot_be_used_is_a_fault(tmp_path: Path, secret: str, code: int) -> None:
    (tmp_path / "password").write_text(secret)
    tool = RecordedTool({"obscure": Outcome(code, "", "refused")})
    with pytest.raises(SourceFault) as caught:
        await rclone(tool, password_file=str(tmp_path / "password")).probe()
    assert caught.value.kind is FaultKind.AUTH


async def test_the_version_is_read_from_the_first_line() -> None:
    assert (
        await rclone(RecordedTool({"version": Outcome(0, "rclone v1.75.2\n- os/version: x", "")})).version() == "1.75.2"
    )
    assert await rclone(RecordedTool({"version": Outcome(0, "", "")})).version() == ""
