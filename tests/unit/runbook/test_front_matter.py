"""Faults of front matter: every one at once, and what is meant for us and read by nobody."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from bot.runbook.library import load
from bot.runbook.lint import check_folder
from tests.unit.runbook.making import book, faults

if TYPE_CHECKING:
    from pathlib import Path

    from bot.domain.runbook import Fault

TARGET = "RECOVERY_TARGET"
NOTHING = "recovery holds nothing"


def test_keys_that_do_not_go_together_are_told_beside_every_other_fault() -> None:
    text = "---\nrecovery:\n  system: db\n  plan: all\n  teir: 1\n---\n## R\nx\n"
    assert sorted(faults(text)) == [
        "book.md:4: recovery: a runbook declares a system or a plan, not both: split it.",
        "book.md:5: unknown key “teir” in recovery. Did you mean “tier”?",
    ]


@pytest.mark.parametrize(
    ("keys", "fault"),
    [
        ("system: db, critical: [db]", "“critical” belongs to a plan: add “plan: NAME”."),
        ("systems: [db]", "“systems” belongs to a plan: add “plan: NAME”."),
        ("plan: a, systems: [db], optional: true", "in a plan “optional” is the list of systems that may stay down."),
        ("plan: a, systems: [db], critical: [db], optional: [db]",
            "“db” is critical too: what may stay down stops no clock."),
        ("system: db, optional: [x]", "in a system's runbook “optional” is true or false."),
    ],
)  # fmt: skip
def test_each_contradiction_is_a_fault(keys: str, fault: str) -> None:
    runbook = book(f"---\nrecovery: {{{keys}}}\n---\n## R\nx\n")
    assert [str(one) for one in runbook.faults] == [f"book.md:2: recovery: {fault}"]
    assert (runbook.system, runbook.plan) == (None, None)


def test_a_system_that_is_not_there_is_told_also_where_another_key_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("---\nrecovery:\n  system: db\n  teir: 1\n  depends_on: [dsn, dns]\n---\n## R\nx\n")
    (tmp_path / "b.md").write_text("---\nrecovery: {system: dns}\n---\n## R\nx\n")
    assert [(one.line, one.message, one.helps) for one in load(tmp_path, {}).faults] == [
        (4, "unknown key “teir” in recovery.", "Did you mean “tier”?"),
        (5, "depends_on: no runbook declares a system “dsn”.", "Did you mean “dns”?"),
    ]


@pytest.mark.parametrize("key", ["Recovery", "recovry", "recovery_", "RECOVERY"])
def test_a_key_that_is_nearly_recovery_is_a_fault(key: str) -> None:
    assert faults(f"---\ntitle: DB\n{key}:\n  system: db\n---\n## R\nx\n") == [
        f"book.md:3: nothing reads the key “{key}”. Did you mean “recovery”?"
    ]


@pytest.mark.parametrize("front", ["Recovery: 4h", "recoveries: {count: 3}", "disaster_recovery: {rpo: 4h}"])
def test_keys_of_other_tools_are_left_alone(front: str) -> None:
    assert faults(f"---\n{front}\n---\n## R\nx\n") == []


def test_front_matter_that_nothing_closes_is_a_fault_where_it_is_meant_for_us() -> None:
    what = "the front matter is not closed: nothing of recovery is read. End it with a line of ---."
    assert faults("\n---\ntitle: DB\nrecovery:\n  system: db\n\n# R\nx\n") == [f"book.md:4: {what}"]
    assert faults("---\n\nrecovery: how we do it\n\n# R\nx\n") == []
    assert faults("---\ntitle: DB\n\n# R\nx\n") == []


def test_recovery_in_toml_is_a_fault() -> None:
    what = "front matter in TOML: nothing of recovery is read. Write it in YAML, between lines of ---."
    assert faults('+++\ntitle = "x"\n[recovery]\nsystem = "db"\n+++\n# R\nx\n') == [f"book.md:3: {what}"]
    assert faults('+++\n[recovery]\nsystem = "db"\n+++\n# R\nx\n') == [f"book.md:2: {what}"]
    assert faults('+++\ntitle = "x"\n+++\n# R\nx\n') == []


def test_a_tab_in_the_front_matter_is_told_with_what_helps() -> None:
    (fault,) = faults("---\nrecovery:\n\tsystem: db\n---\n# R\nx\n")
    assert fault.startswith("book.md:3: the YAML cannot be read: ")
    assert "Indent with spaces" in fault


@pytest.mark.parametrize("pattern", ["[[a]", "[[:digit:]]+", "[a--b]", "[a&&b]"])
def test_a_pattern_that_python_may_read_otherwise_one_day_is_a_fault(pattern: str) -> None:
    (asked,) = faults(f"---\nrecovery: {{inputs: {{A: {{pattern: '{pattern}'}}}}}}\n---\n## R\nx\n")
    assert "may mean two things: write \\[ within a set" in asked


@pytest.mark.parametrize("pattern", [r"^[\[a]$", "^[^[]$", "^[a-]$|^[b]$", "a--b"])
def test_brackets_and_dashes_that_mean_one_thing_are_taken(pattern: str) -> None:
    assert faults(f"---\nrecovery: {{inputs: {{A: {{pattern: '{pattern}'}}}}}}\n---\n## R\nx\n") == []


@pytest.mark.parametrize("pattern", ["a{99999999999}", "(" * 3000 + ")" * 3000, "(a", "(?P<1>x)"], ids=len)
def test_a_pattern_that_python_cannot_take_is_a_fault_wherever_it_stands(pattern: str) -> None:
    (asked,) = faults(f"---\nrecovery: {{inputs: {{A: {{pattern: '{pattern}'}}}}}}\n---\n## R\nx\n")
    assert asked.startswith("book.md:2: recovery.inputs.A.pattern: “")
    (found, kept) = faults(f"## R\n<!-- step: {{expect: '{pattern}', capture: 'A={pattern}'}} -->\nx\n")
    assert found.startswith("book.md:2: step.expect: “")
    assert kept.startswith("book.md:2: step.capture: “")
    assert all("is no regular expression: " in one for one in (asked, found, kept))


def checked(folder: Path) -> tuple[Fault, ...]:
    return check_folder(folder, {}, date(2026, 11, 22)).faults


def told(tmp_path: Path, front: str) -> list[str]:
    (tmp_path / "a.md").write_text(f"---\n{front}\n---\n## Stop it\nStop it.\n")
    return [f"{fault.line}: {fault.severity}: {fault.message} {fault.helps}".rstrip() for fault in checked(tmp_path)]


def test_what_cannot_be_read_is_told_alone_with_what_helps(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text('---\nowner: "@a"\nrecovery:\n  system: a\n   tier: 1\n---\n## Stop it\nx\n')
    (fault,) = checked(tmp_path)
    assert (fault.line, fault.message) == (
        5,
        "the YAML cannot be read: mapping values are not allowed in this context.",
    )
    assert fault.helps.startswith("Begin the keys of one mapping in one column")


@pytest.mark.parametrize(
    ("front", "found"),
    [
        ("owner: a\nrecovery:\nsystem: db\ntier: 1", [
            f"3: fault: {NOTHING}, and “system” stands beside it: nothing reads it. Indent what belongs to recovery.",
        ]),
        ("owner: a\nrecovery:", [f"3: warning: {NOTHING}. Write its keys below it, or take it out."]),
        ("owner: a\nrecovery:\n  system:\n  tier: 1", [
            "4: fault: recovery: “system” is empty: write its name, or take it out.",
        ]),
        ("owner: a\nrecovery:\n  plan:", ["4: fault: recovery: “plan” is empty: write its name, or take it out."]),
        ("owner: [a, b]", ["2: warning: owner: is no text. Name one person or group: owner: “@team”."]),
        ("title: x\nowner:", ["3: warning: owner: is no text. Name one person or group: owner: “@team”."]),
        ("recovery:\n  owner: a\n  teir: 1", [
            "4: fault: unknown key “teir” in recovery. Did you mean “tier”?",
        ]),
        ("owner: a\ntitle: x\ntitle: y", ["4: warning: “title” stands twice. Keep one of them."]),
        ("owner: a\nlayout: x\nlayout: y", []),
        ("owner: a\nrecovery:\n\u00a0\u00a0system: db", [
            f"3: fault: {NOTHING}, and “system” stands beside it: nothing reads it. Indent what belongs to recovery.",
        ]),
        ("owner: a\nreview-in: 6 months", ["3: warning: nothing reads the key “review-in”. Did you mean “review_in”?"]),
        ("owner: a\nOwner: b\nTitle: x", []),
        ("owner: a\nrecovery: {inputs: {RECOVERY_TARGET: {ask: x}}}", [
            f"3: fault: recovery.inputs.{TARGET}: {TARGET} is a name of the bot's own variables: take another one.",
        ]),
        ("owner: a\nrecovery: {inputs: {A: {choices: [eu, US], pattern: '^[a-z]+$'}}}", [
            "3: fault: recovery.inputs.A: the choice “US” does not fit the pattern.",
        ]),
        ("Owner: b", ["2: warning: nothing reads the key “Owner”. Did you mean “owner”?"]),
        ("owner: a\nrecovery: {RPO: 15m}", ["3: fault: unknown key “RPO” in recovery. Did you mean “rpo”?"]),
        ("owner: a\nrecovery:\n  system:db", ["3: fault: recovery: must be a mapping, such as {key: value}."]),
        ("owner: a\nrecovery: {system:db}", [
            "3: fault: unknown key “system:db” in recovery. A blank belongs behind the colon: “system: db”.",
        ]),
    ],
)  # fmt: skip
def test_each_mistake_is_told_once_at_its_line(tmp_path: Path, front: str, found: list[str]) -> None:
    assert told(tmp_path, front) == found


ASTRAY = "recovery stands in the text: nothing reads it."


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("<!-- by us -->\n---\nowner: a\nrecovery:\n  system: db\n---\n## R\nx\n", 4),
        ("----\nowner: a\nrecovery:\n  system: db\n----\n## R\nx\n", 3),
        ("---\nowner: a\n---\n---\nrecovery: {system: db}\n---\n## R\nx\n", 5),
        ("# R\n---\nrecovery:\n  system: db\n---\n## R\nx\n", 3),
    ],
)
def test_recovery_that_is_no_front_matter_is_a_fault(text: str, line: int) -> None:
    (fault,) = book(text).faults
    assert (fault.line, fault.message, fault.severity) == (line, ASTRAY, "fault")


@pytest.mark.parametrize(
    "text",
    [
        "## R\n```yaml\n---\nrecovery:\n  system: db\n---\n```\n",
        "## R\nrecovery: it takes four hours\n",
        "## R\nrecovery:\n- stop it\n",
        "## R\n    recovery:\n      system: db\n",
        "---\nrecovery: {system: db}\n---\n## R\nrecovery:\n  system: db\n",
    ],
)
def test_recovery_that_a_text_speaks_of_is_none(text: str) -> None:
    assert book(text).faults == ()


def test_a_name_that_two_files_declare_is_told_also_where_one_of_them_is_unsound(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("---\nowner: a\nrecovery: {system: db, teir: 1}\n---\n## Stop it\nx\n")
    (tmp_path / "b.md").write_text("---\nowner: a\nrecovery: {system: db}\n---\n## Stop it\nx\n")
    found = [fault.message for fault in load(tmp_path, {}).faults]
    assert found == [
        "unknown key “teir” in recovery.",
        f"the system “db” is declared in {tmp_path}/a.md:3 already.",
    ]


def test_a_plan_that_speaks_of_a_system_that_it_does_not_bring_back_is_told(tmp_path: Path) -> None:
    for name, more in {"dns": "", "db": ", depends_on: [dns]", "wiki": ""}.items():
        (tmp_path / f"{name}.md").write_text(f"---\nrecovery: {{system: {name}{more}}}\n---\n## R\nx\n")
    plan = "recovery:\n  plan: all\n  systems: [db]\n  critical: [db, dns]\n  optional: [wiki]"
    (tmp_path / "plan.md").write_text(f"---\n{plan}\n---\n## R\nx\n")
    (fault,) = load(tmp_path, {}).faults
    assert (fault.line, fault.helps) == (6, "Add it to systems, or take it out.")
    assert fault.message == "optional: “wiki” is none of the plan's systems, nor does one of them depend on it."
