"""The subcommands over runbooks: check, steps, schema; and doctor."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from bot.runbook.library import load
from bot.runbook.source import MOST_BYTES
from tests.unit.cli.terminal import bringback, world

if TYPE_CHECKING:
    from pathlib import Path

SOUND = """---
title: Names
owner: "@ops"
recovery:
  system: dns
  rpo: 1h
  rto: 5m
  targets: {drill: scratch/dns, real: data/dns}
  execute: true
  backups: [{tool: barman, server: dns}]
---
# Names
## Restore
```sh {"name":"restore","timeout":"1m"}
true
```
## Check
```sh {"name":"check","kind":"check","timeout":"1m"}
true
```
"""
POLICY = "people: [{id: U1, login: ada, name: Ada}]\nroles: {responder: [U1]}\n"


@pytest.fixture
def books(tmp_path: Path) -> Path:
    folder = tmp_path / "books"
    folder.mkdir()
    (folder / "dns.md").write_text(SOUND)
    (folder / "policy.yaml").write_text(POLICY)
    return folder


def run(books: Path, *words: str, **environment: str) -> Any:
    state = str(books.parent / "state")
    return bringback(world(environment={"RUNBOOKS_DIR": str(books), "STATE_DIR": state, **environment}), *words)


def test_sound_runbooks_end_with_0(books: Path) -> None:
    result = run(books, "check")
    assert result.exit_code == 0
    assert result.output.splitlines()[-1] == "1 file: 0 faults, 0 warnings"


def test_every_fault_has_file_and_line(books: Path) -> None:
    (books / "dns.md").write_text(SOUND.replace("rpo: 1h", "rpos: 1h").replace("rto: 5m", "rto: soon"))
    result = run(books, "check")
    assert result.exit_code == 1
    assert f"{books}/dns.md:6: fault: " in result.output
    assert f"{books}/dns.md:7: fault: " in result.output


def test_a_folder_may_be_named_instead_of_the_setting(books: Path) -> None:
    result = bringback(world(), "check", str(books))
    assert result.exit_code == 0


def test_faults_as_json_have_the_documented_keys(books: Path) -> None:
    (books / "dns.md").write_text(SOUND.replace("rto: 5m", "rto: soon"))
    result = run(books, "check", "--json")
    report = json.loads(result.stdout)
    faults = report["faults"]
    assert (result.exit_code, report["files"]) == (1, 1)
    assert all(set(fault) == {"file", "line", "severity", "message", "helps"} for fault in faults)
    assert run(books, "check", "--format", "json").stdout == result.stdout
    assert ("fault", 7) in {(fault["severity"], fault["line"]) for fault in faults}


def test_faults_as_annotations_of_github_are_one_line_each(books: Path) -> None:
    (books / "dns.md").write_text(SOUND.replace("rto: 5m", 'rto: "a%\\nb"'))
    result = run(books, "check", "--format", "github")
    assert result.exit_code == 1
    (line,) = [line for line in result.output.splitlines() if "line=7" in line]
    assert line.startswith(f"::error file={books}/dns.md,line=7")


def test_warnings_alone_end_with_0(books: Path) -> None:
    (books / "dns.md").write_text(SOUND.replace('owner: "@ops"\n', ""))
    result = run(books, "check")
    assert result.exit_code == 0
    assert f"{books}/dns.md:3: warning: no owner." in result.output


def test_a_missing_folder_is_a_fault(tmp_path: Path) -> None:
    result = run(tmp_path / "none", "check")
    assert result.exit_code == 1
    assert "there is no such folder" in result.output


def test_the_walk_of_a_file_is_printed(books: Path) -> None:
    shown = run(books, "steps", str(books / "dns.md")).output
    assert "Names" in shown
    assert "Restore" in shown
    assert "(command, line 13)" in shown


def test_the_walk_as_json_is_one_object_a_line(books: Path) -> None:
    plain = books / "plain.md"
    plain.write_text("# Rotate\n\n1. Log in\n2. Rotate\n   ```sh\n   $ rotate\n   ```\n")
    result = run(books, "steps", str(books / "dns.md"), str(plain), "--json")
    walks = [json.loads(line) for line in result.stdout.splitlines()]
    assert [walk["file"] for walk in walks] == [str(books / "dns.md"), str(plain)]
    keys = {"file", "title", "parts", "before_you_start", "background", "steps", "faults"}
    assert all(set(walk) == keys for walk in walks)
    step = {"index", "number", "title", "part", "kind", "line", "end_line", "commands", "digest"}
    assert all(set(one) == step for walk in walks for one in walk["steps"])
    command = walks[0]["steps"][0]["commands"][0]
    assert (command["name"], command["language"], command["runs"]) == ("restore", "sh", True)


def test_a_walk_is_one_line_of_json_whatever_ends_a_line_in_it(books: Path) -> None:
    odd = books / os.fsdecode(b"odd\xff.md")
    odd.write_text("# Ro\u2028ta\x85te\n\n1. Log in \u2029 now\n2. Rotate\n")
    (walk,) = [json.loads(line) for line in run(books, "steps", str(odd), "--json").stdout.splitlines()]
    assert walk["file"] == str(odd)


def test_a_file_that_cannot_be_read_is_a_walk_with_a_fault(books: Path) -> None:
    result = run(books, "steps", str(books / "none.md"), "--json")
    assert json.loads(result.stdout)["faults"][0]["message"].startswith("cannot be read")


def test_an_escape_code_in_a_title_is_shown_as_what_it_is(books: Path) -> None:
    (books / "evil.md").write_text("# Ev\x1b[2Jil\n\n1. Do \x1b[31mthis\n2. And that\n")
    assert "\x1b" not in run(books, "steps", str(books / "evil.md")).output


def test_schemas_cover_front_matter_policy_and_annotations() -> None:
    found = json.loads(bringback(world(), "schema").stdout)
    assert set(found) == {"front-matter", "step", "fence", "policy"}
    policy = json.loads(bringback(world(), "schema", "policy").stdout)
    assert policy == found["policy"]
    assert "people" in policy["properties"]


def doctor(books: Path, **environment: str) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for one in json.loads(run(books, "doctor", "--json", **environment).stdout):
        found.setdefault(one["about"], []).append((one["state"], one["what"]))
    return found


def test_doctor_finds_a_tool_that_is_missing_and_one_that_is_there(books: Path, tmp_path: Path) -> None:
    assert doctor(books, PATH="/nowhere")["tools"] == [("fault", "barman is not on PATH (for dns).")]
    (tmp_path / "barman").write_text("#!/bin/sh\n")
    (tmp_path / "barman").chmod(0o755)
    assert doctor(books, PATH=str(tmp_path))["tools"][0][0] == "ok"


def test_doctor_ends_with_1_when_something_is_in_the_way(books: Path) -> None:
    assert run(books, "doctor", PATH="/nowhere").exit_code == 1


def test_doctor_knows_who_you_are(books: Path) -> None:
    assert doctor(books)["policy"] == [("ok", "You are Ada (U1), by the login ada.")]
    (books / "policy.yaml").write_text(POLICY.replace("ada", "bob"))
    assert doctor(books)["policy"][0][0] == "warning"
    (books / "policy.yaml").unlink()
    assert doctor(books)["policy"][0][0] == "fault"


def test_doctor_tells_every_fault_of_settings_and_runbooks(books: Path) -> None:
    assert doctor(books, PORT="none", LOG_LEVEL="loud")["settings"][0][0] == "fault"
    (books / "dns.md").write_text(SOUND.replace("rto: 5m", "rto: soon"))
    assert "dns.md:7" in doctor(books)["runbooks"][0][1]


def test_doctor_says_what_slack_still_needs(books: Path) -> None:
    assert [state for state, _ in doctor(books)["slack"]] == ["warning", "warning"]
    tokens = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}
    assert doctor(books, SLACK_API_URL="http://127.0.0.1:9", **tokens)["slack"][0][0] == "fault"


def test_doctor_looks_at_the_state_folder(books: Path) -> None:
    state = books.parent / "state"
    assert "is not there yet" in doctor(books)["state"][0][1]
    state.mkdir(mode=0o755)
    assert doctor(books)["state"][0] == ("warning", f"{state} can be read by others.")
    state.chmod(0o700)
    assert doctor(books)["bot"] == [("ok", "No bot runs on this state.")]


@pytest.mark.skipif(os.getuid() == 0, reason="root may write everywhere")
def test_doctor_finds_a_state_folder_that_cannot_be_written(books: Path) -> None:
    (books.parent / "state").mkdir(mode=0o500)
    assert doctor(books)["state"][0][0] == "fault"


def test_a_name_that_only_the_bots_environment_holds_is_a_warning_of_a_check(books: Path) -> None:
    (books / "dns.md").write_text(SOUND.replace("real: data/dns", 'real: "${ESTATE}/dns"'))
    result = run(books, "check")
    assert result.exit_code == 0
    assert "dns.md:8: warning: ${ESTATE} is not in the environment." in result.output


def test_steps_are_written_as_one_page_to_print(books: Path, tmp_path: Path) -> None:
    (books / "web.md").write_text("# Web <host>\n## 1. Stop\n`stop`\n## 2. Start\n## Contacts\nann")
    page = tmp_path / "walk.html"
    result = run(books, "steps", str(books / "dns.md"), str(books / "web.md"), "--html", str(page))
    assert (result.exit_code, result.stdout) == (0, "")
    html = page.read_text()
    assert html.count("<article>") == 2
    assert "<h1>Web &lt;host&gt;</h1>" in html
    assert html.index("1. Stop") < html.index("<code>stop</code>") < html.index("2. Start") < html.index("Contacts")


def test_a_file_that_is_not_there_is_told_and_ends_with_1(books: Path) -> None:
    result = run(books, "steps", str(books / "none.md"), str(books / "dns.md"))
    assert result.exit_code == 1
    assert "none.md:1: cannot be read: No such file or directory." in result.output
    assert "1. Restore" in result.output


def test_a_file_that_is_too_large_to_read_ends_with_1_and_takes_nothing_from_the_others(books: Path) -> None:
    (books / "large.md").write_text("# Large\n" + "x\n" * MOST_BYTES)
    result = run(books, "steps", "--json", str(books / "large.md"), str(books), str(books / "dns.md"))
    large, folder, dns = map(json.loads, result.stdout.splitlines())
    assert result.exit_code == 1
    assert "runbooks of more than 512 KB are not read" in large["faults"][0]["message"]
    assert folder["faults"][0]["message"] == "is no file that can be read."
    assert [step["title"] for step in dns["steps"]] == ["Restore", "Check"]


def test_a_walk_with_a_fault_in_its_annotations_is_a_walk(books: Path) -> None:
    (books / "dns.md").write_text(SOUND.replace("rto: 5m", "rto: soon"))
    result = run(books, "steps", "--json", str(books / "dns.md"))
    assert (result.exit_code, len(json.loads(result.stdout)["faults"])) == (0, 1)


def test_no_page_is_written_over_a_runbook(books: Path) -> None:
    result = run(books, "steps", "--html", str(books / "dns.md"), str(books / "dns.md"))
    assert result.exit_code == 1
    assert "is markdown: no page is written over it." in result.output
    assert (books / "dns.md").read_text() == SOUND


def test_a_fault_cannot_turn_the_text_of_a_page_around(books: Path, tmp_path: Path) -> None:
    (books / "web.md").write_text("## Stop \u202eevil\n<!-- step: {by: a} -->\n<!-- step: {by: b} -->\nx\n")
    run(books, "steps", str(books / "web.md"), "--html", str(tmp_path / "w.html"))
    page = (tmp_path / "w.html").read_text()
    assert "a second step comment" in page
    assert "\u202e" not in page


def test_a_walk_has_the_digests_that_its_runbook_has_in_the_folder_of_all(books: Path) -> None:
    (books / "db").mkdir()
    (books / "db" / "orders.md").write_text("## Check\n```sh\nsh ../top.sh && ./top.sh\n```\n")

    def digests() -> tuple[str, str]:
        walk = json.loads(run(books, "steps", str(books / "db" / "orders.md"), "--json").stdout)
        (known,) = [book for book in load(books, {}).runbooks if book.name == "db/orders"]
        return walk["steps"][0]["digest"], known.steps[0].digest

    before = digests()
    (books / "top.sh").write_text("true")
    after = digests()
    assert before[0] == before[1] != after[0] == after[1]
