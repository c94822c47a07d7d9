"""The folder of runbooks: read again when something in it changed, and looked at once a second at most."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.runbook.folder import LOOK_AGAIN, RunbookFolder
from tests.fakes.fixed_clock import FixedClock
from tests.fakes.histories import at
from tests.fakes.small_estate import write_estate

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(at(0))


@pytest.fixture
def folder(tmp_path: Path, clock: FixedClock) -> RunbookFolder:
    write_estate(tmp_path)
    return RunbookFolder(tmp_path, {}, clock)


def test_what_has_not_changed_is_not_read_again(folder: RunbookFolder, clock: FixedClock) -> None:
    first = folder.read()
    clock.at += LOOK_AGAIN
    assert folder.read() is first


def test_a_change_is_seen_a_second_later(folder: RunbookFolder, clock: FixedClock, tmp_path: Path) -> None:
    first = folder.read()
    (tmp_path / "wiki.md").write_text("# Wiki\n## Look\nLook.\n", encoding="utf-8")
    assert folder.read() is first
    clock.at += LOOK_AGAIN
    assert "wiki" in {runbook.name for runbook in folder.read().runbooks}
    (tmp_path / "wiki.md").unlink()
    clock.at += LOOK_AGAIN
    assert "wiki" not in {runbook.name for runbook in folder.read().runbooks}


def test_a_script_that_a_command_names_changes_its_digest(
    folder: RunbookFolder, clock: FixedClock, tmp_path: Path
) -> None:
    (tmp_path / "canary.sh").write_text("true\n", encoding="utf-8")
    dns = tmp_path / "dns.md"
    dns.write_text(dns.read_text(encoding="utf-8").replace("\ntrue\n", "\n./canary.sh\n"), encoding="utf-8")
    before = folder.read().estate().runbooks["dns"].digest
    (tmp_path / "canary.sh").write_text("exit 1\n", encoding="utf-8")
    clock.at += LOOK_AGAIN
    assert folder.read().estate().runbooks["dns"].digest != before


def test_a_clock_that_was_set_back_hides_no_change(folder: RunbookFolder, clock: FixedClock, tmp_path: Path) -> None:
    folder.read()
    clock.at -= timedelta(hours=1)
    (tmp_path / "dns.md").unlink()
    assert "dns" not in folder.read().estate().systems


def test_a_link_that_leads_nowhere_hinders_nobody(folder: RunbookFolder, clock: FixedClock, tmp_path: Path) -> None:
    (tmp_path / "gone.md").symlink_to(tmp_path / "none")
    (tmp_path / ".git").mkdir()
    first = folder.read()
    (tmp_path / ".git" / "index").write_text("x", encoding="utf-8")
    clock.at += LOOK_AGAIN
    assert folder.read() is first


@pytest.mark.parametrize("change", ["content", "link"])
def test_a_script_in_a_hidden_folder_or_behind_a_link_changes_the_digest(
    folder: RunbookFolder, clock: FixedClock, tmp_path: Path, change: str
) -> None:
    for release in ("1", "2"):
        (tmp_path / ".releases" / release).mkdir(parents=True)
        (tmp_path / ".releases" / release / "canary.sh").write_text(release, encoding="utf-8")
    (tmp_path / "current").symlink_to(".releases/1")
    dns = tmp_path / "dns.md"
    dns.write_text(dns.read_text(encoding="utf-8").replace("\ntrue\n", "\n./current/canary.sh\n"), encoding="utf-8")
    before = folder.read().estate().runbooks["dns"].digest
    if change == "content":
        (tmp_path / ".releases" / "1" / "canary.sh").write_text("exit 1\n", encoding="utf-8")
    else:
        (tmp_path / "current").unlink()
        (tmp_path / "current").symlink_to(".releases/2")
    clock.at += LOOK_AGAIN
    assert folder.read().estate().runbooks["dns"].digest != before
