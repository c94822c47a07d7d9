"""An annotation either does something or is said to do nothing; one that leads nowhere is a fault."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.runbook import StepKind
from bot.runbook.cross_checks import cross_faults
from bot.runbook.library import load
from bot.runbook.unhonoured import unhonoured
from tests.unit.runbook.making import book, faults, fence, parsed

if TYPE_CHECKING:
    from pathlib import Path

OURS = "---\nrecovery: {execute: true}\n---\n"


def said(text: str) -> list[str]:
    return [f"{fault.line}: {fault.message.partition(':')[0]}" for fault in unhonoured(parsed(text))]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"{OURS}## R\n" + fence("x", info='sh {"name":"x","host":"db1"}'), ["5: host"]),
        (f"{OURS}## R\n" + fence("x", info='sh {"name":"x","interactive":"true"}'), ["5: interactive"]),
        (f"{OURS}## R\n" + fence("x", info='sh {"name":"x","background":"true"}'), ["5: background"]),
        (f"{OURS}## R\n<!-- step: {{danger: true}} -->\n" + fence("x", info='sh {"name":"x"}'), ["4: danger"]),
        (f"{OURS}## R\n<!-- step: {{parallel: a}} -->\n" + fence("x", info='sh {"name":"x"}'), ["4: parallel"]),
        (f"{OURS}## R\n<!-- step: {{host: db1}} -->\n" + fence("x", info='sh {"name":"x"}'), ["4: host"]),
        ("## Stop\n<!-- step: {retry: 2, idempotent: true} -->\nx\n", ["1: retry", "1: idempotent"]),
        ("## Stop\n<!-- step: {timeout: 5m} -->\nx\n", ["1: timeout"]),
        ("## Stop\n<!-- step: {when: after} -->\nx\n", ["1: when"]),
        ("## Stop\n<!-- step: {kind: info, in_drill: do} -->\nx\n", ["1: in_drill"]),
        ("---\nrecovery:\n  rpo: 15m\n  backups: []\n---\n## Stop\nx\n", ["3: rpo", "4: backups"]),
        ("---\nrecovery:\n  plan: a\n  systems: [b]\n  depends_on: [b]\n  rto: 4h\n---\n## R\nx\n", ["5: depends_on"]),
        ("---\nrecovery: {system: db, rto: 1h}\n---\n## Look\n<!-- step: {kind: check} -->\nx\n", ["4: kind"]),
        (f"{OURS}## R\n<!-- step: {{kind: command}} -->\nx\n", ["4: kind"]),
    ],
)  # fmt: skip
def test_an_annotation_that_changes_nothing_is_said_with_its_line(text: str, told: list[str]) -> None:
    assert said(text) == told


def test_what_belongs_to_a_system_is_said_to_and_what_helps() -> None:
    (fault,) = unhonoured(parsed("---\nrecovery:\n  execute: true\n  rpo: 15m\n---\n## Stop\nx\n"))
    assert f"{fault.message} {fault.helps}" == (
        "rpo: it belongs to a system, and this runbook declares none. Add system: NAME, or take it out."
    )


def test_a_check_without_a_command_is_said_to_compare_nothing() -> None:
    (fault,) = unhonoured(parsed("## Look\n<!-- step: {kind: check} -->\nx\n"))
    assert f"{fault.message} {fault.helps}" == (
        "kind: the step “Look” is a check and has no command: a person is asked, and nothing is compared. "
        "Give it a command, or call it manual."
    )


@pytest.mark.parametrize(
    "text",
    [
        "## Stop\n<!-- step: {parallel: a, time: 5m, by: me, skip: slow, danger: true, in_drill: do} -->\nx\n",
        f"{OURS}## R\n<!-- step: {{retry: 2, timeout: 5m, idempotent: true}} -->\n"
        + fence("x", info='sh {"name":"x"}'),
        "---\nrecovery: {plan: all, systems: [db]}\n---\n## Tell\n<!-- step: {when: after} -->\nx\n",
        "## R\n" + fence("x", info='sh {"name":"x","interactive":"true"}'),
    ],
)
def test_an_annotation_that_does_something_is_passed_over(text: str) -> None:
    assert said(text) == []


def test_a_command_that_nobody_is_asked_for_is_said() -> None:
    text = f"{OURS}## R\n" + fence("a", info='sh {"name":"a"}') + "then\n" + fence("b")
    [fault] = unhonoured(parsed(text))
    assert fault.message == "“R” runs some of its commands, and nobody is asked for the one on line 9."
    assert said(text.replace("then", "It prints:").replace("```sh\nb", "```\nb")) == []


@pytest.mark.parametrize(
    ("comment", "fault"),
    [
        ('on_fail: "goto:stp"', "on_fail: goto: “Promote” goes to “stp”, and no step has that id, title or heading."),
        ('rollback: "#gone"', "rollback: “Promote” goes to “#gone”, and no step has that id, title or heading."),
    ],
)
def test_a_way_out_that_leads_nowhere_is_a_fault(comment: str, fault: str) -> None:
    text = f"## Stop\nx\n## Promote\n<!-- step: {{{comment}}} -->\nx\n"
    [found] = cross_faults([parsed(text)])["book.md"]
    assert (found.line, found.message) == (3, fault)
    assert found.helps in {"Did you mean “stop”?", "Steps: stop, promote."}


@pytest.mark.parametrize("way", ['on_fail: "goto:stop"', 'rollback: "#stop"', "rollback: Stop"])
def test_a_way_out_that_leads_somewhere_is_none(way: str) -> None:
    assert not cross_faults([parsed(f"## Stop\nx\n## Promote\n<!-- step: {{{way}}} -->\nx\n")])


def test_a_heading_that_no_step_stands_below_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("## Unseal\n<!-- include: b.md#keyz -->\n")
    (tmp_path / "b.md").write_text("## Keys\n1. One\n2. Two\n")
    [fault] = load(tmp_path, {}).faults
    assert fault.message == "the step “Unseal” opens “b.md#keyz”, and no step stands below that heading."
    assert (fault.severity, fault.helps) == ("fault", "Did you mean “#keys”?")


@pytest.mark.parametrize(
    ("info", "fault"),
    [
        ('sh {"name":"x", timeout:"5m"}', "the fence's info is not JSON: nothing of it is read."),
        ("sh {'name':'x'}", "the fence's info is not JSON: nothing of it is read."),
        ('sh {"name":"x"', "the fence's info has a { and no }. Close it."),
        ("sh { name=x", "the fence's info has a { and no }. Close it."),
        ("sh { name=x expect=a{3}b }", "the fence's info holds a } in a value: Runme stops there."),
    ],
)
def test_info_that_would_be_passed_over_in_silence_is_a_fault(info: str, fault: str) -> None:
    [found] = faults(f"## R\n{fence('x', info=info)}")
    assert found.startswith(f"book.md:2: {fault}")


def test_what_cannot_stand_in_the_info_stands_in_the_steps_comment() -> None:
    text = f"{OURS}## R\n<!-- step: {{expect: 'a{{3}}', capture: 'ID=(\\w{{2}})', timeout: 5m}} -->\n"
    [command] = book(text + fence("x", info='sh {"name":"x"}')).steps[0].commands
    assert (command.expect, command.capture, command.timeout) == ("a{3}", r"ID=(\w{2})", timedelta(minutes=5))
    assert command.timeout_given


def test_the_commands_that_must_pass_are_checks() -> None:
    look = fence("look", info='sh {"name":"look"}')
    plain = book(f"## R\n{look}").steps[0]
    check = book(f"---\nrecovery: {{checks: [look]}}\n---\n## R\n{look}## S\n{fence('x')}").steps[0]
    assert (plain.kind, check.kind, check.commands[0].kind) == (StepKind.COMMAND, StepKind.CHECK, StepKind.CHECK)
    assert plain.digest != check.digest


def test_two_runbooks_cannot_have_one_id_and_one_is_found_by_it(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("---\nrecovery: {id: flush}\n---\n## A\nx\n")
    assert load(tmp_path, {}).estate().runbook("flush").name == "a"
    (tmp_path / "b.md").write_text("---\nrecovery: {id: flush}\n---\n## A\nx\n")
    assert [fault.message.partition(" is ")[0] for fault in load(tmp_path, {}).faults] == ["the id “flush”"]


@pytest.mark.parametrize(
    "language", ["mysql", "console", "text", "output", "shell-session", "sql", "yaml", "json", "plaintext"]
)
def test_a_command_in_a_language_that_no_program_is_called_by_is_said(language: str) -> None:
    text = f"{OURS}## R\n" + fence("$ ls", info=f'{language} {{"name":"look"}}')
    [fault] = unhonoured(parsed(text))
    assert (fault.line, fault.severity) == (5, "warning")
    assert fault.message == f"the command “look” is marked {language}: no program of that name runs such a file."
    how = "psql -f" if language == "sql" else "sh"
    assert fault.helps == f'Say what runs it, such as "interpreter":"{how}", or only show it: "run":"never".'


@pytest.mark.parametrize(
    "info",
    [
        'console {"name":"look","interpreter":"sh"}',
        'text {"name":"look","run":"never"}',
        'python {"name":"look"}',
        'ansible-playbook {"name":"look"}',
        '{"name":"look"}',
        "console",
    ],
)
def test_a_command_that_something_runs_or_that_nothing_does_is_passed_over(info: str) -> None:
    assert said(f"{OURS}## R\n" + fence("ls", info=info)) == []


def test_only_what_would_run_is_said_to_run_with_a_program_that_is_not_there() -> None:
    assert said("## R\n" + fence("$ ls", info='console {"name":"look"}')) == []


@pytest.mark.parametrize(
    "info", ["sh name=look timeout=5m", 'bash name="look"', "{name=look}", "{ name=look }", "sh name: look"]
)
def test_keys_that_no_braces_hold_are_said_where_commands_may_run(info: str) -> None:
    [fault] = unhonoured(parsed(f"{OURS}## R\n" + fence("ls", info=info)))
    assert fault.message == "the fence's info names a command and nothing reads it: the command is only shown."
    assert (fault.line, fault.helps) == (5, 'Write it as in ```sh {"name":"restore","timeout":"20m"}.')
    assert said("## R\n" + fence("ls", info=info)) == []


@pytest.mark.parametrize(
    "info", ["sh", 'sh title="name of it"', "{.sh}", "sh hl_lines=1", "sh filename=x.sh", 'sh {name:"x"}']
)
def test_other_tools_info_is_left_alone_where_commands_may_run(info: str) -> None:
    assert said(f"{OURS}## R\n" + fence("ls", info=info)) == []
