from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from bot.cli.command_line import COMMANDS, build, build_list
from bot.domain.errors import BringbackError, NotHolder
from tests.unit.cli.terminal import FakeVerbs, bringback, world

ROOT = Path(__file__).parents[3]
NAMES = sorted(name for names in COMMANDS.values() for name in names)


def commands() -> dict[str, list[str]]:
    """Every subcommand with its long options."""
    top = get_command(build(world()))
    return {
        " ".join(path): [option for parameter in leaf.params for option in options_of(parameter)]
        for path, leaf in leaves(top)
    }


def leaves(command: Any, *path: str) -> list[tuple[tuple[str, ...], Any]]:
    below = getattr(command, "commands", None)
    return [(path, command)] if below is None else [leaf for name in below for leaf in leaves(below[name], *path, name)]


def options_of(parameter: Any) -> list[str]:
    return [option for option in (*parameter.opts, *parameter.secondary_opts) if option.startswith("--")]


def test_every_subcommand_has_a_file_of_its_name() -> None:
    assert all((ROOT / "bot/cli" / f"{name.replace('-', '_')}.py").is_file() for name in NAMES)


def test_every_subcommand_is_documented_with_all_its_options() -> None:
    text = (ROOT / "docs/commands.md").read_text(encoding="utf-8")
    sections = dict(re.findall(r"^### `bringback ([a-z -]+)[^\n]*`\n(.*?)(?=^#|\Z)", text, re.MULTILINE | re.DOTALL))
    sections = {name.strip(): body for name, body in sections.items()}
    assert sorted(sections) == sorted(commands())
    for name, options in commands().items():
        missing = [option for option in options if f"`{option}" not in sections[name] and option != "--help"]
        assert not missing, f"docs/commands.md does not tell of {name} {missing}"


def test_help_names_every_subcommand() -> None:
    shown = bringback(world(), "--help").output
    assert all(name in shown for name in NAMES)


def test_help_needs_no_settings() -> None:
    assert bringback(world(environment={"PORT": "none"}), "status", "--help").exit_code == 0


@pytest.mark.parametrize("word", ["freshnes", "restor"])
def test_a_mistyped_subcommand_is_a_usage_error_that_suggests_the_right_one(word: str) -> None:
    result = bringback(world(), word)
    assert result.exit_code == 2
    assert "Did you mean" in result.output


def test_an_error_of_the_bot_is_one_sentence_on_the_error_stream_and_exit_code_1() -> None:
    verbs = FakeVerbs({"recent": NotHolder("Another bot holds this state (pid 7).", "Stop it first.")})
    result = bringback(world(verbs), "status")
    assert result.exit_code == 1
    assert result.stderr == "bringback: Another bot holds this state (pid 7). Stop it first.\n"
    assert result.stdout == ""


def test_faults_of_the_settings_are_listed_all_at_once() -> None:
    result = bringback(world(environment={"PORT": "none", "LOG_LEVEL": "loud"}), "status")
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 3
    assert "PORT" in result.stderr
    assert "LOG_LEVEL" in result.stderr


def test_an_error_shows_no_escape_code() -> None:
    verbs = FakeVerbs({"recent": BringbackError("There is no \x1b[31m runbook.")})
    assert "\x1b" not in bringback(world(verbs), "status").stderr


def test_a_worker_on_sqlite_is_refused_with_what_to_set() -> None:
    result = bringback(world(), "work")
    assert result.exit_code == 1
    assert "Set DATABASE_URL=postgres://" in result.stderr


def test_the_bot_does_not_start_without_tokens_and_says_how_to_set_each() -> None:
    result = bringback(world(), "serve")
    assert result.exit_code == 1
    assert "SLACK_BOT_TOKEN is missing" in result.stderr
    assert "SLACK_APP_TOKEN or SLACK_SIGNING_SECRET is missing" in result.stderr


def test_the_console_goes_on_in_its_own_program_with_a_folder_in_the_state() -> None:
    became: list[tuple[str, list[str]]] = []
    place = world(environment={"STATE_DIR": "/s"}, become=lambda module, words: became.append((module, list(words))))
    bringback(place, "console", "--port", "7")
    bringback(place, "console", "--help")
    assert became == [("bot.console", ["--state", "/s/console", "--port", "7"]), ("bot.console", ["--help"])]


def test_the_demo_goes_on_in_its_own_program() -> None:
    became: list[tuple[str, list[str]]] = []
    place = world(become=lambda module, words: became.append((module, list(words))))
    bringback(place, "demo", "break", "gone", "orders-db")
    assert became == [("bot.demo", ["break", "gone", "orders-db"])]


@pytest.mark.parametrize("module", ["bot.cli.command_line", "bot.cli.check", "bot.cli.steps"])
def test_what_must_start_quickly_imports_neither_engine_nor_database(module: str) -> None:
    heavy = {"dbos", "tortoise", "aiohttp", "slack_bolt"}
    code = f"import sys, {module}; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout == "[]\n"


def test_the_quick_help_is_the_help() -> None:
    quick = CliRunner().invoke(build_list(), ["--help"], prog_name="bringback")
    assert quick.output == CliRunner().invoke(build(world()), ["--help"], prog_name="bringback").output


@pytest.mark.parametrize("words", [["--help"], ["status"]])
def test_what_is_asked_often_imports_neither_engine_nor_slack(words: list[str], tmp_path: Path) -> None:
    heavy = {"dbos", "sqlalchemy", "slack_bolt", "aiohttp", "bot.app"}
    code = (
        f"import sys; from bot.cli import main; sys.argv[1:] = {words}\n"
        f"try: main()\nfinally: print(sorted({heavy} & set(sys.modules)), file=sys.stderr)"
    )
    environment = {"STATE_DIR": str(tmp_path), "RUNBOOKS_DIR": str(ROOT / "runbooks")}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT, env=environment
    )
    assert done.stderr == "[]\n"
