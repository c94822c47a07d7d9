"""`bringback console` signs in to the workspace beside Slack, and serves one of its own where there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.web.control_socket import listen
from tests.unit.cli.terminal import FakeVerbs, bringback, world

if TYPE_CHECKING:
    from pathlib import Path

LINK = "http://127.0.0.1:8081/login?token=once"


def test_beside_a_running_bot_it_prints_a_link_for_who_asks(tmp_path: Path) -> None:
    verbs = FakeVerbs({"sign_in": LINK})
    with listen(tmp_path / "bot.sock") as listener:
        listener.listen()
        result = bringback(world(verbs, environment={"STATE_DIR": str(tmp_path)}), "console")
    assert LINK in result.output
    assert verbs.calls == [("sign_in", (verbs.actor,), {})]
