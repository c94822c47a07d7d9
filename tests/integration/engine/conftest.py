"""A real engine over a real store, with commands that only pretend to run."""

from __future__ import annotations

import asyncio
import shutil
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.clock import SystemClock
from bot.domain.events import EventKind, make_event
from bot.domain.frozen_plan import FrozenPlan, Mode
from bot.domain.recovery_state import Choice, RecoveryState, RecoveryStatus, StepStatus
from bot.engine.attempts import Workshop
from bot.engine.engine import Engine, EngineSettings
from bot.engine.guarded_step import GuardedStep
from bot.engine.steps import Steps
from bot.store.database import Store, migrate, open_store
from tests.fakes.fake_runner import MachineOfFakes
from tests.fakes.histories import ANN, check, command, manual, plan_of, system
from tests.fakes.waiting import eventually

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from pathlib import Path

    from bot.domain.frozen_plan import Unit
    from bot.domain.recovery_state import UnitState
    from bot.store.answers import PendingAnswer

SITE = (
    system("dns"),
    system("db", manual("stop"), command("restore"), check(), depends_on=["dns"]),
    system("docs", depends_on=["dns"]),
)


class World:
    """One process: a store, an engine, and what people do. Its files outlive it."""

    def __init__(
        self,
        store: Store,
        folder: Path,
        executor: str = "here",
        engine_url: str = "",
        machine: MachineOfFakes | None = None,
    ) -> None:
        self.store = store
        self.clock = SystemClock()
        self.machine = machine or MachineOfFakes()
        self.spoil: Callable[[Steps], Steps] = lambda steps: steps
        self.reached: list[str] = []
        self._folder = folder
        settings = EngineSettings(engine_url or f"sqlite:///{folder}/engine.sqlite", executor)
        self.engine = Engine(settings, self._steps, store.recoveries, store.answers, self.reached.append)

    def _steps(self, epoch: int) -> Steps:
        steps = Steps(
            recoveries=self.store.recoveries,
            answers=self.store.answers,
            guarded=GuardedStep(self.machine, self.clock, self.reached.append),
            workshop=Workshop(self._folder / "attempts", {}, self._folder),
            keep_proof=self._keep,
            clock=self.clock,
            epoch=epoch,
        )
        return self.spoil(steps)

    async def _keep(self, plan: FrozenPlan, state: UnitState) -> None:
        del plan, state

    async def create(self, *, mode: Mode = Mode.DRILL, units: Sequence[Unit] = SITE) -> str:
        """Store a recovery that runs. The engine does not know of it yet."""

        def make(recovery: str) -> tuple[FrozenPlan, list[Any], RecoveryStatus, None]:
            plan = replace(plan_of(*units, mode=mode), recovery=recovery, requested_at=self.clock.now())
            kinds = (EventKind.REQUESTED, EventKind.STARTED)
            return plan, [make_event(recovery, kind, self.clock.now(), actor=ANN) for kind in kinds], RUNNING, None

        return (await self.store.recoveries.create(make)).recovery

    async def start(self, *units: Unit) -> str:
        recovery = await self.create(units=units or SITE)
        await self.engine.start(recovery)
        return recovery

    async def answer(
        self, recovery: str, choice: Choice = Choice.DONE, *, to: str = "", step: str = "stop", attempt: int = 1
    ) -> PendingAnswer:
        """Answer a step of db. Nobody tells the engine."""
        data = {"question": "do", "choice": choice.value, "reason": "so", "release": False, "to": to}
        place: dict[str, Any] = {"unit": "db", "step": step, "attempt": attempt}
        now = self.clock.now()
        event = make_event(recovery, EventKind.ANSWERED, now, actor=ANN, data=data, extra="do", **place)
        return await self.store.answers.claim(f"{recovery}/db/{step}/{attempt}/do", event, f"“{step}”")

    async def control(self, recovery: str, control: str, kind: EventKind) -> None:
        """Set the control row. Nobody tells the engine."""
        now = self.clock.now()
        event = make_event(recovery, kind, now, actor=ANN, data={"reason": "so"}, extra=str(now))
        await self.store.recoveries.set_control(recovery, control, [event])

    async def until(self, recovery: str, holds: Callable[[RecoveryState], Any], *, tell: bool = False) -> RecoveryState:
        """The recovery's state, once that holds of it. `tell`: and reconcile meanwhile."""

        async def state() -> RecoveryState | None:
            if tell:
                await self.engine.reconcile()
            now = await self.store.recoveries.state(recovery)
            return now if holds(now) else None

        found: RecoveryState = await eventually(state, 20)
        return found

    async def until_asked(self, recovery: str) -> RecoveryState:
        """Until db's manual step waits for a person, and everything else is done."""

        def asked(state: RecoveryState) -> bool:
            waits = state.units["db"].steps["stop"].status is StepStatus.WAITING
            return waits and bool(state.units["docs"].ended_at)

        return await self.until(recovery, asked)

    async def until_ended(self, recovery: str, *, tell: bool = False) -> RecoveryState:
        return await self.until(recovery, lambda state: state.outcome, tell=tell)


RUNNING = RecoveryStatus.RUNNING


@asynccontextmanager
async def launched(
    folder: Path, *, spoil: Callable[[Steps], Steps] | None = None, store_url: str = "", **more: Any
) -> AsyncIterator[World]:
    """A process over the files in that folder, from its start to its orderly end."""
    async with open_store(store_url or f"sqlite://{folder}/store.sqlite", SystemClock()) as store:
        world = World(store, folder, **more)
        world.spoil = spoil or world.spoil
        await world.engine.launch()
        try:
            yield world
        finally:
            await world.engine.stop()


@pytest.fixture(scope="session")
def known(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files of an engine that was launched before: one that makes its database anew takes over a second."""
    folder = tmp_path_factory.mktemp("known")

    async def make() -> None:
        await migrate(f"sqlite://{folder}/store.sqlite")
        async with launched(folder):
            pass

    asyncio.run(make())
    return folder


def put_back(folder: Path, known: Path, name: str) -> None:
    """The file of that name as it was before anything happened."""
    for leftover in folder.glob(f"{name}*"):
        leftover.unlink()
    shutil.copy(known / name, folder / name)


@pytest.fixture
def folder(tmp_path: Path, known: Path) -> Path:
    for name in ("store.sqlite", "engine.sqlite"):
        put_back(tmp_path, known, name)
    return tmp_path


@pytest.fixture
async def world(folder: Path) -> AsyncIterator[World]:
    async with launched(folder) as opened:
        yield opened
