"""Values in scripts: a real shell shows that whatever they hold, they stay values."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from bot.runbook.inputs import find_placeholders, shown, with_variables

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE = (
    "$(touch gone)",
    "`touch gone`",
    "';touch gone;'",
    '";touch gone;"',
    "x;touch gone",
    "a \\",
    "it's",
    "*",
    "#x",
)

SCRIPTS = {
    "alone": "printf '[%s]' <v>",
    "in double quotes": "printf '[%s]' \"<v>\"",
    "in single quotes": "printf '[%s]' '<v>'",
    "in quotes with escapes": r"printf '[%s]' $'<v>'",
    "after a comment with a placeholder and an apostrophe": "# set <other>, don't skip\nprintf '[%s]' <v>",
    "after a here-document with an apostrophe": "cat <<END >/dev/null\ndon't\nEND\nprintf '[%s]' <v>",
    "after a here-document whose end has a dash": "cat <<'E-F' >/dev/null\ndon't <other>\nE-F\nprintf '[%s]' <v>",
    "after a here-string": "cat >/dev/null <<<EOF\nprintf '[%s]' <v>",
    "after a shift": "(( x = 1 << y ))\nprintf '[%s]' <v>",
    "in a substitution in quotes": "printf '[%s]' \"$(printf '%s' <v>)\"",
    "in quotes in a substitution in quotes": "printf '[%s]' \"$(printf '%s' \"<v>\")\"",
    "in a case in a substitution": "printf '[%s]' \"$(case x in x) printf '%s' <v>;; esac)\"",
    "after a length that is no comment": "x=it; echo ${#x} $# >/dev/null; printf '[%s]' <v>",
}


def output(script: str, folder: Path, **values: str) -> str:
    done = subprocess.run(
        ["/bin/bash", "-c", script], env=values, cwd=folder, capture_output=True, text=True, check=True, timeout=10
    )
    return done.stdout


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS.keys())
def test_a_value_reaches_a_running_command_whole_and_is_never_run(script: str, tmp_path: Path) -> None:
    for value in HOSTILE:
        assert output(with_variables(script), tmp_path, V=value, OTHER="o") == f"[{value}]"
    assert not (tmp_path / "gone").exists()


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS.keys())
def test_a_command_that_is_shown_with_a_value_may_be_copied_as_it_is(script: str, tmp_path: Path) -> None:
    for value in HOSTILE:
        assert output(shown(script, {"V": value, "OTHER": "o"}), tmp_path) == f"[{value}]"
    assert not (tmp_path / "gone").exists()


@pytest.mark.parametrize("script", ['echo "`echo <v>`"', 'echo "${X:-<v>}"', "echo $((<v> + 1))", "echo 'open <v>"])
def test_where_no_quotes_can_be_trusted_only_a_harmless_value_is_shown(script: str) -> None:
    assert shown(script, {"V": "$(touch gone)"}) == script
    assert shown(script, {"V": "eu-1"}) == script.replace("<v>", "eu-1")


def test_placeholders_in_here_documents_are_left_and_those_behind_them_are_found() -> None:
    assert find_placeholders('cat <<-"A B" | sh -s <one>\n\t<two>\n\tA B\necho <three>') == ["one", "three"]
    assert find_placeholders("cat <<<word\necho <one>") == ["one"]


def test_a_hostile_script_is_read_in_time_that_grows_with_its_size() -> None:
    script = '((`$("${' * 20_000 + "<v>" * 20_000
    assert with_variables(script).count("${V}") == 20_000
