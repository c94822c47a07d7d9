"""The guarded step over real processes: quick to abort, patient to wait, and never twice."""

from __future__ import annotations

import asyncio
import os
import time
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.clock import SystemClock
from bot.domain.recovery_state import AttemptOutcome
from bot.engine.guarded_step import GuardedStep
from bot.runners.attempt import Attempt, read_tail
from bot.runners.shell import ShellRunner
from tests.fakes.waiting import eventually

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bot.engine.guarded_step import AttemptEnd

STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); open('ready', 'w').close(); time.sleep(60)"
)


@pytest.fixture
def runner() -> ShellRunner:
    return ShellRunner({"PATH": os.defpath})


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Attempt]:
    def attempt(script: str, seconds: float = 60) -> Attempt:
        return Attempt(tmp_path / "attempt", script, {}, cwd=str(tmp_path), timeout=timedelta(seconds=seconds))

    return attempt


def run(
    runner: ShellRunner, attempt: Attempt, wanted: list[str] | None = None, *, again: bool = False
) -> asyncio.Task[AttemptEnd]:
    async def control() -> str:
        return wanted[0] if wanted else ""

    guarded = GuardedStep(runner, SystemClock(), lambda _point: None)
    began_on = runner.boot() if again else None
    return asyncio.create_task(guarded.run(attempt, control, began_on=began_on), name="attempt")


def left(attempt: Attempt, runner: ShellRunner) -> list[int]:
    identity = runner.look(attempt).identity
    return runner._processes.left_in_session(identity) if identity else []


async def test_a_quick_command_is_seen_to_end_at_once(runner: ShellRunner, make: Callable[..., Attempt]) -> None:
    end = await run(runner, make("echo done"))
    assert (end.outcome, end.exit_code) == (AttemptOutcome.PASSED, 0)
    assert read_tail(make("").directory / "output") == "done\n"


@pytest.mark.parametrize(
    "script",
    [
        pytest.param("touch ready; sleep 60", id="one that ends when asked"),
        pytest.param("sleep 60 & sleep 60 & touch ready; wait", id="one with children"),
        pytest.param("trap '' TERM; touch ready; while :; do sleep 60; done", id="a shell that does not listen"),
        pytest.param(f'python3 -c "{STUBBORN}"', id="a child that does not listen"),
    ],
)
async def test_an_abort_ends_it_with_all_it_started_within_two_seconds(
    runner: ShellRunner, make: Callable[..., Attempt], tmp_path: Path, script: str
) -> None:
    attempt, wanted = make(script), [""]
    task = run(runner, attempt, wanted)
    await eventually((tmp_path / "ready").exists)
    wanted[0], asked_at = "abort", time.monotonic()
    end = await task
    assert time.monotonic() - asked_at < 2
    assert (end.outcome, end.detail) == (AttemptOutcome.ABORTED, "aborted by a person")
    assert left(attempt, runner) == []


async def test_a_command_past_its_time_is_ended(runner: ShellRunner, make: Callable[..., Attempt]) -> None:
    attempt = make("sleep 60", 0.2)
    assert (await run(runner, attempt)).outcome is AttemptOutcome.TIMED_OUT
    assert left(attempt, runner) == []


async def test_a_second_bot_waits_for_what_the_first_one_started(
    runner: ShellRunner, make: Callable[..., Attempt], tmp_path: Path
) -> None:
    attempt = make("echo once >> effects; touch ready; while [ ! -e go ]; do sleep 0.05; done; exit 3")
    first = run(runner, attempt)
    await eventually((tmp_path / "ready").exists)
    first.cancel()
    second = run(ShellRunner({"PATH": os.defpath}), attempt, again=True)
    (tmp_path / "go").touch()
    end = await second
    assert (end.outcome, end.exit_code, end.adopted) == (AttemptOutcome.FAILED, 3, True)
    assert (tmp_path / "effects").read_text(encoding="utf-8") == "once\n"


async def test_many_who_enter_at_once_run_it_once(make: Callable[..., Attempt], tmp_path: Path) -> None:
    attempt = make("echo once >> effects")
    ends = await asyncio.gather(*(run(ShellRunner({"PATH": os.defpath}), attempt) for _ in range(8)))
    assert {(end.outcome, end.began_at) for end in ends} == {(AttemptOutcome.PASSED, ends[0].began_at)}
    assert (tmp_path / "effects").read_text(encoding="utf-8") == "once\n"


async def test_what_the_bot_gave_up_while_its_wrapper_was_starting_ran_or_never_will(tmp_path: Path) -> None:
    """The mkdir decides: whoever is first, the effect happens once or never, and the bot knows which."""
    for place in range(10):
        attempt = Attempt(tmp_path / f"a{place}", f"touch effect-{place}", {}, cwd=str(tmp_path))
        first = ShellRunner({"PATH": os.defpath})
        first.start(attempt)
        end = await run(ShellRunner({}), attempt, again=True)
        assert end.outcome in {AttemptOutcome.PASSED, AttemptOutcome.NEVER_RAN}
        await asyncio.to_thread(os.waitpid, first._started[attempt.directory], 0)
        assert (tmp_path / f"effect-{place}").exists() == (end.outcome is AttemptOutcome.PASSED)
