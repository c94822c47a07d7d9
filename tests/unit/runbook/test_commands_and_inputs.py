"""Prompts and sample output are told from commands; values reach them as variables, never as text."""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.runbook import Input
from bot.runbook.inputs import (
    InputError,
    fault_in,
    find_placeholders,
    secret_reader,
    shown,
    with_variables,
)
from bot.runbook.prompts import script_of
from tests.unit.runbook.making import book, fence


@pytest.mark.parametrize(
    ("language", "text", "script"),
    [
        ("sh", "a\n# note\nb\n", "a\n# note\nb\n"),
        ("sh", "$ a\nout 1\n$ b \\\n    -c\nout 2\n", "a\nb \\\n    -c\n"),
        ("console", "# systemctl stop x\nstopped\n", "systemctl stop x\n"),
        ("console", "$ a\n# not a prompt here\n", "a\n"),
        ("console", "just text\n", "just text\n"),
        ("", "$ a\nUSER   PID\n$5 is what it costs\n", "a\n"),
        ("sh", "echo $HOME\n$HOME/bin/x\n", "echo $HOME\n$HOME/bin/x\n"),
        ("console", "root@db1:~# stop x\nstopped\n[ops@db1 ~]$ ls\nfile\n", "stop x\nls\n"),
        ("sh", "ops@db1:/var/log$ ls\nfile\n(venv) ops@db1 % pwd\n", "ls\npwd\n"),
        ("sh", "git clone git@host:a/b.git # all\n", "git clone git@host:a/b.git # all\n"),
    ],
)
def test_only_what_stands_behind_prompts_runs_where_there_are_prompts(language: str, text: str, script: str) -> None:
    assert script_of(text, language) == script


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("$ cat <<EOF > x\nhello\nEOF\nout\n$ b\n", "cat <<EOF > x\nhello\nEOF\nb\n"),
        ("$ patch -p '{\n  \"a\": 1\n}'\npatched\n", "patch -p '{\n  \"a\": 1\n}'\n"),
        ("$ a |\n  grep b\nout\n", "a |\n  grep b\n"),
        ("$ for i in 1 2; do\n>   echo $i\n> done\n1\n2\n", "for i in 1 2; do\n  echo $i\ndone\n"),
        ("$ cat <<EOF\n> x\n> EOF\nx\n", "cat <<EOF\nx\nEOF\n"),
        ("$ npm run build\n> app@1.0 build\n", "npm run build\n"),
        ("$ a # it's all |\nout\n", "a # it's all |\n"),
        ("$ echo it's\nout\n$ b\n", "echo it's\nb\n"),
        ("$ cat <<EOF\nnothing\nends it\n", "cat <<EOF\n"),
    ],
)
def test_a_command_behind_a_prompt_is_taken_to_its_end_and_no_further(text: str, script: str) -> None:
    assert script_of(text, "sh") == script


def test_several_commands_of_a_step_stay_apart_and_exact() -> None:
    first = fence("a\tb  ", "", "c")
    step = book(f"## R\n{first}\ntext\n\n- x\n\n  ```sh\n  in a list\n  ```\n").steps[0]
    assert [command.text for command in step.commands] == ["a\tb  \n\nc\n", "in a list\n"]


def test_fences_of_other_languages_are_no_commands_unless_they_are_named() -> None:
    named = fence("x = 1", info='python {"name":"go"}')
    text = f"## R\n{fence('a: 1', info='yaml')}{fence('select 1', info='sql')}{named}"
    assert [command.language for command in book(text).steps[0].commands] == ["sql", "python"]


@pytest.mark.parametrize(
    ("script", "names"),
    [
        ("ssh <db host> {{ PORT }} <DB host>", ["db host", "PORT", "DB host"]),
        ("cat <in >out; diff <(a) <(b); cat << EOF\n<NAME>\nEOF\necho <AFTER>", ["AFTER"]),
        ("echo '<b>hi</b>' && docker ps --format '{{.Names}} {{end}}'", []),
        ("wc -l <file> <file>", ["file"]),
        ("# stop <pod>\nget pods | grep '<none>' # or <unknown>\necho '#<pod>' $#<a>", ["pod", "a"]),
    ],
)
def test_placeholders_are_found_and_shell_syntax_is_not(script: str, names: list[str]) -> None:
    assert find_placeholders(script) == names


def test_a_placeholder_becomes_a_variable_in_the_quotes_of_its_place() -> None:
    script = "a <X> \"b <X>\" 'c <X>' # it's <X>\nd <X> \\' <X>"
    assert with_variables(script) == 'a "${X}" "b ${X}" \'c \'"${X}"\'\' # it\'s <X>\nd "${X}" \\\' "${X}"'


@settings(max_examples=15, deadline=None)
@given(st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF, exclude_categories=("Cc", "Cs")), min_size=1))
def test_no_value_can_become_part_of_a_script(value: str) -> None:
    script = with_variables("printf %s <X>; printf %s \"<X>\"; printf %s '<X>'")
    done = subprocess.run(
        ["sh", "-c", script], env={"X": value, "PATH": "/usr/bin:/bin"}, capture_output=True, check=True
    )
    assert done.stdout.decode() == value * 3


def test_what_is_shown_to_copy_is_quoted() -> None:
    assert shown("ssh <HOST> <PORT>", {"HOST": "a; rm -rf /"}) == "ssh 'a; rm -rf /' <PORT>"


def test_found_placeholders_are_inputs_beside_the_declared_ones() -> None:
    head = "---\nrecovery: {inputs: {REGION: {ask: Where?}}}\n---\n"
    text = f"{head}## R\n{fence('x <REGION> <db name>')}{fence('<NOT>', info='sql')}"
    assert [(one.name, one.declared, one.ask) for one in book(text).inputs] == [
        ("REGION", True, "Where?"),
        ("DB_NAME", False, "db name?"),
    ]


def test_values_are_checked_against_choices_and_patterns() -> None:
    region = Input("REGION", ask="Which region?", choices=("eu", "us"))
    assert fault_in(region, "eu") == ""
    assert fault_in(region, "mars") == "Which region? must be one of: eu, us."
    assert fault_in(Input("T", pattern=r"^\d+$"), "x") == r"T does not fit the pattern ^\d+$."
    assert fault_in(Input("T"), "a\x1b[2Jb") == "T must be one line of plain text."
    assert fault_in(Input("T"), " ") == "T needs a value."


def test_a_secret_is_read_from_where_it_is_and_one_that_is_not_there_is_said() -> None:
    secret = secret_reader({"C_SECRET": "s3"}, lambda path: f"from {path}\n")
    assert (secret("env:C_SECRET"), secret("file:/run/d")) == ("s3", "from /run/d")
    with pytest.raises(InputError, match="The secret env:NONE is not set"):
        secret("env:NONE")


def test_a_command_that_runs_holds_variables_and_its_text_stays_as_written() -> None:
    command = fence("restore <backup id>", info='sh {"name":"x"}')
    read = book("---\nrecovery: {system: db, execute: true}\n---\n## R\n" + command)
    assert read.steps[0].commands[0].script == 'restore "${BACKUP_ID}"\n'
    assert read.steps[0].commands[0].text == "restore <backup id>\n"
    assert [one.name for one in read.inputs] == ["BACKUP_ID"]
