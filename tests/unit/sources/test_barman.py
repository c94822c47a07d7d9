"""What barman says, as recorded from 3.19 and 3.4, becomes recovery points."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.recovery_points import FaultKind, SourceFault
from bot.domain.runbook import Backup
from bot.sources.barman import BarmanSource
from bot.sources.process import Outcome
from tests.fakes.recorded_tool import RecordedTool

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

ID = "20261122T104801"
BEGAN = datetime(2026, 11, 22, 10, 48, 2, tzinfo=UTC)
LISTED = {"backup_id": ID, "backup_type": "full", "end_time_timestamp": "1795344483", "status": "DONE"}
SHOWN: dict[str, Any] = {
    "backup_id": ID,
    "base_backup_information": {
        "backup_size_bytes": 23119347,
        "begin_lsn": "0/8000028",
        "begin_wal": "000000010000000000000008",
        "end_time": "2026-11-22 10:48:03.359831+00:00",
        "end_wal": "000000010000000000000008",
    },
    "status": "DONE",
}


def wal(number: int) -> str:
    return f"{1:08X}{0:08X}{number:08X}"


class Lab:
    """An archive on disk, and a barman that knows it."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / "wals" / "0000000100000000"
        self.log.mkdir(parents=True)
        self.listed: list[dict[str, Any]] = [LISTED]
        self.shown = SHOWN
        self.tool = RecordedTool({"--version": Outcome(0, "3.19.1 Barman by EnterpriseDB\n", "")})
        self.source = BarmanSource(Backup("barman", "onsite", (("server", "orders"),)), {}, self.tool)

    def archive(self, *numbers: int, claimed: Sequence[int] = ()) -> None:
        """Segment n was archived n seconds after the base backup's segment 8."""
        for number in numbers:
            (self.log / wal(number)).write_bytes(b"log")
            at = (BEGAN + (number - 8) * timedelta(seconds=1)).timestamp()
            os.utime(self.log / wal(number), (at, at))
        paths = [str(self.log / wal(number)) for number in sorted({*numbers, *claimed})]
        paths.insert(0, str(self.log.parent / "00000002.history"))  # barman lists the histories first
        self.answer("list-files", {"_INFO": paths})

    def answer(self, verb: str, answer: object, code: int = 0, stderr: str = "") -> None:
        self.tool.answers[verb] = Outcome(code, json.dumps(answer), stderr)

    async def points(self) -> Any:
        self.answer("list-backups", {"_WARNING": ["an option"], "orders": self.listed})
        self.answer("show-backup", {"orders": self.shown})
        return await self.source.list_points()


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    return Lab(tmp_path)


async def test_a_base_reaches_to_the_end_of_its_log(lab: Lab) -> None:
    lab.archive(8, 9, 10)
    (point,) = await lab.points()
    assert point.restorable_through == point.log_through == BEGAN + timedelta(seconds=2)
    assert (point.id, point.complete, point.gap, point.size_bytes) == (ID, True, "", 23119347)
    assert (point.taken_at, point.location) == (BEGAN, "onsite")


async def test_a_deleted_segment_cuts_the_log_off(lab: Lab) -> None:
    lab.archive(8, 9, 11, 12, claimed=[10])
    (point,) = await lab.points()
    assert point.gap == wal(10)
    assert point.restorable_through == BEGAN + timedelta(seconds=1)
    assert point.log_through == BEGAN + timedelta(seconds=4)


async def test_a_segment_that_left_the_catalogue_too_is_still_missed(lab: Lab) -> None:
    lab.archive(8, 9, 11)
    assert (await lab.points())[0].gap == wal(10)


async def test_a_deleted_newest_segment_is_missed_with_the_time_the_catalogue_remembers(lab: Lab) -> None:
    lab.archive(8, 9, claimed=[10])
    rows = [f"{wal(10)}\t16777216\t{BEGAN.timestamp() + 40}\tNone\tNone", "00000002.history\t1\t2", "broken"]
    (lab.log.parent / "orders-xlog.db").write_text("\n".join(rows))
    (point,) = await lab.points()
    assert (point.gap, point.log_through) == (wal(10), BEGAN + timedelta(seconds=40))


async def test_an_empty_segment_is_no_segment(lab: Lab) -> None:
    lab.archive(8, 9, 10)
    (lab.log / wal(9)).write_bytes(b"")
    assert (await lab.points())[0].gap == wal(9)


async def test_a_base_whose_own_segments_are_not_archived_yet_is_incomplete_without_a_gap(lab: Lab) -> None:
    lab.listed = [{**LISTED, "status": "WAITING_FOR_WALS"}]
    lab.answer("list-files", {})
    (point,) = await lab.points()
    assert (point.complete, point.gap, point.flaw) == (False, "", f"its log lacks {wal(8)}")


async def test_a_base_that_lost_its_own_segment_is_incomplete_and_torn(lab: Lab) -> None:
    lab.archive(9, 10, claimed=[8])
    (point,) = await lab.points()
    assert (point.complete, point.gap) == (False, wal(8))


async def test_a_failed_backup_is_incomplete(lab: Lab) -> None:
    lab.listed = [{"backup_id": ID, "status": "FAILED"}, {"backup_id": "odd"}]
    points = await lab.points()
    assert [(point.id, point.complete) for point in points] == [("odd", False), (ID, False)]
    assert points[1].flaw == "barman says: failed"


async def test_segments_of_one_megabyte_are_followed(lab: Lab) -> None:
    base = {**SHOWN["base_backup_information"], "begin_lsn": "0/800028"}
    lab.shown = {**SHOWN, "base_backup_information": base}
    lab.archive(8, 9)
    assert (await lab.points())[0].restorable_through == BEGAN + timedelta(seconds=1)


async def test_the_size_of_older_barmans_is_read_too(lab: Lab) -> None:
    base = {name: told for name, told in SHOWN["base_backup_information"].items() if name != "backup_size_bytes"}
    lab.shown = {**SHOWN, "base_backup_information": {**base, "disk_usage_bytes": 84145890}}
    lab.archive(8)
    assert (await lab.points())[0].size_bytes == 84145890


async def test_a_finished_backup_is_asked_about_once(lab: Lab) -> None:
    lab.archive(8)
    await lab.points()
    await lab.points()
    assert len([asked for asked in lab.tool.asked if "show-backup" in asked]) == 1


async def test_a_backup_that_retention_took_meanwhile_is_left_out(lab: Lab) -> None:
    lab.answer("list-backups", {"orders": [LISTED]})
    lab.answer("show-backup", {"_ERROR": [f"Unknown backup '{ID}' for server 'orders'"]}, 1)
    assert await lab.source.list_points() == ()


async def test_the_token_of_a_source_just_made_already_watches_the_archive(lab: Lab) -> None:
    lab.archive(8, 9)
    lab.answer("list-backups", {"orders": [LISTED]})
    before = await lab.source.probe()
    os.utime(lab.log, (1, 1))
    assert await lab.source.probe() != before


async def test_the_token_changes_with_the_catalogue_and_with_the_archive(lab: Lab) -> None:
    lab.archive(8, 9)
    await lab.points()
    before = await lab.source.probe()
    assert await lab.source.probe() == before
    (lab.log / wal(9)).unlink()
    os.utime(lab.log, (1, 1))
    torn = await lab.source.probe()
    lab.answer("list-backups", {"orders": []})
    assert len({before, torn, await lab.source.probe()}) == 3


@pytest.mark.parametrize(
    ("answer", "stderr", "kind"),
    [
        ({"_ERROR": ["Unknown server 'orders'"]}, "", FaultKind.MISSING_REPOSITORY),
        ({"_EXCEPTION": ["/srv/x.lock\nSee log"]}, "LockFilePermissionDenied: /srv/x.lock", FaultKind.PERMISSION),
        ({}, "Configuration file '/nope.conf' does not exist", FaultKind.MISSING_REPOSITORY),
    ],
)
async def test_a_refusal_is_a_fault(lab: Lab, answer: object, stderr: str, kind: FaultKind) -> None:
    lab.answer("list-backups", answer, 1, stderr)
    with pytest.raises(SourceFault) as caught:
        await lab.source.list_points()
    assert caught.value.kind is kind


@pytest.mark.parametrize("stdout", ["no json", "", "[]", '{"other": []}', '{"orders": {}}', '{"orders": [{}]}'])
async def test_an_answer_that_is_none_is_a_fault_and_not_an_empty_list(lab: Lab, stdout: str) -> None:
    lab.tool.answers["list-backups"] = Outcome(0, stdout, "")
    with pytest.raises(SourceFault) as caught:
        await lab.source.list_points()
    assert caught.value.kind is FaultKind.CORRUPT


@pytest.mark.parametrize("told", [{}, {**SHOWN["base_backup_information"], "begin_wal": "odd"}])
async def test_a_backup_without_its_segments_is_a_fault(lab: Lab, told: dict[str, Any]) -> None:
    lab.shown = {**SHOWN, "base_backup_information": told}
    with pytest.raises(SourceFault, match="cannot be read"):
        await lab.points()


async def test_an_archive_that_cannot_be_read_is_a_fault(lab: Lab) -> None:
    lab.answer("list-files", {"_INFO": [str(lab.log.parent.parent / "nowhere" / "x" / wal(8))]})
    with pytest.raises(SourceFault, match="archived log") as caught:
        await lab.points()
    assert caught.value.kind is FaultKind.MISSING_REPOSITORY


async def test_its_version_is_the_first_word(lab: Lab) -> None:
    assert await lab.source.version() == "3.19.1"
