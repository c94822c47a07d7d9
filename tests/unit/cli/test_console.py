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


def test_without_its_bot_the_workspace_beside_slack_is_not_there(tmp_path: Path) -> None:
    environment = {"STATE_DIR": str(tmp_path), "CONSOLE_FALLBACK": "true"}
    result = bringback(world(environment=environment), "console")
    assert (result.exit_code, "`bringback serve` starts it" in result.stderr) == (1, True)


def test_where_none_stands_beside_slack_one_of_its_own_is_served(tmp_path: Path) -> None:
    became: list[tuple[str, list[str]]] = []
    place = world(
        environment={"STATE_DIR": str(tmp_path)}, become=lambda module, words: became.append((module, list(words)))
    )
    bringback(place, "console")
    assert became == [("bot.console", ["--state", str(tmp_path / "console")])]
