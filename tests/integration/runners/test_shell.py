"""The shell runner with real processes: detached, found again, ended with all that they started."""

from __future__ import annotations

import gc
import os
import signal
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.runners.attempt import Attempt, Identity, Observation, Sight
from bot.runners.processes import Processes, start_time
from bot.runners.shell import ShellRunner

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATH = os.defpath
HERE = Processes()


@pytest.fixture
def runner() -> ShellRunner:
    return ShellRunner({"PATH": PATH, "HOME": "/nowhere"})


@pytest.fixture
def attempt(tmp_path: Path, runner: ShellRunner) -> Iterator[Callable[..., Attempt]]:
    """Makes attempts; whatever they left behind is killed in the end."""
    made: list[Attempt] = []

    def make(script: str, **more: object) -> Attempt:
        base = Attempt(tmp_path / f"attempt {len(made)} ä'\"$x", script, {})
        made.append(replace(base, **more))  # type: ignore[arg-type] # fields by name
        return made[-1]

    yield make
    for one in made:
        seen = runner.look(one)
        if seen.identity:
            runner.kill(seen.identity, hard=True)


def wait(runner: ShellRunner, attempt: Attempt, *sights: Sight, seconds: float = 10) -> Observation:
    """Look until it is seen like this."""
    until = time.monotonic() + seconds
    while (seen := runner.look(attempt)).sight not in sights:
        assert time.monotonic() < until, seen
        time.sleep(0.005)
    return seen


def run(runner: ShellRunner, attempt: Attempt) -> Observation:
    runner.start(attempt)
    return wait(runner, attempt, Sight.ENDED)


def output(attempt: Attempt) -> str:
    return (attempt.directory / "output").read_text(encoding="utf-8")


def wait_for_file(path: Path) -> str:
    until = time.monotonic() + 10
    while not path.exists() or not path.read_text(encoding="utf-8").strip():
        assert time.monotonic() < until, path
        time.sleep(0.005)
    return path.read_text(encoding="utf-8").strip()


def test_a_command_runs_and_leaves_its_code_and_its_times(runner: ShellRunner, attempt: Callable[..., Attempt]) -> None:
    one = attempt("echo out; echo err >&2; exit 3")
    assert runner.look(one).sight is Sight.UNCLAIMED
    seen = run(runner, one)
    assert seen.exit_code == 3
    assert seen.began_at
    assert seen.ended_at
    assert seen.began_at <= seen.ended_at
    assert output(one) == "out\nerr\n"


def test_the_first_failing_line_ends_a_script(runner: ShellRunner, attempt: Callable[..., Attempt]) -> None:
    assert run(runner, attempt("false\necho on")).exit_code == 1
    assert run(runner, attempt('echo "$NOT_SET"')).exit_code != 0
    assert run(runner, attempt("false | true", interpreter="bash")).exit_code == 1


def test_other_interpreters_run_their_own_language(runner: ShellRunner, attempt: Callable[..., Attempt]) -> None:
    one = attempt("import sys\nprint('ä☃', len(sys.argv))", interpreter="python")
    assert run(runner, one).exit_code == 0
    assert output(one) == "ä☃ 1\n"
    assert run(runner, attempt("", interpreter="no-such-program")).exit_code == 127


def test_values_reach_a_command_whole_and_are_never_read_as_shell(
    runner: ShellRunner, attempt: Callable[..., Attempt], tmp_path: Path
) -> None:
    hostile = f"$(touch {tmp_path}/pwned) `id` '\"; rm -rf / # \n ä☃"
    one = attempt('printf %s "$RECOVERY_POINT"', environment={"RECOVERY_POINT": hostile, "stat": "mine", "code": "9"})
    assert run(runner, one).exit_code == 0
    assert output(one) == hostile
    assert not (tmp_path / "pwned").exists()


def test_a_command_gets_exactly_what_it_is_told(runner: ShellRunner, attempt: Callable[..., Attempt]) -> None:
    one = attempt("env", environment={"RECOVERY_ID": "R-1", "HOME": "/over"})
    run(runner, one)
    lines = dict(line.split("=", 1) for line in output(one).splitlines())
    assert {name for name in lines if name not in {"PWD", "SHLVL", "_", "OLDPWD"}} == {"PATH", "HOME", "RECOVERY_ID"}
    assert (lines["HOME"], lines["RECOVERY_ID"]) == ("/over", "R-1")


def test_a_command_runs_beside_its_runbook_and_says_when_that_is_gone(
    runner: ShellRunner, attempt: Callable[..., Attempt], tmp_path: Path
) -> None:
    here = attempt("pwd", cwd=str(tmp_path))
    run(runner, here)
    assert output(here).strip() == str(tmp_path)
    gone = attempt("pwd", cwd=str(tmp_path / "gone"))
    assert run(runner, gone).exit_code != 0
    assert "gone" in output(gone)


def test_a_command_reads_nothing_from_the_terminal(runner: ShellRunner, attempt: Callable[..., Attempt]) -> None:
    one = attempt("cat; echo over")
    run(runner, one)
    assert output(one) == "over\n"


def test_a_script_with_bytes_that_are_no_text_runs_as_it_is(
    runner: ShellRunner, attempt: Callable[..., Attempt]
) -> None:
    one = attempt(b"printf '\xe4'\r".decode(errors="surrogateescape").rstrip("\r"))
    run(runner, one)
    assert (one.directory / "output").read_bytes() == b"\xe4"


def test_its_files_are_for_this_user_alone(runner: ShellRunner, attempt: Callable[..., Attempt]) -> None:
    one = attempt("umask")
    run(runner, one)
    assert one.directory.stat().st_mode & 0o777 == 0o700
    assert (one.directory / "script").stat().st_mode & 0o777 == 0o600
    assert output(one).strip() == f"{current_umask():04o}"


def current_umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def test_an_attempt_that_was_given_up_never_runs(runner: ShellRunner, attempt: Callable[..., Attempt]) -> None:
    one = attempt("echo on")
    assert runner.give_up(one)
    assert not runner.give_up(one)
    runner.start(one)
    os.waitpid(runner._started[one.directory], 0)
    assert runner.look(one).sight is Sight.GIVEN_UP
    assert not (one.directory / "output").exists()


def test_what_has_begun_cannot_be_given_up_or_called_off(runner: ShellRunner, attempt: Callable[..., Attempt]) -> None:
    one = attempt("sleep 30")
    runner.start(one)
    wait(runner, one, Sight.RUNNING)
    wait_for_entry(one)
    assert not runner.give_up(one)
    assert not runner.call_off(one)


def wait_for_entry(attempt: Attempt) -> None:
    until = time.monotonic() + 10
    while not (attempt.directory / "entered").exists():
        assert time.monotonic() < until
        time.sleep(0.005)


def test_a_claimed_attempt_that_was_called_off_never_comes_to_its_command(
    runner: ShellRunner, attempt: Callable[..., Attempt]
) -> None:
    one = attempt("echo on")
    (one.directory / "claimed").mkdir(parents=True)
    assert runner.look(one).sight is Sight.CLAIMED
    assert runner.call_off(one)
    assert runner.look(one).sight is Sight.GIVEN_UP


def test_another_runner_finds_what_the_first_one_started(runner: ShellRunner, attempt: Callable[..., Attempt]) -> None:
    one = attempt("sleep 0.2; exit 4")
    runner.start(one)
    wait(runner, one, Sight.RUNNING)
    assert wait(ShellRunner({}), one, Sight.ENDED).exit_code == 4


def test_what_was_killed_without_a_word_has_vanished(runner: ShellRunner, attempt: Callable[..., Attempt]) -> None:
    one = attempt("sleep 30")
    runner.start(one)
    seen = wait(runner, one, Sight.RUNNING)
    assert seen.identity
    runner.kill(seen.identity, hard=True)
    assert wait(runner, one, Sight.VANISHED).exit_code is None
    runner.kill(seen.identity, hard=True)


def test_a_command_whose_wrapper_died_still_runs(runner: ShellRunner, attempt: Callable[..., Attempt]) -> None:
    one = attempt("echo $$ > pid; sleep 30", cwd="")
    runner.start(one)
    wait_for_file(one.directory / "pid")
    seen = runner.look(one)
    assert seen.identity
    os.kill(seen.identity.pid, signal.SIGKILL)
    os.waitpid(seen.identity.pid, 0)
    assert not HERE.is_alive(seen.identity)
    assert runner.look(one).sight is Sight.RUNNING
    runner.kill(seen.identity, hard=True)
    wait(runner, one, Sight.VANISHED)


STUBBORN = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if sys.argv[1] == "group": os.setpgid(0, 0)
open(sys.argv[2], "w").write(str(os.getpid()))
time.sleep(60)
"""


@pytest.mark.parametrize("where", ["session", "group"])
def test_children_that_ignore_being_asked_are_made_to_end(
    runner: ShellRunner, attempt: Callable[..., Attempt], tmp_path: Path, where: str
) -> None:
    """Also those that made a process group of their own, as `timeout` does."""
    (tmp_path / "stubborn.py").write_text(STUBBORN, encoding="utf-8")
    command = f"python3 {tmp_path}/stubborn.py {where} {tmp_path}/pid"
    one = attempt(f"{command} & {command}.2 & wait", cwd=str(tmp_path))
    runner.start(one)
    pids = [int(wait_for_file(tmp_path / name)) for name in ("pid", "pid.2")]
    seen = runner.look(one)
    assert seen.identity
    runner.kill(seen.identity, hard=False)
    assert set(pids) <= set(HERE.left_in_session(seen.identity))
    runner.kill(seen.identity, hard=True)
    wait(runner, one, Sight.VANISHED)
    assert HERE.left_in_session(seen.identity) == []


def test_a_service_that_a_command_leaves_behind_lives_on(
    runner: ShellRunner, attempt: Callable[..., Attempt], tmp_path: Path
) -> None:
    one = attempt("sleep 30 & echo $! > service; exit 0", cwd=str(tmp_path))
    seen = run(runner, one)
    assert seen.identity
    service = int(wait_for_file(tmp_path / "service"))
    assert HERE.left_in_session(seen.identity) == [service]


def test_a_process_is_told_apart_from_a_later_one_of_the_same_number() -> None:
    me = os.getpid()
    started = start_time(Path(f"/proc/{me}/stat").read_text(encoding="ascii"))
    assert HERE.is_alive(Identity(me, started, HERE.boot()))
    assert not HERE.is_alive(Identity(me, "1", HERE.boot()))
    assert not HERE.is_alive(Identity(me, started, "another boot"))
    assert HERE.left_in_session(Identity(me, "1", HERE.boot())) == []
    assert HERE.left_in_session(Identity(me, started, "another boot")) == []
    assert start_time("no stat") == ""


def test_a_runner_that_is_let_go_complains_of_nothing(attempt: Callable[..., Attempt]) -> None:
    """Warnings are errors here: a process object that dies before its process would warn."""
    other = ShellRunner({"PATH": PATH})
    one = attempt("sleep 30")
    other.start(one)
    wait(other, one, Sight.RUNNING)
    del other
    gc.collect()


def test_no_zombie_is_left_of_what_ended(runner: ShellRunner, attempt: Callable[..., Attempt]) -> None:
    one = attempt("true")
    run(runner, one)
    until = time.monotonic() + 10
    while runner._started:
        assert time.monotonic() < until
        runner.look(one)
    assert run(runner, attempt("true")).exit_code == 0


def test_a_system_without_a_list_of_processes_is_asked_by_signal(
    runner: ShellRunner, attempt: Callable[..., Attempt], tmp_path: Path
) -> None:
    elsewhere = Processes(tmp_path / "none")
    one = attempt("sleep 30")
    runner.start(one)
    identity = Identity(runner._started[one.directory], "", elsewhere.boot())
    assert elsewhere.is_alive(identity)
    assert elsewhere.left_in_session(identity) == [-identity.pid]
    elsewhere.end_session(identity, hard=False)
    os.waitpid(identity.pid, 0)
    assert not elsewhere.is_alive(identity)
    until = time.monotonic() + 5
    while elsewhere.left_in_session(identity):
        assert time.monotonic() < until
    elsewhere.end_session(identity, hard=True)
