"""What an author says about a step is read strictly, and Runme's own files keep working."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from bot.domain.runbook import Moment, StepKind
from tests.unit.runbook.making import book, faults, fence

BRACE = "holds a } in a value: Runme stops there. Put a regular expression with } into the step's comment."
JSON = '{"name":"restore","timeout":"20m"}'
WORDS = 'Write { name=restore timeout=20m }, or {"name":"restore","timeout":"20m"}.'
PARTED = "key=value, for blanks part them"
COMMENT = "the step's comment: <!-- step: {key: value} -->"
OURS = "---\nrecovery: {system: db, execute: true}\n---\n"


def test_json_in_the_fence_info_names_a_command_and_lets_it_run() -> None:
    info = 'sh {"name":"restore","timeout":"20m","idempotent":"true","expect":"^ok","expect_exit":"3","tag":"x"}'
    command = book(f"{OURS}## Restore\n{fence('restore it', info=info)}").steps[0].commands[0]
    assert (command.name, command.runs, command.timeout) == ("restore", True, timedelta(minutes=20))
    assert (command.idempotent, command.expect, command.expect_exit) == (True, "^ok", 3)


def test_the_space_form_of_the_fence_info_is_read_as_runme_reads_it() -> None:
    command = (
        book(f"{OURS}## R\n{fence('x', info='bash { name=restore timeout=5m closeTerminalOnSuccess=false }')}")
        .steps[0]
        .commands[0]
    )
    assert (command.language, command.name, command.timeout) == ("bash", "restore", timedelta(minutes=5))


@pytest.mark.parametrize(
    ("name", "step"),
    [("k9:ci:clean", "k9-ci-clean"), ("brew update", "brew-update"), ("../a/b", "a-b"), ("", "r")],
)
def test_a_name_is_what_runme_takes_for_one_and_its_step_has_an_id_that_fits_a_path(name: str, step: str) -> None:
    info = "sh " + json.dumps({"name": name})
    runbook = book(f"{OURS}## R\n{fence('x', info=info)}")
    assert (runbook.steps[0].commands[0].name, runbook.steps[0].id, runbook.faults) == (name, step, ())


def test_a_fence_without_a_language_may_have_a_name() -> None:
    named = fence("x", info='{"name":"x"}')
    runbook = book(f"{OURS}## R\n{named}")
    assert [(one.name, one.language, one.runs) for one in runbook.steps[0].commands] == [("x", "", True)]


def test_a_command_runs_only_with_a_name_in_a_runbook_that_says_so() -> None:
    named, unnamed = fence("x", info='sh {"name":"x"}'), fence("x")
    never = fence("x", info='sh {"name":"x","run":"never"}')
    assert not book(f"## R\n{named}").steps[0].commands[0].runs
    assert not book(f"{OURS}## R\n{unnamed}").steps[0].commands[0].runs
    assert not book(f"{OURS}## R\n{never}").steps[0].commands[0].runs


@pytest.mark.parametrize(
    "info",
    [
        "sh",
        "python {hl_lines=[1]}",
        "sh {1,3-4}",
        "{.bash}",
        "{r, echo=FALSE}",
        "{ name=x }",
        "js {",
        "sh { .numberLines startFrom=5 }",
        "sh { linenos=table hl_lines=2 }",
        'sh { title="Stop it" }',
        'sh {"interactive":"false","promptEnv":"no"}',
    ],
)
def test_the_info_of_other_tools_is_left_alone(info: str) -> None:
    assert faults(f"{OURS}## R\n{fence('x', info=info)}") == []


@pytest.mark.parametrize(
    ("info", "fault"),
    [
        ('sh {"name":"x","timout":"5m"}', "unknown key “timout” in the fence's info. Did you mean “timeout”?"),
        ('sh {"name":"x","timeout":"soon"}', "timeout: “soon” is no duration: write 90s, 15m, 1h30m or 30d."),
        ('sh {"name":"a\\nb"}', "name: a command's name is one line of at most 120 letters."),
        (
            'sh {name:"x"}',
            f"the fence's info is not JSON: nothing of it is read. Write {JSON}, all of it in double quotes.",
        ),
        ('sh {"name":"x",}', "the fence's info is not JSON: nothing of it is read. Take out the comma before the }."),
        ("sh { name = x timeout = 5m }", f"the fence's info: “name” is part of no {PARTED}. {WORDS}"),
        ("sh { name=x expect=all is well }", f"the fence's info: “is” is part of no {PARTED}. {WORDS}"),
        ("sh { name='x' kind=check }", f"the fence's info: “name='x'” is read with its comma or quotes. {WORDS}"),
        ("sh { name=x, timeout=5m }", f"the fence's info: “name=x,” is read with its comma or quotes. {WORDS}"),
        ('sh {"expect":"a{3}b"}', f"the fence's info {BRACE}"),
        ('sh {"expect":"["}', "expect: “[” is no regular expression: unterminated character set at position 0."),
        (
            'sh {"kind":"wait"}',
            "kind: “wait” is no kind of command: command or check. Other kinds belong in the step's comment.",
        ),
        ('sh {"timeout":"0s"}', "timeout: must be longer than nothing."),
        ('sh {"run":"once"}', "run: must be '' or 'never'."),
        ('sh {"name":"x","retry":"2"}', f"“retry” in a fence's info changes nothing. Write it in {COMMENT}."),
        (
            "sh {name: x}",
            f"the fence's info is not JSON: nothing of it is read. Write {JSON}, all of it in double quotes.",
        ),
        ('sh {"name":"x","name":"y"}', "“name” stands twice in the fence's info. Keep one of them."),
        ("sh { name=x name=y }", "“name” stands twice in the fence's info. Keep one of them."),
        ('sh {"kind":"chek"}', "kind: “chek” is no kind of step: command, manual, check, approval, wait, info."),
    ],
)  # fmt: skip
def test_a_bad_fence_info_is_a_fault_at_its_line(info: str, fault: str) -> None:
    assert faults(f"## R\n\n{fence('x', info=info)}") == [f"book.md:3: {fault}"]


def test_the_comment_below_a_heading_says_what_a_step_is() -> None:
    comment = "<!-- step: {id: go, kind: approval, by: dba, time: 15m, on_fail: stop, danger: true, when: after} -->"
    step = book(f"## Promote\n{comment}\nSay yes.\n").steps[0]
    assert (step.id, step.kind, step.by, step.expected) == ("go", StepKind.APPROVAL, "dba", timedelta(minutes=15))
    assert (step.on_fail, step.danger, step.when) == ("stop", True, Moment.AFTER)


def test_the_comment_inside_a_list_item_belongs_to_that_item() -> None:
    start_comment = "   <!-- step:\n     {kind: wait,\n      time: 2m} -->\n"
    text = f"## R\n1. Stop\n2. Copy <!-- step: {{by: ops, in_drill: do}} -->\n3. Start\n{start_comment}"
    stop, copy, start = book(text).steps
    assert (stop.by, copy.by, copy.in_drill) == ("", "ops", "do")
    assert (start.kind, start.expected) == (StepKind.WAIT, timedelta(minutes=2))


def test_a_comment_shown_as_code_is_no_annotation() -> None:
    assert book(f"## R\n{fence('<!-- step: {by: ops} -->', info='html')}Do it.\n").steps[0].by == ""


@pytest.mark.parametrize(
    ("comment", "fault"),
    [
        ("<!-- step: {kind: manual, bye: x} -->", "2: unknown key “bye” in step. Did you mean “by”?"),
        ("<!-- step: {by: a,\n by: b} -->", "3: “by” stands twice."),
        ("<!-- step: {kind: {} -->", "2: the step's comment: the YAML cannot be read"),
        ("<!-- step: manual -->", "2: the step's comment holds no keys."),
        (
            "<!-- step:\n  {when: during} -->",
            "3: step.when: “during” is no moment: before or after (the plan's systems).",
        ),
        ("<!-- step: {by: a} -->\n<!-- step: {by: b} -->", "3: a second step comment in the step “R”."),
        (
            "<!-- include: a.md -->\n<!-- include: b.md -->",
            "3: a second include in one step: “a.md” is not opened. Give each include a step of its own.",
        ),
        ("<!-- include: -->", "2: the include names no runbook. Write <!-- include: other.md#Heading -->."),
    ],
)
def test_a_bad_comment_is_a_fault_at_its_line(comment: str, fault: str) -> None:
    (found,) = faults(f"## R\n{comment}\nDo it.\n")
    assert found.startswith(f"book.md:{fault}")


@pytest.mark.parametrize("comment", ["Step: {by: ops}", "steps: {by: ops}", "step {by: ops}", "STEP:\n  {by: ops}"])
def test_a_comment_that_is_nearly_a_steps_is_a_fault_for_it_may_hold_an_approval(comment: str) -> None:
    (found,) = faults(f"---\ntitle: R\n---\n## R\nDo it.\n<!-- {comment} -->\n")
    assert found.startswith("book.md:6: nothing reads the comment “")
    assert found.endswith("Write <!-- step: {key: value} -->.")


@pytest.mark.parametrize("comment", ["Include: a.md", "includes: a.md#B", "include a.md", "include = a.md"])
def test_a_comment_that_is_nearly_an_include_is_a_fault(comment: str) -> None:
    helps = "Write <!-- include: other.md#Heading -->."
    assert faults(f"## R\n<!-- {comment} -->\n") == [f"book.md:2: nothing reads the comment “{comment}”. {helps}"]


@pytest.mark.parametrize("comment", ["steps below need root", "Step 2 is slow", "include this in the post", "TOC"])
def test_other_comments_are_left_alone(comment: str) -> None:
    assert faults(f"## R\nDo it.\n<!-- {comment} -->\n") == []


@pytest.mark.parametrize(("comment", "severity"), [("<!-- step: {by: ops}", "fault"), ("<!-- draft", "warning")])
def test_a_comment_that_nothing_closes_is_told_for_it_hides_what_follows(comment: str, severity: str) -> None:
    runbook = book(f"# R\n<!-- fine -->\n## A\n{comment}\nDo it.\n## B\nDo more.\n")
    what = "a comment opens here and nothing closes it: what follows is hidden. Close it with -->."
    assert [(str(one), one.severity) for one in runbook.faults] == [(f"book.md:4: {what}", severity)]


def test_a_nearly_right_comment_shown_as_code_is_no_fault() -> None:
    assert faults(f"## R\n{fence('<!-- Step: {by: ops} -->', info='html')}Do it.\n") == []


def test_two_steps_cannot_have_one_id_and_names_that_repeat_are_told_apart() -> None:
    assert faults("## A\n<!-- step: {id: x} -->\na\n## B\n<!-- step: {id: x} -->\nb\n") == [
        "book.md:5: two steps have the id “x”. Give one of them another id."
    ]
    assert [step.id for step in book("## Stop\na\n## Stop\nb\n## Stop!\nc\n").steps] == ["stop", "stop-2", "stop-3"]


def test_front_matter_faults_come_all_at_once() -> None:
    text = (
        "---\nrecovery:\n  system: db\n  plan: all\n---\n## R\nx\n",
        "---\nrecovery:\n  plan: all\n---\n",
        "---\nrecovery:\n  inputs:\n    A: {secret: hunter2}\n    B: {choices: [x], default: y}\n    c-d: {}\n---\n",
        "---\nrecovery:\n  system: db\n  system: db\n  checks: [canary]\n---\n## R\nx\n",
    )
    assert [[fault.partition(" ")[2] for fault in faults(one)] for one in text] == [
        ["recovery: a runbook declares a system or a plan, not both: split it."],
        ["recovery: a plan needs “systems”: the list of what it brings back."],
        [
            "recovery.inputs.A.secret: a secret is a reference, never a value: write env:NAME or file:PATH.",
            "recovery.inputs.B: the default “y” is none of the choices.",
            "recovery.inputs.c-d: is no name of a variable: letters, digits and underscores, no digit first.",
        ],
        ["“system” stands twice. Keep one of them.", "checks: no command is called “canary”. Named commands: none."],
    ]  # fmt: skip


def test_parts_in_the_front_matter_say_which_comes_first() -> None:
    head = "---\nrecovery: {parts: {Restore: default, Backup: hidden, Bakup: hidden}}\n---\n# R\n"
    body = "## Backup\n1. a\n2. b\n## Restore\n1. c\n2. d\n"
    read = book(head + body)
    assert [(part.title, part.default, part.hidden) for part in read.parts] == [
        ("Backup", False, True),
        ("Restore", True, False),
    ]
    assert [str(fault) for fault in read.faults] == ["book.md:2: there is no part “Bakup”. Parts: “Backup”, “Restore”."]


def test_what_is_sound_of_unsound_keys_counts_and_nothing_runs_by_them() -> None:
    unsound = fence("x", info='sh {"name":"look","kind":"check","timeout":"soon"}')
    read = book(f"{OURS}## R\n{unsound}## S\n<!-- step: {{kind: approval, by: dba, time: soon}} -->\nx\n")
    first, second = read.steps
    assert (first.kind, first.commands[0].name, first.commands[0].runs) == (StepKind.CHECK, "look", False)
    assert (second.kind, second.by, len(read.faults)) == (StepKind.APPROVAL, "dba", 2)
