"""A value that a second shell reads again can be more than a value there."""

from __future__ import annotations

import re

import pytest

from bot.runbook.held_values import holds_all
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


HELD = [
    "^[a-z]+$", "^(a|b)$", "^a$|^b$", r"\A[\w.-]+\Z", "^(?:(?:eu|us)-)?[a-z]{2}$", r"^(?i:[a-z]+)$", "^(?:eu$|us$)",
    r"^(?P<a>\d)-(?P=a)$", "(?x) ^ [0-9]+ $ # a count", r"^\d{4}-\d\d-\d\d \d\d:\d\d$", "^(?=.{3,9}$)[a-z]+$",
    r"^[^\W_]+$",
    r"^[^;&|<>()$`\\\"']+$", r"^db\.example$", r"^a++$", r"(^a$)", r"\b^a\b$",
]  # fmt: skip
LET_THROUGH = [
    "^[a-z]+", "[a-z]+$", "^a|b$", "^(eu)|(us)$", r"^[0-9]+\$", "^.*$", "^[^x]*$", r"^\S+$", r"^\D+$", "^(eu|us|.+)$",
    r"^[ -~]+$", r"^[\W\d]+$", "^(eu$|us)", "(?:^a)?b$", "^eu(?:-.)?$", r"(?s)\A.*\Z", "^[a-z;]+$",
    r"^['a-z]+$",
    r"^(?!.*;).+$", "", "^", "$", "^(a)?(?(1)$|b)", r"^\$\(\w+\)$", "^[a-z]+|$",
]  # fmt: skip


@pytest.mark.parametrize("more", [", choices: [api, web]", ", pattern: '^[a-z]+$'", ", pattern: '^(a|b)$'"])
def test_a_value_that_is_checked_may_be_read_twice(more: str) -> None:
    assert names("eval stop $NAME", more) == []


@pytest.mark.parametrize("pattern", HELD)
def test_a_pattern_may_hold_all_of_a_value_in_many_ways(pattern: str) -> None:
    assert holds_all(pattern)


@pytest.mark.parametrize("pattern", LET_THROUGH)
def test_a_pattern_that_lets_code_through_is_no_check(pattern: str) -> None:
    assert not holds_all(pattern)
    quoted = pattern.replace("'", "''")
    assert names("eval stop $NAME", f", pattern: '{quoted}'") == ["NAME"]


@pytest.mark.parametrize("pattern", HELD)
def test_no_hostile_value_passes_a_pattern_that_holds_all(pattern: str) -> None:
    hostile = ["$(x)", "`x`", "; x", "a|b", "a & b", "x > y", "'", '"', "a\\", "(", "&&x"]
    around = ["{}", "eu{}", "{}us", "1{}2", "a{}a", "db{}.example", "1-1{}"]
    passed = [value for one in around for bad in hostile if re.search(pattern, value := one.format(bad))]
    assert passed == []


@pytest.mark.timeout(5)
def test_a_long_line_takes_no_longer_to_look_at() -> None:
    assert names("echo " + "$NAME su " * 4000) == []
    assert names("ssh -o " * 4000) == []
