"""A digest covers the files that a command names: those that are used where it runs, and no others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.runbook.library import load
from bot.runbook.named_files import WHOLE_BYTES
from bot.runbook.script_words import words_of
from tests.unit.runbook.making import fence

if TYPE_CHECKING:
    from pathlib import Path

RUNS = "---\nrecovery: {system: orders, execute: true}\n---\n"


def write(folder: Path, command: str, *, info: str = 'sh {"name":"x"}', head: str = RUNS, name: str = "orders") -> None:
    path = folder / f"{name}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{head}## Check it\n{fence(command, info=info)}")


def depends_on(folder: Path, *changed: str) -> list[str]:
    """Which of these files the digest of the one runbook hangs on."""
    found = []
    for name in changed:
        before = load(folder, {}).runbooks[0].digest
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text((path.read_text() if path.exists() else "") + "changed\n")
        found += [name] if load(folder, {}).runbooks[0].digest != before else []
    return found


def test_the_file_that_runs_counts_and_not_its_namesake_beside_the_runbook(tmp_path: Path) -> None:
    write(tmp_path, "./canary.sh", name="db/orders")
    assert depends_on(tmp_path, "canary.sh", "db/canary.sh") == ["canary.sh"]


def test_files_are_looked_for_in_the_folder_that_cwd_names(tmp_path: Path) -> None:
    write(tmp_path, "./canary.sh && sh ../top.sh", info='sh {"name":"x","cwd":"db"}')
    assert depends_on(tmp_path, "canary.sh", "db/canary.sh", "top.sh") == ["db/canary.sh", "top.sh"]


def test_a_command_that_a_person_runs_may_be_run_beside_its_runbook_too(tmp_path: Path) -> None:
    write(tmp_path, "./canary.sh", head="", name="db/orders")
    assert depends_on(tmp_path, "canary.sh", "db/canary.sh", "web/canary.sh") == ["canary.sh", "db/canary.sh"]


def test_a_script_that_goes_into_a_folder_uses_what_lies_there(tmp_path: Path) -> None:
    (tmp_path / "bin" / "more").mkdir(parents=True)
    write(tmp_path, "cd bin\ncd .. && cd . && cd bin/../bin && cd -- more && ./restore")
    assert depends_on(tmp_path, "bin/more/restore", "bin/else/restore") == ["bin/more/restore"]


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("./restore", "restore"),
        ("bash bin/restore --all", "bin/restore"),
        ('sh "my file.sh"', "my file.sh"),
        ("sh my\\ file.sh", "my file.sh"),
        ("./a+b.sh", "a+b.sh"),
        ("././restore.sh", "restore.sh"),
        ("./bin/../restore.sh", "restore.sh"),
        ("$PWD/restore.sh", "restore.sh"),
        ('"${PWD}"/restore.sh', "restore.sh"),
        ("$(pwd)/restore.sh", "restore.sh"),
        ("psql <orders.sql", "orders.sql"),
        ("curl -d @orders.json db", "orders.json"),
        ("run --config=orders.conf", "orders.conf"),
        ("docker compose -forders.yml up", "orders.yml"),
        ("docker run -v ./orders.conf:/etc/orders.conf db", "orders.conf"),
        ("CONF=orders.conf restore", "orders.conf"),
        ("cat restore.sh|sh", "restore.sh"),
        ("bash -c './restore.sh --all'", "restore.sh"),
        ("# don't wait\nsh 'my file.sh'", "my file.sh"),
        ("restore \\\n  --with orders.conf", "orders.conf"),
        ("docker run -v./orders.conf:/etc/orders.conf db", "orders.conf"),
        ("make -C bin -f orders.mk", "bin/orders.mk"),
        ("env --chdir bin ./restore.sh", "bin/restore.sh"),
        ("git --directory=bin apply orders.diff", "bin/orders.diff"),
        (".//restore.sh", "restore.sh"),
        ('"$RUNBOOKS_DIR"/bin/restore.sh', "bin/restore.sh"),
        ("cd ${RUNBOOKS_DIR}/bin && ./restore.sh", "bin/restore.sh"),
        ("sh .//.//bin//restore.sh", "bin/restore.sh"),
        ("sort orders.txt > orders.txt", "orders.txt"),
        ("./restore.sh; echo true > restore.sh", "restore.sh"),
        ("echo more >> orders.txt; restore <orders.txt", "orders.txt"),
        ("dump > out.sql; cd db; restore out.sql", "db/out.sql"),
        ("psql -c 'select 1 > orders'; cat orders", "orders"),
    ],
)
def test_every_word_that_is_a_file_counts_however_it_is_written(tmp_path: Path, command: str, name: str) -> None:
    (tmp_path / "bin").mkdir()
    write(tmp_path, command)
    assert depends_on(tmp_path, name) == [name]


def test_words_of_other_languages_count_too(tmp_path: Path) -> None:
    write(tmp_path, 'run(["./restore.sh", "-f"])', info='python {"name":"x"}')
    assert depends_on(tmp_path, "restore.sh") == ["restore.sh"]
    write(tmp_path, ".\\bin\\restore.ps1", info="powershell")
    assert depends_on(tmp_path, "bin/restore.ps1") == ["bin/restore.ps1"]


def test_what_a_comment_names_and_what_a_script_writes_is_not_what_it_does(tmp_path: Path) -> None:
    write(tmp_path, "# as old.sh did\ndump --all > all.sql 2>>dump.log\nrestore <./all.sql")
    assert depends_on(tmp_path, "old.sh", "all.sql", "dump.log") == []


def test_a_file_that_a_script_writes_before_it_uses_it_is_its_own(tmp_path: Path) -> None:
    write(tmp_path, "dump > all.sql; sh -c 'restore <all.sql'; sh -c 'dump >x.sql; restore x.sql'; dump >> dump.log")
    assert depends_on(tmp_path, "all.sql", "x.sql", "dump.log") == []


def test_a_file_that_runs_the_script_counts(tmp_path: Path) -> None:
    write(tmp_path, "true", info='sh {"name":"x","interpreter":"./with.sh -x orders.conf","cwd":"db"}')
    assert depends_on(tmp_path, "with.sh", "db/with.sh", "db/orders.conf") == ["db/with.sh", "db/orders.conf"]


def test_files_in_every_folder_that_a_script_goes_into_count(tmp_path: Path) -> None:
    names = [f"at{number}" for number in range(20)]
    for name in names:
        (tmp_path / name).mkdir()
    write(tmp_path, "".join(f"cd {name}; ./restore.sh; cd ..\n" for name in names))
    assert depends_on(tmp_path, "at0/restore.sh", "at19/restore.sh") == ["at0/restore.sh", "at19/restore.sh"]


def test_nothing_outside_the_folder_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "books"
    (folder / "bin").mkdir(parents=True)
    secret = tmp_path / "secret.txt"
    secret.write_text("x")
    (folder / "link.txt").symlink_to(secret)
    (folder / "out").symlink_to(tmp_path)
    write(folder, f"cat ../secret.txt link.txt out/secret.txt bin/../../secret.txt {secret}; cd ..; cat secret.txt")
    before = load(folder, {}).runbooks[0].digest
    secret.write_text("y")
    assert load(folder, {}).runbooks[0].digest == before


def test_a_link_within_the_folder_is_what_it_leads_to(tmp_path: Path) -> None:
    for release in ("1", "2"):
        (tmp_path / "releases" / release).mkdir(parents=True)
        (tmp_path / "releases" / release / "restore.sh").write_text(release)
    (tmp_path / "current").symlink_to("releases/1")
    write(tmp_path, "./current/restore.sh")
    before = load(tmp_path, {}).runbooks[0].digest
    (tmp_path / "current").unlink()
    (tmp_path / "current").symlink_to("releases/2")
    assert load(tmp_path, {}).runbooks[0].digest != before


def test_a_large_file_counts_by_its_size_its_beginning_and_its_end(tmp_path: Path) -> None:
    write(tmp_path, "./restore")
    digests = set()
    for size, end in ((WHOLE_BYTES, b"a"), (WHOLE_BYTES, b"b"), (WHOLE_BYTES + 9, b"a"), (WHOLE_BYTES + 9, b"b")):
        with (tmp_path / "restore").open("wb") as file:
            file.truncate(size)
            file.seek(-1, 2)
            file.write(end)
        digests.add(load(tmp_path, {}).runbooks[0].digest)
    assert len(digests) == 4


def test_a_script_of_half_a_megabyte_is_read_at_once() -> None:
    for script in ("\"\\'" * 100_000, "'\"`$(" * 100_000, "cd a/b; " * 60_000, "\\" * 500_001):
        words_of(script, "sh")
