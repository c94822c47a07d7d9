"""estate.json."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.demo.errors import NotRunning
from bot.demo.processes import ProcessRecord
from bot.demo.record import Breakage, Instance, new_record, read_record, write_record

if TYPE_CHECKING:
    from pathlib import Path

DNS = ProcessRecord("dns", 100, 1763806500.25, ("python", "-m", "dns"))


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    record = new_record({"dns": 20053}).with_process(DNS).with_instance(Instance("dns", "/data/dns", 20053, live=True))
    write_record(tmp_path / "estate.json", record)
    assert read_record(tmp_path / "estate.json") == record


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    write_record(tmp_path / "estate.json", new_record({}))
    assert (tmp_path / "estate.json").stat().st_mode & 0o777 == 0o600


def test_an_estate_that_never_was_says_how_to_start_one(tmp_path: Path) -> None:
    with pytest.raises(NotRunning, match="demo up"):
        read_record(tmp_path / "estate.json")


def test_a_process_takes_the_place_of_the_earlier_one_of_its_name() -> None:
    again = ProcessRecord("dns", 200, 1763806600.0, ("python", "-m", "dns"))
    assert new_record({}).with_process(DNS).with_process(again).processes == (again,)


def test_what_runs_on_the_same_data_takes_the_place_of_what_ran(tmp_path: Path) -> None:
    old, new = (Instance("dns", str(tmp_path), port, live=False) for port in (20001, 20002))
    record = new_record({}).with_instance(old).with_instance(new)
    assert record.instance(tmp_path) == new
    assert record.without_instance(tmp_path).instance(tmp_path) is None


def test_a_system_that_was_brought_back_is_no_longer_gone_but_stays_otherwise_broken() -> None:
    gone, empty = (Breakage(mode, "docs", "2026-11-22T10:15:00.000000Z") for mode in ("gone", "empty"))
    other = Breakage("gone", "dns", "2026-11-22T10:15:00.000000Z")
    record = new_record({})
    for breakage in (gone, empty, other):
        record = record.with_breakage(breakage)
    assert record.without_gone("docs").breakages == (empty, other)


def test_every_estate_has_its_own_key_and_password() -> None:
    one, two = new_record({}), new_record({})
    assert one.key != two.key
    assert one.archive_password != two.archive_password
