"""A value that a second shell reads again can be more than a value there."""

from __future__ import annotations

import pytest

from bot.runbook.second_shell import read_again
from tests.unit.runbook.making import book, fence

HEAD = "---\nrecovery: {system: db, execute: true, inputs: {NAME: {ask: Which?%s}}}\n---\n"


def names(script: str, more: str = "") -> list[str]:
    info = 'sh {"name":"stop"}'
    runbook = book(f"{HEAD % more}## Stop it\n{fence(script, info=info)}")
    return list(read_again(runbook.steps[0].commands[0], runbook.inputs))


@pytest.mark.parametrize(
    "script",
    [
        'ssh db1 "systemctl stop $NAME"',
        "ssh -p 22 -t db1 systemctl stop <name>",
        "ssh db1 'systemctl stop <name>'",
        'sh -c "stop ${NAME}"',
        "sudo bash -ec 'stop <name>'",
        'su - postgres -c "stop $NAME"',
        'eval "stop $NAME"',
        'ssh db1 \\\n  "stop $NAME"',
        'bash --login -c "stop $NAME"',
        "ssh -- db1 stop <name>",
        'test -f x && ssh db1 "a; stop $NAME"',
        'kubectl exec db-0 -- sh -c "stop $NAME"',
        "docker exec db /bin/bash -lc 'stop <name>'",
        "find . | xargs sh -c 'stop <name>'",
        "gcloud compute ssh db1 --command 'stop <name>'",
        'if ssh db1 "test -f $NAME"; then stop; fi',
    ],
)
def test_a_value_within_the_command_of_a_second_shell_is_read_again(script: str) -> None:
    assert names(script) == ["NAME"]


@pytest.mark.parametrize(
    "script",
    [
        'ssh -p 22 "$NAME" stop',
        "ssh <name>",
        'stop "$NAME"',
        "sh stop.sh <name>",
        "echo eval\nstop <name>",
        "ssh db1 ls; stop <name>",
        "ssh db1 ls && stop <name>",
        "echo eval <name>",
        "# eval it\nstop <name> # eval",
        "rsync -e ssh a b <name>",
    ],
)
def test_a_value_that_only_one_shell_reads_is_not(script: str) -> None:
    assert names(script) == []


@pytest.mark.parametrize(
    "script",
    ["echo $((<name> * 60))", "(( NAME > 5 )) && stop", "if [[ $NAME -gt 5 ]]; then stop; fi", "let x=NAME+<name>"],
)
def test_a_value_in_a_sum_is_read_again_for_bash_runs_what_stands_in_its_brackets(script: str) -> None:
    assert names(script) == ["NAME"]


@pytest.mark.parametrize("script", ["[[ $NAME == db ]] && stop", "echo $((1 + 1)) <name>", "a=($(ls <name>))"])
def test_a_value_beside_a_sum_is_not(script: str) -> None:
    assert names(script) == []


@pytest.mark.parametrize("more", [", choices: [api, web]", ", pattern: '^[a-z]+$'", ", pattern: '^(a|b)$'"])
def test_a_value_that_is_checked_may_be_read_twice(more: str) -> None:
    assert names("eval stop $NAME", more) == []


@pytest.mark.parametrize("pattern", ["^[a-z]+", "[a-z]+$", "^a|b$"])
def test_a_pattern_that_holds_only_a_part_of_the_value_is_no_check(pattern: str) -> None:
    assert names("eval stop $NAME", f", pattern: '{pattern}'") == ["NAME"]


@pytest.mark.timeout(5)
def test_a_long_line_takes_no_longer_to_look_at() -> None:
    assert names("echo " + "$NAME su " * 4000) == []
    assert names("ssh -o " * 4000) == []
