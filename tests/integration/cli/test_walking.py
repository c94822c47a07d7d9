"""A runbook without annotations walked from terminals: one process carries it, others act on it and read it."""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING, Any

from bot.cli.world import World
from bot.web.control_socket import login_of_uid
from tests.fakes.walked_runbooks import write_walked
from tests.integration.cli.small_estate import SmallEstate, read_until
from tests.unit.cli.terminal import bringback

if TYPE_CHECKING:
    from pathlib import Path


class Terminal:
    """Another terminal beside the one that walks."""

    def __init__(self, place: Path) -> None:
        environment = {"PLACE": str(place), "STATE_DIR": f"{place}/state", "RUNBOOKS_DIR": f"{place}/books"}
        login = login_of_uid(os.getuid())
        self._world = World(environment=environment, login=login, configure_logs=lambda *_: None)

    def act(self, *words: str) -> str:
        result = bringback(self._world, *words)
        assert result.exit_code == 0, result.output
        return result.stdout

    def refused(self, *words: str) -> str:
        result = bringback(self._world, *words)
        assert result.exit_code
        return result.output

    def answer(self, step: str, *words: str) -> None:
        """Answer a step, once it is asked."""
        end = time.monotonic() + 30
        while step not in _asked(self.status()):
            assert time.monotonic() < end, f"{step} was not asked"
        self.act("answer", "R-1", "gateway", step, *words)

    def status(self) -> Any:
        return json.loads(self.act("status", "R-1", "--json"))


def _asked(told: Any) -> list[str]:
    return [step["step"] for step in told["systems"][0]["steps"] if step["status"] == "waiting"]


def test_a_walk_is_looked_at_answered_jumped_attached_and_handed_over_from_another_terminal(tmp_path: Path) -> None:
    estate, other = SmallEstate.make(tmp_path), Terminal(tmp_path)
    write_walked(tmp_path / "books")
    (tmp_path / "gw.log").write_bytes(b"oom\x00")
    wanted = ("--part", "Restart the gateway", "--input", "GATEWAY_HOST=gw 1", "--reason", "502s")
    with estate.start("walk", "gateway", "--real", *wanted) as walk:
        said = read_until(walk, "bringback answer R-1 gateway")
        assert "REAL R-1  gateway  Step 1 of 6 - Restart the gateway > 1, command 1 of 2" in said
        assert "ssh 'gw 1' journalctl -u gateway -n 50" in said
        steps = [step["step"] for step in other.status()["systems"][0]["steps"]]
        first = ("R-1", "gateway", steps[0])
        assert steps[3].startswith("vault/")
        assert "bringback answer R-1 gateway" in other.act("status", "R-1")
        assert "Enter the second key" in other.act("status", "R-1", "--steps")
        other.act("take", *first)
        other.act("assign", *first, "Bob")
        assert "Did you mean Bob?" in other.refused("assign", *first, "Bop")
        assert "Did you mean" in other.refused("take", "R-1", "gateway", steps[3][:-1])
        other.act("attach", "R-1", str(tmp_path / "gw.log"), "--system", "gateway", "--step", steps[0])
        other.answer(steps[0], "done")
        other.answer(steps[1], "jump", "--to", steps[4], "--reason", "the vault is open")
        other.answer(steps[4], "jump", "--to", steps[3], "--reason", "it was not")
        for step in steps[3:6]:
            other.answer(step, "done")
        assert other.act("hand-over", "R-1", "Bob", "--text", "my shift ends").endswith("Bob leads.\n")
        other.answer(steps[6], "done")
        assert "handed over to Bob by Ada: my shift ends" in read_until(walk, "All of it, with times")
        assert walk.wait(timeout=30) in {0, 1}
    told = other.status()
    assert [step["step"] for step in told["systems"][0]["steps"] if step["status"] == "skipped"] == steps[1:3]
    assert [(one["name"], one["size"]) for one in told["attachments"]] == [("gw.log", 4)]
    other.act("attachment", "R-1", "gw.log", "--out", str(tmp_path / "back.log"))
    assert (tmp_path / "back.log").read_bytes() == b"oom\x00"
    assert "gw.log" in other.act("review", "R-1", "--markdown")
