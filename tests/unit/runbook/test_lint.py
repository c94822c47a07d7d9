"""What `bringback check` says, and how it says it."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import TYPE_CHECKING

import pytest

from bot.runbook.lint import Report, check_folder
from bot.runbook.output import report_github, report_json, report_text, to_json, to_text
from bot.runbook.schema import schemas
from bot.runbook.source import MOST_BYTES
from tests.unit.runbook.making import book, fence

if TYPE_CHECKING:
    from pathlib import Path

REFERENCE = "nothing in it is a step to take. Leave it out of RUNBOOKS_DIR, or write its steps as a list."
NEVER = "its review is never due. Write"
TODAY = date(2026, 11, 22)
GOOD = """\
---
title: DNS
owner: "@net"
last_reviewed_on: 2026-09-01
review_in: 6 months
recovery: {system: dns, execute: true}
---
## Start it
See [the zone](zone.md).
```sh {"name":"start","timeout":"1m"}
start
```
## Check it
```sh {"name":"check","kind":"check","timeout":"1m"}
check
```
"""


def check(tmp_path: Path, text: str, **more: str) -> list[str]:
    (tmp_path / "dns.md").write_text(text)
    (tmp_path / "zone.md").write_text("---\nowner: me\n---\n## Edit it\nEdit.\n")
    for name, content in more.items():
        (tmp_path / name.replace("_", ".")).write_text(content)
    return [line.removeprefix(f"{tmp_path}/") for line in report_text(check_folder(tmp_path, {}, TODAY))]


def test_a_good_runbook_has_nothing_to_mend(tmp_path: Path) -> None:
    assert check(tmp_path, GOOD) == ["2 files: 0 faults, 0 warnings"]


def test_each_thing_worth_mending_is_a_warning_with_its_line(tmp_path: Path) -> None:
    text = GOOD.replace('owner: "@net"\n', "").replace("zone.md", "zones.md").replace('"kind":"check",', "")
    text = text.replace("2026-09-01", "2025-09-01").replace('sh {"name":"start","timeout":"1m"', 'sql {"name":"start"')
    found = check(tmp_path, text.replace("\nstart\n", "\nselect <id>\n"))
    assert [line.partition(". ")[0].rstrip(".") for line in found] == [
        "dns.md:3: warning: its review was due on 2026-02-28; it was last reviewed on 2025-09-01",
        "dns.md:5: warning: no check step: a restore of dns cannot be proven",
        "dns.md:5: warning: no owner",
        "dns.md:8: warning: the link “zones.md” leads nowhere",
        "dns.md:9: warning: the command “start” has no timeout: it may run for 0:30:00",
        "dns.md:9: warning: the command “start” is marked sql: no program of that name runs such a file",
        "dns.md:9: warning: the placeholder “id” in “start” is never asked for",
        "2 files: 0 faults, 7 warnings",
    ]


def test_reference_and_people_nobody_knows_are_warnings(tmp_path: Path) -> None:
    reference = "---\nowner: me\n---\n# Ports\n## The name server\nIt is 53.\n"
    by = GOOD.replace("## Start it\n", "## Start it\n<!-- step: {by: nte} -->\n")
    by = by.replace("execute: true}", "execute: true, escalate: '@net2'}")
    assert check(tmp_path, by, ports_md=reference, policy_yaml="people: [{id: U1}]\ngroups: {net: [U1]}\n") == [
        "dns.md:6: warning: the policy knows nobody called “@net2”. Did you mean “net”?",
        "dns.md:8: warning: the policy knows nobody called “nte”. Did you mean “net”?",
        f"ports.md:1: warning: this reads like reference: {REFERENCE}",
        "3 files: 0 faults, 3 warnings",
    ]


def test_a_policy_under_another_name_is_told(tmp_path: Path) -> None:
    assert check(tmp_path, GOOD, policy_yml="people: []\n")[-2:] == [
        "policy.yml: warning: nothing reads this file. Call it policy.yaml.",
        "2 files: 0 faults, 1 warning",
    ]


def test_a_date_that_cannot_be_read_is_told_for_no_review_would_ever_be_due(tmp_path: Path) -> None:
    text = GOOD.replace("2026-09-01", "01/09/2024").replace("6 months", "half a year")
    assert check(tmp_path, text)[:2] == [
        f"dns.md:4: warning: last_reviewed_on: “01/09/2024” is no date: {NEVER} it as 2026-11-22.",
        f"dns.md:5: warning: review_in: “half a year” is no span of time: {NEVER} 90 days, 6 months or 1 year.",
    ]


def test_a_review_in_the_future_is_told(tmp_path: Path) -> None:
    assert check(tmp_path, GOOD.replace("2026-09-01", "2062-09-01"))[0] == (
        "dns.md:4: warning: last_reviewed_on: 2062-09-01 lies ahead: its review is not due for long. "
        "Write the day on which somebody walked through it."
    )


@pytest.mark.parametrize(
    ("span", "due"), [("1000 days", ""), ("1.5 years", ""), ("2 weeks", "2026-09-15"), ("999 years", "")]
)
def test_a_span_of_time_is_read_whole(tmp_path: Path, span: str, due: str) -> None:
    found = [line for line in check(tmp_path, GOOD.replace("6 months", span)) if "its review was due" in line]
    assert [f"on {due};" in line for line in found] == ([True] if due else [])


def test_a_value_for_a_second_shell_is_a_warning(tmp_path: Path) -> None:
    command = fence("ssh db1 'stop <name>'", info='sh {"name":"stop","timeout":"1m"}')
    (tmp_path / "dns.md").write_text(GOOD.replace("## Check it", f"## Stop it\n{command}## Check it"))
    (tmp_path / "zone.md").write_text("# Zone\n")
    told = [(fault.line, fault.message) for fault in check_folder(tmp_path, {}, TODAY).faults]
    assert (14, "a second shell, or a sum, in “stop” reads the value of NAME as code.") in told


def test_links_in_code_and_outside_are_not_looked_at(tmp_path: Path) -> None:
    text = (
        GOOD + "\n`[a](b.md)` [c](https://x.org) [d](#check-it) [e](mailto:a@b.c)\n" + fence("[f](g.md)", info="text")
    )
    assert check(tmp_path, text) == ["2 files: 0 faults, 0 warnings"]


def test_a_file_that_is_too_large_is_one_fault(tmp_path: Path) -> None:
    assert check(tmp_path, "# a\n" * (MOST_BYTES // 4 + 1))[0] == (
        "dns.md:1: fault: the file has 513 KB; runbooks of more than 512 KB are not read. "
        "Split it into one runbook for each procedure."
    )


def test_includes_are_followed_and_circles_are_faults(tmp_path: Path) -> None:
    other = "---\nowner: me\n---\n## Go on\n<!-- include: dns.md -->\n"
    text = GOOD.replace("See [the zone](zone.md).\n", "<!-- include: other.md#go-on -->\n")
    assert check(tmp_path, text, other_md=other)[0].startswith(
        "dns.md:8: fault: these runbooks open each other: dns -> other -> dns."
    )
    assert check(tmp_path, text.replace("other.md", "othr.md"), other_md="## A\nStop it.\n")[0] == (
        "dns.md:8: fault: the step “Start it” opens “othr.md#go-on”, which is no runbook. Did you mean “other.md”?"
    )


def test_an_include_outside_the_folder_says_so(tmp_path: Path) -> None:
    text = GOOD.replace("See [the zone](zone.md).\n", "<!-- include: ../other.md -->\n")
    assert check(tmp_path, text)[0].endswith("which is no runbook. It lies outside the folder of runbooks.")


def test_a_step_that_is_only_a_link_opens_that_runbook() -> None:
    read = book(
        "# R\n1. [Unseal the vault](../vault/unseal.md)\n2. See [this](a.md) and wait.\n3. Follow [b](b.md#Start).\n"
    )
    assert [step.opens for step in read.steps] == ["../vault/unseal.md", "", "b.md#Start"]


def test_a_report_is_told_in_json_and_as_annotations() -> None:
    faults = book("---\nrecovery: {sytem: a}\n---\n## R\nx\n").faults
    report = Report(faults, 1)
    assert report.failed
    (told,) = json.loads(report_json(report))["faults"]
    assert (told["file"], told["line"], told["severity"]) == ("book.md", 2, "fault")
    assert (told["message"], told["helps"]) == ("unknown key “sytem” in recovery.", "Did you mean “system”?")
    assert list(report_github(report)) == [
        "::error file=book.md,line=2::unknown key “sytem” in recovery. Did you mean “system”?"
    ]


def test_a_walk_is_told_as_json_and_as_text() -> None:
    read = book(
        "# R\n## Before you start\nA key.\n## Overview\nx\n## Steps\n3. Stop\n   ```sh\n   stop\n   ```\n4. Start\n"
    )
    told = to_json(read)
    assert {key: told[key] for key in ("file", "title", "parts", "background", "faults")} == {
        "file": "book.md", "title": "R", "parts": [], "background": ["Overview"], "faults": [],
    }  # fmt: skip
    assert told["before_you_start"] == "## Before you start\nA key."
    assert {**told["steps"][0], "digest": ""} == {
        "index": 0, "number": "3", "title": "Stop", "part": None, "kind": "command", "line": 7, "end_line": 10,
        "commands": [{"name": "", "language": "sh", "text": "stop\n", "runs": False}], "digest": "",
    }  # fmt: skip
    assert list(to_text(read)) == [
        "R  (book.md, 2 steps)",
        "    1. Stop [3]  (command, line 7)",
        "    2. Start [4]  (manual, line 11)",
    ]


def test_schemas_know_every_key_that_is_read() -> None:
    known = schemas()
    recovery = known["front-matter"]["properties"]["recovery"]
    assert {"system", "depends_on", "targets", "truth", "inputs"} <= set(recovery["properties"])
    assert recovery["additionalProperties"] is False
    assert {"by", "kind", "on_fail"} <= set(known["step"]["properties"])
    assert "people" in known["policy"]["properties"]
    assert json.dumps(known)


def test_the_schemas_refuse_what_reading_refuses_and_let_pass_what_it_lets() -> None:
    known = schemas()
    recovery = known["front-matter"]["properties"]["recovery"]
    duration = known["step"]["properties"]["time"]["anyOf"][0]["pattern"]
    assert [bool(re.search(duration, text)) for text in ("1h30m", "90s", "", "soon")] == [True, True, False, False]
    assert recovery["properties"]["inputs"]["additionalProperties"] is False
    inputs = known["front-matter"]["$defs"]["InputKeys"]["properties"]
    assert inputs["choices"]["items"] == {"type": ["string", "number"]}
    secret = inputs["secret"]["pattern"]
    assert [bool(re.search(secret, text)) for text in ("env:X", "file:/a b", "", "hunter2")] == [
        True,
        True,
        True,
        False,
    ]
    assert known["fence"]["properties"]["idempotent"]["enum"] == [True, False, "true", "false"]
