"""What people copy does what it says, whatever the value; and no value takes the place of a variable of the system."""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.runbook.inputs import as_variables, found_inputs, shown, variable_name
from bot.runbook.taken_names import is_taken
from tests.unit.runbook.making import book, fence

VALUES = st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF, exclude_categories=("Cc", "Cs")), min_size=1)


@settings(max_examples=25, deadline=None)
@given(VALUES)
def test_a_copied_command_means_the_value_in_whatever_quotes_it_stands(value: str) -> None:
    script = 'printf %s <X>; printf %s "<X>" "a$X"; printf %s \'<X>\' ; printf %s "${X}" $X\n'
    done = subprocess.run(["sh", "-c", shown(script, {"X": value})], env={}, capture_output=True, check=True)
    assert done.stdout.decode() == value * 2 + f"a{value}" + value * 3


@pytest.mark.parametrize(
    ("script", "copied"),
    [
        ("ssh <db host> $REGION", "ssh db1 'e u'"),
        ("x '$REGION' \\$REGION", "x '$REGION' \\$REGION"),
        ("REGION=us\nx $REGION", "REGION=us\nx $REGION"),
        ("export REGION=us; x $REGION", "export REGION=us; x $REGION"),
        ("for REGION in a b; do x $REGION; done", "for REGION in a b; do x $REGION; done"),
        ("read -r REGION\nx $REGION", "read -r REGION\nx $REGION"),
        ("helm --set REGION=$REGION", "helm --set REGION='e u'"),
        ("cat <<EOF\n$REGION <db host>\nEOF\nx $REGION", "cat <<EOF\n$REGION <db host>\nEOF\nx 'e u'"),
        ("x $REGIONAL <other>", "x $REGIONAL <other>"),
        ('x "in $REGION"', 'x "in e u"'),
    ],
)
def test_known_values_stand_in_a_copied_command_and_all_else_is_left(script: str, copied: str) -> None:
    assert shown(script, {"DB_HOST": "db1", "REGION": "e u"}) == copied


def test_a_copied_command_without_known_values_is_as_it_was_written() -> None:
    assert shown("ssh <db host> $REGION\n", {}) == "ssh <db host> $REGION\n"


@pytest.mark.parametrize(
    ("placeholder", "variable"),
    [
        ("path", "PATH_VALUE"),
        ("Home", "HOME_VALUE"),
        ("ifs", "IFS_VALUE"),
        ("ld preload", "LD_PRELOAD_VALUE"),
        ("BASH_ENV", "BASH_ENV_VALUE"),
        ("uid", "UID_VALUE"),
        ("python-path", "PYTHON_PATH_VALUE"),
        ("db path", "DB_PATH"),
        ("2nd host", "_2ND_HOST"),
        ("__", "VALUE"),
    ],
)
def test_no_placeholder_takes_the_place_of_a_variable_that_shells_go_by(placeholder: str, variable: str) -> None:
    assert variable_name(placeholder) == variable
    assert not is_taken(variable)


def test_a_command_that_runs_asks_for_a_path_and_keeps_its_own() -> None:
    read = book("---\nrecovery: {execute: true}\n---\n## R\n" + fence("ls <path>", info='sh {"name":"x"}'))
    assert read.steps[0].commands[0].script == 'ls "${PATH_VALUE}"\n'
    assert [(one.name, one.ask) for one in read.inputs] == [("PATH_VALUE", "path?")]


def test_a_declared_input_of_such_a_name_is_a_fault() -> None:
    [fault] = book("---\nrecovery: {inputs: {PATH: {ask: Where?}}}\n---\n# T\n").faults
    assert "PATH is a variable that shells and tools go by: call it PATH_VALUE" in fault.message


@pytest.mark.parametrize("name", ["PATH", "LD_PRELOAD", "RECOVERY_TARGET"])
def test_nothing_is_captured_under_such_a_name(name: str) -> None:
    [fault] = book("## R\n" + fence("x", info=f'sh {{"name":"x","capture":"{name}=(.*)"}}')).faults
    assert f"{name} is a variable that commands go by" in fault.message


def test_an_input_of_a_small_name_reaches_its_placeholder() -> None:
    assert as_variables({"region": "eu"}) == {"region": "eu", "REGION": "eu"}
    assert shown("x <region> $region", {"region": "eu"}) == "x eu eu"


def test_what_a_command_captures_is_not_asked_for() -> None:
    first = fence("list", info='sh {"name":"list","capture":"BACKUP_ID=^id: (.*)"}')
    text = "---\nrecovery: {execute: true}\n---\n## R\n" + first + "## S\n" + fence("restore <backup id> <host>")
    read = book(text)
    assert [one.name for one in read.inputs] == ["HOST"]
    assert [one.name for one in found_inputs(read.steps[1].commands, ())] == ["BACKUP_ID", "HOST"]
