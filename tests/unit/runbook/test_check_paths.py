"""What `bringback check` looks at: a folder, one file, or nothing that is there."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from bot.runbook.lint import Report, check
from bot.runbook.output import report_github, report_text
from tests.unit.runbook.making import fence

if TYPE_CHECKING:
    from pathlib import Path

TODAY = date(2026, 11, 22)
DNS = "---\nowner: me\nrecovery: {system: dns}\n---\n## Look\n" + fence("x", info='sh {"name":"x","kind":"check"}')
API = DNS.replace("system: dns", "system: api, depends_on: [dns, dsn]")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    books = tmp_path / "books"
    (books / "sub").mkdir(parents=True)
    (books / "dns.md").write_text(DNS)
    (books / "sub" / "api.md").write_text(API)
    return books


def told(report: Report, folder: Path) -> list[str]:
    return [line.removeprefix(f"{folder}/") for line in report_text(report)]


def test_one_file_is_checked_as_what_it_is_among_the_others(folder: Path) -> None:
    assert told(check(folder / "sub" / "api.md", {}, TODAY, folder), folder) == [
        "sub/api.md:3: fault: depends_on: no runbook declares a system “dsn”. Did you mean “dns”?",
        "1 file: 1 fault, 0 warnings",
    ]


def test_several_paths_are_checked_at_once(folder: Path) -> None:
    report = check([folder / "dns.md", folder / "sub" / "api.md", folder / "gone.md"], {}, TODAY, folder)
    assert told(report, folder)[1:] == [
        "sub/api.md:3: fault: depends_on: no runbook declares a system “dsn”. Did you mean “dns”?",
        "2 files: 2 faults, 0 warnings",
    ]


def test_the_folder_of_a_file_is_the_nearest_above_it_that_has_a_policy(folder: Path) -> None:
    (folder / "policy.yaml").write_text("people: []\n")
    assert len(check(folder / "sub" / "api.md", {}, TODAY).faults) == 1
    (folder / "policy.yaml").unlink()
    assert len(check(folder / "sub" / "api.md", {}, TODAY).faults) == 2


def test_a_file_is_told_by_the_name_that_it_was_given(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder / "sub")
    from pathlib import Path as Here

    [fault, *_] = check(Here("api.md"), {}, TODAY, folder).faults
    assert fault.place == "api.md:3"


def test_the_policy_alone_is_checked_too(folder: Path) -> None:
    (folder / "policy.yaml").write_text("peple: []\n")
    assert "unknown key “peple”" in told(check(folder / "policy.yaml", {}, TODAY), folder)[0]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("none", "none: fault: there is no such folder. Set RUNBOOKS_DIR to the folder of your runbooks."),
        ("none.md", "none.md: fault: there is no such file."),
        ("notes.txt", "notes.txt: fault: is no markdown file. Runbooks end in .md."),
    ],
)
def test_what_is_not_there_or_no_runbook_is_one_plain_line(folder: Path, name: str, said: str) -> None:
    (folder / "notes.txt").write_text("x")
    assert told(check(folder / name, {}, TODAY), folder) == [said, "0 files: 1 fault, 0 warnings"]


def test_a_fault_of_a_whole_file_is_an_annotation_of_its_first_line(folder: Path) -> None:
    [line] = report_github(check(folder / "none.md", {}, TODAY))
    assert line == f"::error file={folder}/none.md,line=1::there is no such file."


def test_a_name_that_the_environment_lacks_is_a_hint_once_a_file(folder: Path) -> None:
    targets = "recovery: {system: dns, targets: {drill: '${ESTATE}/a', real: '${ESTATE}/b'}}"
    (folder / "dns.md").write_text(DNS.replace("recovery: {system: dns}", targets))
    assert told(check(folder / "dns.md", {"SSL_CERT": "x"}, TODAY, folder), folder) == [
        "dns.md:3: warning: ${ESTATE} is not in the environment. Set it, or write the value.",
        "1 file: 0 faults, 1 warning",
    ]


def test_people_that_nobody_knows_are_told_of_in_a_plain_runbook_too(folder: Path) -> None:
    (folder / "policy.yaml").write_text("people: [{id: U1, login: ada}]\n")
    (folder / "plain.md").write_text("---\nowner: me\n---\n## Stop it\n<!-- step: {by: adda} -->\nx\n")
    assert told(check(folder / "plain.md", {}, TODAY, folder), folder) == [
        "plain.md:4: warning: the policy knows nobody called “adda”. Did you mean “ada”?",
        "1 file: 0 faults, 1 warning",
    ]
