"""What the files of an attempt tell."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bot.runners.attempt import OUTPUT_BYTES, make_private, parse_moment, read_tail

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("text", "microsecond"), [("1795316400", 0), ("1795316400.25", 250_000), ("1795316400.123456789", 123_456)]
)
def test_a_moment_is_read_to_the_microsecond(text: str, microsecond: int) -> None:
    assert parse_moment(text) == datetime(2026, 11, 22, 3, 0, 0, microsecond, tzinfo=UTC)


def test_a_system_whose_date_knows_no_fraction_is_read_to_the_second() -> None:
    assert parse_moment("1795316400.N") == datetime(2026, 11, 22, 3, tzinfo=UTC)


def test_only_the_end_of_a_huge_output_is_read(tmp_path: Path) -> None:
    output = tmp_path / "output"
    output.write_bytes(b"x" * OUTPUT_BYTES + "änd".encode())
    assert read_tail(output) == "x" * (OUTPUT_BYTES - 4) + "änd"
    assert read_tail(output, 3) == "\ufffdnd"[-3:]
    assert read_tail(tmp_path / "none") == ""


def test_every_folder_on_the_way_is_for_this_user_alone(tmp_path: Path) -> None:
    make_private(tmp_path / "a" / "b")
    make_private(tmp_path / "a" / "b")
    assert [folder.stat().st_mode & 0o777 for folder in (tmp_path / "a", tmp_path / "a" / "b")] == [0o700, 0o700]
