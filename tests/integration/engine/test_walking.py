"""Jumps and side-by-side steps through the real engine and store, also when the process ends in between."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.domain.frozen_plan import UnitKind
from bot.domain.recovery_state import Choice, Outcome, StepStatus
from tests.fakes.histories import command, manual, system
from tests.integration.engine.conftest import World, launched

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bot.domain.recovery_state import RecoveryState

BOTH = tuple(replace(manual(name), parallel="both") for name in ("tell", "page"))
WALK = system("db", command("look"), manual("stop"), command("restore"), *BOTH, kind=UnitKind.WALK)


def waits(step: str, attempt: int = 1) -> Callable[[RecoveryState], bool]:
    def holds(state: RecoveryState) -> bool:
        now = state.units["db"].steps[step]
        return (now.status, now.attempt) == (StepStatus.WAITING, attempt)

    return holds


async def ids(world: World, recovery: str) -> list[str]:
    return [event.id for event in await world.store.ledger.events(recovery)]


async def test_a_jump_back_runs_a_command_once_more_and_only_then(world: World) -> None:
    recovery = await world.start(WALK)
    await world.until(recovery, waits("stop"))
    await world.engine.deliver(await world.answer(recovery, Choice.JUMP, to="look"))
    await world.until(recovery, waits("stop", 2))
    assert world.machine.effects == ["look db", "look db"]
    await world.engine.deliver(await world.answer(recovery, Choice.JUMP, to="tell", attempt=2))
    await world.until(recovery, waits("page"))
    for step in ("page", "tell"):
        await world.engine.deliver(await world.answer(recovery, step=step))
    state = await world.until_ended(recovery)
    assert (state.outcome, world.machine.effects) == (Outcome.PARTIAL, ["look db", "look db"])
    assert (await world.store.ledger.verify()).faults == ()
    seen = await ids(world, recovery)
    assert len(seen) == len(set(seen))


async def test_a_jump_that_no_engine_heard_of_is_gone_on_with_by_the_next(folder: Path) -> None:
    async with launched(folder) as first:
        recovery = await first.start(WALK)
        await first.until(recovery, waits("stop"))
        await first.answer(recovery, Choice.JUMP, to="look")
    async with launched(folder) as second:
        await second.engine.reconcile()
        await second.until(recovery, waits("stop", 2), tell=True)
        await second.engine.deliver(await second.answer(recovery, attempt=2))
        await second.until(recovery, waits("page"))
        assert second.machine.effects == ["look db", "restore db"]
        seen = await ids(second, recovery)
        assert len(seen) == len(set(seen))
