"""The settings of the bot on an estate, and what is printed when everything is up."""

from __future__ import annotations

import os
import pwd
import subprocess
from typing import TYPE_CHECKING

import pytest

from bot.demo.bot_settings import bot_environment, bot_exports, terminal_login, write_runbooks
from bot.demo.environment import default_state
from bot.demo.experience import what_to_try
from bot.demo.layout import Layout
from bot.demo.record import new_record, write_record

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    layout = Layout(tmp_path / "it's here")
    layout.make()
    write_record(layout.record, new_record({"bot": 20090}))
    return layout


def test_a_shell_that_reads_the_exports_has_the_settings_of_the_bot_and_keeps_its_own_path(layout: Layout) -> None:
    (layout.state / "bot.env").write_text(bot_exports(layout), encoding="utf-8")
    script = '. "$1"; echo "$STATE_DIR"; echo "$PORT"; echo "$PATH"'
    words = ["/bin/sh", "-c", script, "sh", str(layout.state / "bot.env")]
    said = subprocess.run(words, check=True, capture_output=True, text=True, env={"PATH": "/mine"}).stdout.splitlines()
    assert said[:2] == [bot_environment(layout)["STATE_DIR"], "20090"]
    assert said[2].endswith(":/mine")


def test_the_terminals_login_is_the_kernels_word_not_the_environments(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "approver")
    assert terminal_login() == pwd.getpwuid(os.getuid()).pw_name


def test_whoever_runs_the_demo_is_the_responder_in_its_policy(layout: Layout) -> None:
    write_runbooks(layout)
    policy = (layout.runbooks / "policy.yaml").read_text(encoding="utf-8")
    assert f'id: U1RESPONDER, login: "{terminal_login()}"' in policy


def test_the_printed_commands_name_the_estate_unless_it_is_the_usual_one(layout: Layout) -> None:
    usual = what_to_try(Layout(default_state()), "http://127.0.0.1:1/login", 42)
    other = what_to_try(layout, "http://127.0.0.1:1/login", 42)
    assert "--state" not in usual
    assert "./run bot status" in usual
    commands = [line for line in other.splitlines() if line.startswith("    ./run demo")]
    assert len(commands) == 5
    assert all(line.endswith("/it'\"'\"'s here'") for line in commands)
