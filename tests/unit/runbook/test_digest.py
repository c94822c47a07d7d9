"""A digest changes when, and only when, what a step does changes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from bot.runbook.library import load
from bot.runners.shell import interpreter_line
from tests.unit.runbook.making import book, fence

if TYPE_CHECKING:
    from pathlib import Path

COMMAND = "## Restore\nCopy it **back**.\n\n" + fence(
    "copy --from backup", "check", info='sh {"name":"x","timeout":"1m"}'
)
MANUAL = "## Stop\nScale the API to zero.\nTell #orders.\n"


def digest(text: str) -> str:
    return book(text).steps[0].digest


def test_a_digest_names_its_scheme() -> None:
    assert re.fullmatch("v1:[0-9a-f]{64}", digest(COMMAND))


@pytest.mark.parametrize(
    ("old", "new"),
    [("Copy it **back**.", "Copy   the data\nback, with care."), ("## Restore", "## Restore it"), ('"1m"', '"9m"')],
)
def test_prose_titles_and_timeouts_keep_the_digest_of_a_command(old: str, new: str) -> None:
    assert digest(COMMAND.replace(old, new)) == digest(COMMAND)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("--from backup", "--from copy"),
        ("copy --from backup\ncheck", "check\ncopy --from backup"),
        ('"name":"x"', '"name":"x","kind":"check"'),
        ('"name":"x"', '"name":"x","expect":"ok"'),
        ('"name":"x"', '"name":"x","host":"db2"'),
        ('"name":"x"', '"name":"x","capture":"ID=^id: (.+)"'),
        ('"name":"x"', '"name":"x","secret_output":"true"'),
        ('"name":"x"', '"name":"x","cleanup":"true"'),
        ('"name":"x"', '"name":"x","on_fail":"continue"'),
        ("## Restore\n", "## Restore\n<!-- step: {optional: true} -->\n"),
        ("## Restore\n", "## Restore\n<!-- step: {retry: 3} -->\n"),
        ("## Restore\n", "## Restore\n<!-- step: {when: after} -->\n"),
    ],
)
def test_what_a_command_does_changes_its_digest(old: str, new: str) -> None:
    assert digest(COMMAND.replace(old, new)) != digest(COMMAND)


def test_what_is_done_the_same_has_one_digest_however_it_is_written() -> None:
    def first(info: str, head: str = "") -> str:
        return digest(f"---\nrecovery: {{system: db, execute: true{head}}}\n---\n## X\n{fence('true', info=info)}")

    assert (
        first('sh {"name":"x","kind":"check"}') == first('sh {"name":"x"}', ", checks: [x]") != first('sh {"name":"x"}')
    )
    assert first('sh {"name":"x","cwd":"./db/"}') == first('sh {"name":"x","cwd":"db"}') != first('sh {"name":"x"}')
    assert first('sh {"name":"x","cwd":"."}') == first('sh {"name":"x"}')
    assert first('sh {"name":"x","interpreter":"sh  -x"}') == first('sh {"name":"x","interpreter":"sh -x"}')


def test_whether_a_command_runs_is_part_of_what_it_does() -> None:
    runs = f"---\nrecovery: {{system: db, execute: true}}\n---\n{COMMAND}"
    shown = runs.replace("execute: true", "execute: false")
    never = runs.replace('"name":"x"', '"name":"x","run":"never"')
    assert digest(shown) == digest(never) != digest(runs)


LANGUAGES = ("", "sh", "shell", "bash", "zsh", "python", "python3", "ruby")


@pytest.mark.parametrize("one", LANGUAGES)
def test_the_program_that_runs_a_command_is_in_its_digest_and_not_how_it_is_called(one: str) -> None:
    runs = f"---\nrecovery: {{system: db, execute: true}}\n---\n{COMMAND}"
    of_one = digest(runs.replace("sh {", f"{one} {{"))
    for other in LANGUAGES:
        alike = interpreter_line(one) == interpreter_line(other)
        assert (digest(runs.replace("sh {", f"{other} {{")) == of_one) == alike
        assert (digest(runs.replace('"name"', f'"interpreter":"{other or "sh"}","name"')) == of_one) == alike


def test_a_session_that_is_shown_is_of_a_shell() -> None:
    assert digest(f"## Check\n{fence('$ check', info='console')}") == digest(f"## Check\n{fence('check')}")


def test_where_a_restore_goes_is_what_its_commands_do() -> None:
    def first(targets: str, body: str) -> str:
        return digest(f"---\nrecovery: {{system: db, targets: {{{targets}}}}}\n---\n{body}")

    digests = {first(targets, COMMAND) for targets in ("drill: a, real: b", "drill: a, real: c", "drill: c, real: b")}
    assert len(digests) == 3
    assert first("drill: a, real: b", MANUAL) == first("drill: a, real: c", MANUAL)


def test_that_a_manual_step_is_really_done_in_a_drill_is_in_its_digest() -> None:
    done = MANUAL.replace("## Stop\n", "## Stop\n<!-- step: {in_drill: do} -->\n")
    assert digest(done) != digest(MANUAL) == digest(done.replace("do}", "say}"))


def test_the_words_of_a_manual_step_are_its_digest_and_white_space_is_not() -> None:
    assert digest(MANUAL.replace("zero.\nTell", "zero.   Tell")) == digest(MANUAL)
    assert digest(MANUAL.replace("## Stop\n", "## Stop\n<!-- step: {time: 5m} -->\n")) == digest(MANUAL)
    assert digest(MANUAL.replace("zero", "one")) != digest(MANUAL)


def test_the_digest_of_a_runbook_covers_steps_their_order_targets_and_dependencies() -> None:
    def whole(head: str, body: str = COMMAND + MANUAL) -> str:
        return book(f"---\nrecovery: {{system: db{head}}}\n---\n{body}").digest

    changes = ("", ", targets: {drill: a}", ", depends_on: [dns]", ", site: berlin")
    assert len({*map(whole, changes), whole("", MANUAL + COMMAND)}) == 5
    assert whole(", rto: 4h") == whole(", site: local") == whole("")


def test_a_file_that_a_command_names_belongs_to_its_digest(tmp_path: Path) -> None:
    (tmp_path / "db.md").write_text("## Check\n" + fence("./canary.sh --all"))
    script = tmp_path / "canary.sh"
    digests = []
    for text in ("exit 0", "exit 1", "exit 0"):
        script.write_text(text)
        digests.append(load(tmp_path, {}).runbooks[0].steps[0].digest)
    assert digests[0] == digests[2] != digests[1]


def test_files_outside_the_folder_are_not_read(tmp_path: Path) -> None:
    folder = tmp_path / "books"
    folder.mkdir()
    (folder / "db.md").write_text("## Check\n" + fence("cat ../secret.txt"))
    before = load(folder, {}).runbooks[0].digest
    (tmp_path / "secret.txt").write_text("x")
    assert load(folder, {}).runbooks[0].digest == before


def test_the_words_of_whatever_has_no_command_are_its_digest() -> None:
    """Whether it is to be read or done is told from its title: words that matter must not hang on that."""
    info = "## Database\nIt lies in Berlin.\n"
    assert book(info).steps[0].kind.value == "info"
    assert digest(info.replace("Berlin", "Paris")) != digest(info)
    assert digest(info.replace("lies in", "lies\n in")) == digest(info)


def test_blank_lines_around_a_command_keep_its_digest() -> None:
    assert digest(COMMAND.replace("```sh", "\n```sh").replace("check\n", "check\n\n")) == digest(COMMAND)
