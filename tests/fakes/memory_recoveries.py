"""Recoveries and answers in memory, as the durable steps use them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.domain.events import Event
from bot.domain.frozen_plan import FrozenPlan
from bot.domain.recovery import fold
from bot.store.recoveries import Passage, StaleOwner

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.domain.recovery_state import RecoveryState


@dataclass
class MemoryRecoveries:
    """`commits` names the commits by their crash points; `wanted` is the control row."""

    plan: FrozenPlan
    epoch: int = 1
    wanted: str = ""
    events: dict[str, Event] = field(default_factory=dict)
    commits: list[str] = field(default_factory=list)

    async def gate(self, recovery: str, epoch: int, event: Event, *, despite_abort: bool = False) -> Passage:
        self._own(recovery, epoch)
        known = event.id in self.events
        if self.wanted and not known and not (despite_abort and self.wanted == "abort"):
            return Passage(None, self.wanted)
        return Passage(self._store([event], "gate")[0], fresh=not known)

    async def append_owned(self, recovery: str, epoch: int, events: Sequence[Event], point: str) -> list[Event]:
        self._own(recovery, epoch)
        return self._store(events, point)

    async def close(self, recovery: str, ended: Event, closing: Callable[[str], Sequence[Event]]) -> list[Event]:
        return self._store([ended, *closing(f"{recovery}:9:ff")], "close")

    async def control(self, recovery: str) -> str:
        del recovery
        return self.wanted

    async def state(self, recovery: str) -> RecoveryState:
        return fold(self.plan, [event for event in self.events.values() if event.stream == recovery])

    def _own(self, recovery: str, epoch: int) -> None:
        if epoch != self.epoch:
            raise StaleOwner(recovery)

    def _store(self, events: Sequence[Event], point: str) -> list[Event]:
        self.commits.append(point)
        return [self.events.setdefault(event.id, event) for event in events]
