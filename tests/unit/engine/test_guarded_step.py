"""The guarded step, in each state in which the bot may find an attempt."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.domain.recovery_state import AttemptOutcome
from bot.engine.guarded_step import NEVER_BEGAN, AttemptEnd, GuardedStep
from bot.runners.attempt import Attempt, Observation, Sight
from tests.fakes.fake_runner import FakeRunner, TickingClock, seen
from tests.fakes.histories import at

if TYPE_CHECKING:
    from collections.abc import Callable

ATTEMPT = Attempt(Path("restore-1"), "restore", {}, timeout=timedelta(minutes=5))
SLOW = timedelta(seconds=2)
RAN, RUNS, GONE = seen(Sight.ENDED, 0), seen(Sight.RUNNING), seen(Sight.VANISHED)


async def run(
    runner: FakeRunner,
    *,
    began_on: str | None = None,
    controls: tuple[str, ...] = ("",),
    step: timedelta = timedelta(milliseconds=100),
    reach: Callable[[str], None] = lambda _point: None,
) -> AttemptEnd:
    """Run or re-enter; `controls` come in turn, the last for ever."""
    left = list(controls)

    async def control() -> str:
        return left.pop(0) if len(left) > 1 else left[0]

    return await GuardedStep(runner, TickingClock(at(1), step), reach).run(ATTEMPT, control, began_on=began_on)


async def test_the_first_entry_starts_it_and_waits_for_its_end() -> None:
    reached: list[str] = []
    runner = FakeRunner([seen(Sight.UNCLAIMED), seen(Sight.CLAIMED), RUNS, RAN])
    end = await run(runner, reach=reached.append)
    assert end == AttemptEnd(AttemptOutcome.PASSED, at(1), at(2), exit_code=0)
    assert runner.asked == ["start restore-1"]
    assert reached == ["before wrapper", "after wrapper", "after command"]


async def test_another_exit_code_is_a_failure() -> None:
    assert (await run(FakeRunner([seen(Sight.ENDED, 3)]))).outcome is AttemptOutcome.FAILED


@pytest.mark.parametrize("refusal", [OSError("no memory"), ValueError("embedded null byte")])
async def test_what_cannot_be_started_has_failed(refusal: Exception) -> None:
    end = await run(FakeRunner([GONE], refuses=refusal))
    assert (end.outcome, end.detail) == (AttemptOutcome.FAILED, f"the command could not be started: {refusal}")


async def test_what_nobody_began_is_given_up_at_a_re_entry_and_never_runs() -> None:
    runner = FakeRunner([RAN], takes_claim=True)
    end = await run(runner, began_on="boot")
    assert (end.outcome, end.detail) == (AttemptOutcome.NEVER_RAN, NEVER_BEGAN)
    assert runner.asked == ["give up"]


async def test_what_was_given_up_before_another_crash_never_ran() -> None:
    end = await run(FakeRunner([seen(Sight.GIVEN_UP)]), began_on="boot")
    assert end.outcome is AttemptOutcome.NEVER_RAN


async def test_after_the_machine_went_down_nobody_knows_whether_it_ran() -> None:
    end = await run(FakeRunner([RAN], takes_claim=True), began_on="an earlier boot")
    assert end.outcome is AttemptOutcome.INTERRUPTED
    assert "started anew" in end.detail


def test_the_boot_is_the_runners() -> None:
    assert GuardedStep(FakeRunner([RAN], boot_id="b7"), TickingClock(at(1)), lambda _point: None).boot() == "b7"


async def test_what_ended_is_adopted_with_its_own_times() -> None:
    end = await run(FakeRunner([RAN]), began_on="boot")
    assert end == AttemptEnd(AttemptOutcome.PASSED, at(1), at(2), exit_code=0, adopted=True)


async def test_an_end_that_tells_no_time_ended_now() -> None:
    without = Observation(Sight.ENDED, at(1), None, 0, RAN.identity)
    assert (await run(FakeRunner([without]), began_on="boot")).ended_at > at(1)


async def test_what_still_runs_is_waited_for() -> None:
    assert (await run(FakeRunner([RUNS, RUNS, RAN]), began_on="boot")).adopted


async def test_what_began_and_left_no_end_is_interrupted() -> None:
    end = await run(FakeRunner([RUNS, GONE]), began_on="boot")
    assert (end.outcome, end.began_at) == (AttemptOutcome.INTERRUPTED, at(1))
    assert "nobody knows how far it came" in end.detail


async def test_what_was_claimed_and_says_nothing_is_called_off() -> None:
    runner = FakeRunner([seen(Sight.CLAIMED)], takes_entry=True)
    end = await run(runner, began_on="boot", step=SLOW)
    assert (end.outcome, runner.asked) == (AttemptOutcome.NEVER_RAN, ["give up", "call off"])


async def test_a_wrapper_that_falls_silent_before_its_command_has_failed() -> None:
    end = await run(FakeRunner([seen(Sight.CLAIMED)], takes_entry=True), step=SLOW)
    assert (end.outcome, end.detail) == (
        AttemptOutcome.FAILED,
        "its wrapper did not come as far as the command",
    )


async def test_what_was_claimed_and_left_no_word_is_interrupted() -> None:
    end = await run(FakeRunner([seen(Sight.CLAIMED)]), began_on="boot", step=SLOW)
    assert end.outcome is AttemptOutcome.INTERRUPTED
    assert "nobody knows whether it ran" in end.detail


async def test_a_wrapper_that_does_not_start_is_given_up() -> None:
    runner = FakeRunner([seen(Sight.UNCLAIMED)], takes_claim=True)
    end = await run(runner, step=timedelta(seconds=4))
    assert (end.outcome, end.detail) == (AttemptOutcome.FAILED, "its wrapper did not start within 20 s")
    assert runner.asked == ["start restore-1", "give up"]


async def test_a_wrapper_that_starts_at_the_last_moment_is_waited_for() -> None:
    runner = FakeRunner([*[seen(Sight.UNCLAIMED)] * 3, RAN])
    assert (await run(runner, step=timedelta(seconds=15))).outcome is AttemptOutcome.PASSED


async def test_a_command_that_takes_too_long_is_asked_to_end() -> None:
    runner = FakeRunner([RUNS], after_kill=lambda _hard: GONE)
    end = await run(runner, step=timedelta(minutes=3))
    assert (end.outcome, end.detail) == (AttemptOutcome.TIMED_OUT, "no end within 0:05:00")
    assert runner.asked == ["start restore-1", "kill 7 soft"]


async def test_an_abort_asks_first_and_then_makes_it_end() -> None:
    runner = FakeRunner([RUNS], after_kill=lambda hard: GONE if hard else None)
    end = await run(runner, controls=("", "pause", "abort"))
    assert (end.outcome, end.detail, end.exit_code) == (AttemptOutcome.ABORTED, "aborted by a person", None)
    assert runner.asked == ["start restore-1", "kill 7 soft", "kill 7 hard"]


async def test_what_ended_while_it_was_being_ended_has_ended() -> None:
    runner = FakeRunner([RUNS], after_kill=lambda _hard: RAN)
    assert (await run(runner, controls=("abort",))).outcome is AttemptOutcome.PASSED


async def test_what_cannot_be_ended_is_said_to_live_on() -> None:
    end = await run(FakeRunner([RUNS]), controls=("abort",))
    assert end.outcome is AttemptOutcome.ABORTED
    assert end.detail == "aborted by a person; it does not end, look at it on its machine"


async def test_an_abort_before_the_wrapper_started_keeps_it_from_starting() -> None:
    runner = FakeRunner([seen(Sight.UNCLAIMED)], takes_claim=True)
    assert (await run(runner, controls=("abort",))).outcome is AttemptOutcome.ABORTED
    assert runner.asked == ["start restore-1", "give up"]


async def test_an_abort_waits_for_a_wrapper_that_has_just_claimed() -> None:
    runner = FakeRunner([seen(Sight.CLAIMED), RUNS], after_kill=lambda _hard: GONE)
    assert (await run(runner, controls=("abort",))).outcome is AttemptOutcome.ABORTED
    assert runner.asked == ["start restore-1", "give up", "kill 7 soft"]
