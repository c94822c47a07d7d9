"""The guarded step: a command that runs once, whatever happens to the bot around it.

First entry starts the wrapper and watches it. Re-entry (the bot was killed in between) looks at the attempt's files:
what nobody began is given up and never will begin; what runs is waited for; what ended is adopted, with the wrapper's
own times; what began and left no end is `interrupted`, and a person decides.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from bot.domain.recovery_state import AttemptOutcome
from bot.runners.attempt import Attempt, Identity, Observation, Sight

if TYPE_CHECKING:
    from bot.domain.clock import Clock

CONTROL_EVERY = timedelta(milliseconds=500)
"""How often a running step looks whether a person aborted it: with GRACE, within the two seconds that are promised."""

GRACE = timedelta(milliseconds=700)
"""How long an aborted command has between being asked to end and being made to, and then again to be gone."""

CLAIM_WAIT = timedelta(seconds=3)
"""How long a claimed attempt may take to write that it began, before it is called off."""

START_WAIT = timedelta(seconds=20)
"""How long a wrapper may take to claim its attempt before the attempt is given up."""

FIRST_LOOK = timedelta(milliseconds=2)
LAST_LOOK = timedelta(milliseconds=100)

NEVER_BEGAN = "the bot ended before it began"

Control = Callable[[], Awaitable[str]]
"""Says "abort" when a person wants it to end."""


class Runner(Protocol):
    """Runs attempts somewhere, and tells what became of them."""

    def start(self, attempt: Attempt) -> None:
        """Start it, detached. Raises OSError and ValueError, and then nothing was started."""
        ...

    def give_up(self, attempt: Attempt) -> bool:
        """Claim an attempt that nobody began; False when somebody has."""
        ...

    def call_off(self, attempt: Attempt) -> bool:
        """Keep a claimed attempt from reaching its command; False when it has passed by."""
        ...

    def look(self, attempt: Attempt) -> Observation:
        """What can be known of it now."""
        ...

    def kill(self, identity: Identity, *, hard: bool) -> None:
        """End it and all that it started."""
        ...

    def boot(self) -> str:
        """What changes when the machine that runs it starts anew."""
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


@dataclass(slots=True)
class _Watch:
    """One look after an attempt. `began_on`: the boot under which it was to start; None on the first entry."""

    attempt: Attempt
    control: Control
    began_on: str | None
    entered_at: datetime
    next_control: datetime
    claimed_at: datetime | None = None


class GuardedStep:
    """Runs one attempt through a runner."""

    def __init__(self, runner: Runner, clock: Clock, reach: Callable[[str], None]) -> None:
        self._runner = runner
        self._clock = clock
        self._reach = reach

    def boot(self) -> str:
        """The boot under which an attempt starts now: kept with its start, for `run` to compare."""
        return self._runner.boot()

    async def run(self, attempt: Attempt, control: Control, *, began_on: str | None) -> AttemptEnd:
        """Run it (`began_on` None: the first entry), or find out what became of it since it was to start."""
        now = self._clock.now()
        watch = _Watch(attempt, control, began_on, entered_at=now, next_control=now)
        end = self._enter(watch) or await self._watch(watch)
        self._reach("after command")
        return end

    def _enter(self, watch: _Watch) -> AttemptEnd | None:
        if watch.began_on is not None:
            return self._never_ran(watch) if self._runner.give_up(watch.attempt) else None
        self._reach("before wrapper")
        try:
            self._runner.start(watch.attempt)
        except (OSError, ValueError) as error:
            return self._failed(f"the command could not be started: {error}")
        self._reach("after wrapper")
        return None

    async def _watch(self, watch: _Watch) -> AttemptEnd:
        pause = FIRST_LOOK
        while True:
            seen = self._runner.look(watch.attempt)
            end = self._end_of(watch, seen) or await self._cut_short(watch, seen)
            if end:
                return end
            await asyncio.sleep(pause.total_seconds())
            pause = min(pause * 2, LAST_LOOK)

    def _end_of(self, watch: _Watch, seen: Observation) -> AttemptEnd | None:
        now = self._clock.now()
        match seen.sight:
            case Sight.ENDED:
                return self._ended(watch, seen)
            case Sight.GIVEN_UP:
                return self._never_ran(watch)
            case Sight.VANISHED:
                detail = "it began and left no end: nobody knows how far it came"
                return AttemptEnd(AttemptOutcome.INTERRUPTED, seen.began_at, now, detail=detail)
            case Sight.CLAIMED:
                return self._claimed(watch, now)
            case Sight.UNCLAIMED if now > watch.entered_at + START_WAIT and self._runner.give_up(watch.attempt):
                return self._failed(f"its wrapper did not start within {START_WAIT.total_seconds():.0f} s")
            case _:
                return None

    def _ended(self, watch: _Watch, seen: Observation) -> AttemptEnd:
        outcome = AttemptOutcome.PASSED if seen.exit_code == 0 else AttemptOutcome.FAILED
        adopted = watch.began_on is not None
        return AttemptEnd(outcome, seen.began_at, seen.ended_at or self._clock.now(), seen.exit_code, adopted)

    def _claimed(self, watch: _Watch, now: datetime) -> AttemptEnd | None:
        """It was claimed and has not written that it began: wait a while, then keep it from its command."""
        watch.claimed_at = watch.claimed_at or now
        waited = now - watch.claimed_at
        if waited > CLAIM_WAIT and self._runner.call_off(watch.attempt):
            return self._never_ran(watch)
        if waited > 2 * CLAIM_WAIT:
            detail = "it was claimed and left no word: nobody knows whether it ran"
            return AttemptEnd(AttemptOutcome.INTERRUPTED, None, now, detail=detail)
        return None

    def _never_ran(self, watch: _Watch) -> AttemptEnd:
        now = self._clock.now()
        if watch.began_on is None:
            return self._failed("its wrapper did not come as far as the command")
        if watch.began_on != self._runner.boot():
            # What the disk had not kept yet when the machine went down is no proof of anything.
            detail = "the machine was started anew since: nobody knows whether it ran"
            return AttemptEnd(AttemptOutcome.INTERRUPTED, None, now, detail=detail)
        return AttemptEnd(AttemptOutcome.NEVER_RAN, None, now, detail=NEVER_BEGAN)

    def _failed(self, detail: str) -> AttemptEnd:
        return AttemptEnd(AttemptOutcome.FAILED, None, self._clock.now(), detail=detail)

    async def _cut_short(self, watch: _Watch, seen: Observation) -> AttemptEnd | None:
        """End it when it takes too long, or when a person wants it."""
        now = self._clock.now()
        if seen.began_at and now > seen.began_at + watch.attempt.timeout:
            return await self._stop(watch, seen, AttemptOutcome.TIMED_OUT, f"no end within {watch.attempt.timeout}")
        if now < watch.next_control:
            return None
        watch.next_control = now + CONTROL_EVERY
        if await watch.control() == "abort" and (seen.identity or self._runner.give_up(watch.attempt)):
            return await self._stop(watch, seen, AttemptOutcome.ABORTED, "aborted by a person")
        return None

    async def _stop(self, watch: _Watch, seen: Observation, outcome: AttemptOutcome, detail: str) -> AttemptEnd:
        if seen.identity:
            for hard in (False, True):
                self._runner.kill(seen.identity, hard=hard)
                last = await self._settle(watch.attempt)
                if last.sight is Sight.ENDED:
                    return self._ended(watch, last)
                if last.sight is not Sight.RUNNING:
                    break
            else:
                detail += "; it does not end, look at it on its machine"
        return AttemptEnd(outcome, seen.began_at, self._clock.now(), detail=detail)

    async def _settle(self, attempt: Attempt) -> Observation:
        """What is seen of it once it has gone, or after GRACE."""
        until = self._clock.now() + GRACE
        while True:
            seen = self._runner.look(attempt)
            if seen.sight is not Sight.RUNNING or self._clock.now() >= until:
                return seen
            await asyncio.sleep(LAST_LOOK.total_seconds() / 4)
