"""The guarded step: a command that runs once, whatever happens to the bot around it.

First entry starts the wrapper and watches it. Re-entry (the bot was killed in between) looks at the attempt's files:
what nobody began is given up and never will begin; what runs is waited for; what ended is adopted, with the wrapper's
own times; what began and left no end is `interrupted`, and a person decides.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from bot.domain.recovery_state import AttemptOutcome
from bot.runners.attempt import Attempt, Identity, Observation, Sight

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.domain.clock import Clock

CONTROL_EVERY = timedelta(milliseconds=500)
"""How often a running step looks whether a person aborted it: with GRACE, within the two seconds that are promised."""

GRACE = timedelta(milliseconds=700)
"""How long an aborted command has between being asked to end and being made to."""

CLAIM_WAIT = timedelta(seconds=3)
"""How long a claimed attempt may take to write that it began."""

START_WAIT = timedelta(seconds=20)
"""How long a wrapper may take to claim its attempt before the attempt is given up."""

FIRST_LOOK = timedelta(milliseconds=2)
LAST_LOOK = timedelta(milliseconds=100)


class Runner(Protocol):
    """Runs attempts somewhere, and tells what became of them."""

    def start(self, attempt: Attempt) -> None:
        """Start it, detached."""
        ...

    def give_up(self, attempt: Attempt) -> bool:
        """Claim an attempt that nobody began; False when somebody has."""
        ...

    def look(self, attempt: Attempt) -> Observation:
        """What can be known of it now."""
        ...

    def kill(self, identity: Identity, *, hard: bool) -> None:
        """End its process group."""
        ...


@dataclass(frozen=True, slots=True)
class AttemptEnd:
    """How an attempt ended, before its output is judged. Times are the wrapper's where it left them."""

    outcome: AttemptOutcome
    began_at: datetime | None
    ended_at: datetime
    exit_code: int | None = None
    adopted: bool = False
    detail: str = ""


class GuardedStep:
    """Runs one attempt through a runner."""

    def __init__(self, runner: Runner, clock: Clock, reach: Callable[[str], None]) -> None:
        self._runner = runner
        self._clock = clock
        self._reach = reach

    async def run(self, attempt: Attempt, control: Callable[[], Awaitable[str]], *, first_entry: bool) -> AttemptEnd:
        """Run it, or find out what became of it. `control` says "abort" when a person wants it to end."""
        if first_entry:
            self._reach("before wrapper")
            self._runner.start(attempt)
            self._reach("after wrapper")
        elif self._runner.give_up(attempt):
            return AttemptEnd(AttemptOutcome.NEVER_RAN, None, self._clock.now(), detail="the bot ended before it began")
        end = await self._watch(attempt, control, adopted=not first_entry)
        self._reach("after command")
        return end

    async def _watch(self, attempt: Attempt, control: Callable[[], Awaitable[str]], *, adopted: bool) -> AttemptEnd:
        entered_at = self._clock.now()
        next_control = entered_at
        pause = FIRST_LOOK
        while True:
            seen = self._runner.look(attempt)
            end = self._end_of(attempt, seen, entered_at, adopted=adopted)
            if end:
                return end
            now = self._clock.now()
            if seen.identity and seen.began_at and now > seen.began_at + attempt.timeout:
                return await self._stop(seen, AttemptOutcome.TIMED_OUT, f"no end within {attempt.timeout}")
            if now >= next_control:
                if await control() == "abort" and (seen.identity or self._runner.give_up(attempt)):
                    return await self._stop(seen, AttemptOutcome.ABORTED, "aborted by a person")
                next_control = now + CONTROL_EVERY
            await asyncio.sleep(pause.total_seconds())
            pause = min(pause * 2, LAST_LOOK)

    def _end_of(self, attempt: Attempt, seen: Observation, entered_at: datetime, *, adopted: bool) -> AttemptEnd | None:
        now = self._clock.now()
        match seen.sight:
            case Sight.ENDED:
                outcome = AttemptOutcome.PASSED if seen.exit_code == 0 else AttemptOutcome.FAILED
                return AttemptEnd(outcome, seen.began_at, seen.ended_at or now, seen.exit_code, adopted)
            case Sight.GIVEN_UP:
                return AttemptEnd(AttemptOutcome.NEVER_RAN, None, now, detail="the bot ended before it began")
            case Sight.VANISHED:
                detail = "it began and left no end: nobody knows how far it came"
                return AttemptEnd(AttemptOutcome.INTERRUPTED, seen.began_at, now, detail=detail)
            case Sight.CLAIMED if now > entered_at + CLAIM_WAIT:
                detail = "it was claimed and left no word: nobody knows whether it ran"
                return AttemptEnd(AttemptOutcome.INTERRUPTED, None, now, detail=detail)
            case Sight.UNCLAIMED if now > entered_at + START_WAIT and self._runner.give_up(attempt):
                detail = f"its wrapper did not start within {START_WAIT.total_seconds():.0f} s"
                return AttemptEnd(AttemptOutcome.FAILED, None, now, detail=detail)
            case _:
                return None

    async def _stop(self, seen: Observation, outcome: AttemptOutcome, detail: str) -> AttemptEnd:
        if seen.identity:
            self._runner.kill(seen.identity, hard=False)
            await asyncio.sleep(GRACE.total_seconds())
            self._runner.kill(seen.identity, hard=True)
        return AttemptEnd(outcome, seen.began_at, self._clock.now(), detail=detail)
