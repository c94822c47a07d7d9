"""The terminal over a real bot, in processes of their own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.integration.cli.small_estate import SmallEstate, read_until

if TYPE_CHECKING:
    from pathlib import Path


def test_a_drill_is_proven_and_everything_can_be_read_afterwards(tmp_path: Path) -> None:
    estate = SmallEstate.make(tmp_path)
    code, shown, errors = estate.run("restore", "notes", "--drill")
    assert code == 0, shown + errors
    assert "PARTIAL, 1 of 1 verified" in shown  # its manual step was only spoken of
    assert not (tmp_path / "live").exists()
    _, told, _ = estate.run("status", "--json")
    assert json.loads(told)[0]["outcome"] == "partial"
    _, reviewed, _ = estate.run("review", "R-1", "--json")
    head = json.loads(reviewed)["ledger_head"]
    assert estate.run("ledger", "verify", "--head", head)[0] == 0


def test_a_backup_that_lacks_rows_ends_with_1_and_names_them(tmp_path: Path) -> None:
    estate = SmallEstate.make(tmp_path, rows=3)
    code, shown, _ = estate.run("restore", "notes", "--drill")
    assert code == 1
    assert "FAILED" in shown
    assert "2 of 5" in shown
    assert "notes" in shown


def test_a_real_restore_is_answered_from_another_terminal_while_no_other_bot_may_start(tmp_path: Path) -> None:
    estate = SmallEstate.make(tmp_path)
    with estate.start("restore", "notes", "--real", "--break-glass", "alone", "--outage-started", "5m") as restore:
        read_until(restore, "bringback answer R-1 notes tell-the-readers done")
        tokens = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1", "SLACK_API_URL": "http://127.0.0.1:9/api/"}
        code, _, errors = estate.run("serve", **tokens)
        assert (code, str(restore.pid) in errors, errors.count("\n")) == (1, True, 1)
        code, _, errors = estate.run("answer", "R-1", "notes", "tell-the-readers", "done")
        assert code == 0, errors
        shown = read_until(restore, "All of it, with times: bringback review R-1")
        assert restore.wait(timeout=30) == 0
    assert "RTA 5 min" in shown
    assert "second person (Ada: “alone”)" in shown
    code, _, errors = estate.run("answer", "R-1", "notes", "tell-the-readers", "done")
    assert (code, "already done by Ada at" in errors) == (1, True)
