"""An engine that keeps what it was told, and carries recoveries on only when it is let."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.fakes.quick_engine import QuickEngine

if TYPE_CHECKING:
    from bot.store.answers import PendingAnswer


class RecordingEngine(QuickEngine):
    """`told` names every call. `idle`: nothing happens after it, as if the engine were down."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.told: list[str] = []
        self.idle = False

    async def start(self, recovery: str) -> None:
        self.told.append(f"start {recovery}")
        if not self.idle:
            await super().start(recovery)

    async def deliver(self, answer: PendingAnswer) -> None:
        self.told.append(f"deliver {answer.id}")
        if not self.idle:
            await super().deliver(answer)

    async def control(self, recovery: str, control: str) -> None:
        self.told.append(f"{control} {recovery}")
        if not self.idle:
            await super().control(recovery, control)
