"""The loops: each looks again and again, at once after a nudge, slower after a fault, and ends when it is told to."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from bot.domain.errors import Conflict
from bot.service import Loop, Service
from tests.fakes.fixed_clock import FixedClock
from tests.fakes.histories import at
from tests.fakes.waiting import eventually

LONG = timedelta(hours=1)


class Work:
    """Counts how often it was done; `fault` is raised instead."""

    def __init__(self) -> None:
        self.done = 0
        self.fault: Exception | None = None

    async def __call__(self) -> None:
        self.done += 1
        if self.fault:
            raise self.fault


async def running(*loops: Loop) -> Service:
    service = Service(FixedClock(at(0)), list(loops))
    await service.start()
    return service


async def test_a_loop_looks_again_after_its_pause() -> None:
    work = Work()
    service = await running(Loop("often", work, timedelta(milliseconds=1)))
    await eventually(lambda: work.done > 3)
    await service.stop()


async def test_a_nudge_lets_it_look_at_once() -> None:
    work = Work()
    service = await running(Loop("seldom", work, LONG))
    await eventually(lambda: work.done == 1)
    service.nudge("seldom", "no-such-loop")
    await eventually(lambda: work.done == 2)
    await service.stop()


async def test_a_nudge_during_its_work_is_not_lost() -> None:
    begun, go_on, done = asyncio.Event(), asyncio.Event(), []

    async def work() -> None:
        begun.set()
        await go_on.wait()
        done.append(1)

    service = await running(Loop("slow", work, LONG))
    await begun.wait()
    service.nudge("slow")
    go_on.set()
    await eventually(lambda: len(done) == 2)
    await service.stop()


async def test_a_fault_is_its_health_until_it_succeeds_again() -> None:
    work = Work()
    loop = Loop("shaky", work, timedelta(milliseconds=1))
    work.fault = Conflict("It moved.", "Look again.")
    service = await running(loop)
    await eventually(lambda: loop.fault == "It moved. Look again.")
    work.fault = KeyError("x")
    await eventually(lambda: loop.fault == "KeyError: 'x'")
    assert loop.succeeded_at is None
    work.fault = None
    await eventually(lambda: loop.fault == "")
    assert loop.succeeded_at == at(0)
    await service.stop()


async def test_a_stop_ends_every_loop_and_waits_for_it() -> None:
    ended = []

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(1)

    service = await running(Loop("one", work, LONG), Loop("two", work, LONG))
    await asyncio.sleep(0)
    await service.stop()
    assert ended == [1, 1]
    assert [loop.name for loop in service.loops] == ["one", "two"]
    assert all(not task.get_name().startswith("one") for task in asyncio.all_tasks())
