"""A runner without processes: it keeps what was asked of it, and shows what it is told to show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.runners.attempt import Identity, Observation, Sight
from tests.fakes.histories import at

if TYPE_CHECKING:
    from bot.runners.attempt import Attempt

SOMEBODY = Identity(7, "70", "boot")


def seen(sight: Sight, exit_code: int | None = None) -> Observation:
    """What a runner sees of an attempt that began at minute 1, and ended at minute 2."""
    ended_at = at(2) if sight is Sight.ENDED else None
    if sight in {Sight.UNCLAIMED, Sight.CLAIMED, Sight.GIVEN_UP}:
        return Observation(sight)
    return Observation(sight, at(1), ended_at, exit_code, SOMEBODY)


@dataclass
class FakeRunner:
    """Shows `sights` in turn, the last for ever. `asked` names every call; `runs` counts commands that started."""

    sights: list[Observation]
    boot_id: str = "boot"
    takes_claim: bool = False  # whether give_up finds the attempt unclaimed
    takes_entry: bool = False  # whether call_off finds it not yet entered
    refuses: Exception | None = None  # what start raises
    after_kill: Callable[[bool], Observation | None] = lambda _hard: None
    asked: list[str] = field(default_factory=list)

    def start(self, attempt: Attempt) -> None:
        self.asked.append(f"start {attempt.directory.name}")
        if self.refuses:
            raise self.refuses

    def give_up(self, attempt: Attempt) -> bool:
        del attempt
        self.asked.append("give up")
        return self.takes_claim

    def call_off(self, attempt: Attempt) -> bool:
        del attempt
        self.asked.append("call off")
        return self.takes_entry

    def look(self, attempt: Attempt) -> Observation:
        del attempt
        return self.sights.pop(0) if len(self.sights) > 1 else self.sights[0]

    def kill(self, identity: Identity, *, hard: bool) -> None:
        self.asked.append(f"kill {identity.pid} {'hard' if hard else 'soft'}")
        then = self.after_kill(hard)
        if then:
            self.sights = [then]

    def boot(self) -> str:
        return self.boot_id


@dataclass
class MachineOfFakes:
    """A runner whose commands end at once, on a machine that outlives the bot: it knows what was started there."""

    effects: list[str] = field(default_factory=list)
    claimed: dict[str, bool] = field(default_factory=dict)

    def start(self, attempt: Attempt) -> None:
        if self.claimed.setdefault(str(attempt.directory), True):
            self.effects.append(f"{attempt.directory.name.rpartition('-')[0]} {attempt.directory.parent.name}")

    def give_up(self, attempt: Attempt) -> bool:
        if str(attempt.directory) in self.claimed:
            return False
        self.claimed[str(attempt.directory)] = False
        return True

    def call_off(self, attempt: Attempt) -> bool:
        del attempt
        return False

    def look(self, attempt: Attempt) -> Observation:
        ran = self.claimed.get(str(attempt.directory))
        return seen(Sight.ENDED if ran else Sight.UNCLAIMED if ran is None else Sight.GIVEN_UP, 0)

    def kill(self, identity: Identity, *, hard: bool) -> None:
        del identity, hard

    def boot(self) -> str:
        return "boot"


@dataclass
class TickingClock:
    """Tells a time that goes on by `step` whenever it is asked."""

    at: datetime
    step: timedelta = timedelta(milliseconds=100)

    def now(self) -> datetime:
        self.at += self.step
        return self.at
