"""The interpreter's durable engine, by DBOS."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import structlog
from dbos import DBOS, SetWorkflowID

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

    from bot.engine.crash_points import CrashPoints

TOPIC = "messages"

LONGEST_WAIT = 7 * 24 * 3600.0
"""Seconds; a wait that ends without a message begins again."""

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 30.0
"""Seconds between two tries of a step that could not be done."""


def unit_workflow_id(recovery: str, unit: str) -> str:
    """The id of a unit's workflow; the recovery's own workflow has the recovery's id."""
    return f"{recovery}/{unit}"


def queue_of(site: str) -> str:
    """The queue that a site's workers listen to."""
    return f"site-{site}"


async def until_done(name: str, work: Callable[[], Awaitable[Any]]) -> Any:
    """The result of `work`, tried again for as long as it takes.

    Each try commits to the store under the same ids, so trying again is safe. An error that got through would end the
    workflow for good, in the middle of a restore.
    """
    pause = FIRST_PAUSE
    while True:
        try:
            return await work()
        except Exception as error:  # noqa: BLE001 - the engine step: see above
            fault = f"{type(error).__name__}: {error}"
            structlog.get_logger().error(
                "a step will be tried again", step=name, fault=fault, exc_info=pause == FIRST_PAUSE
            )
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)


class DbosDurable:
    """Steps, messages and children, each remembered by DBOS. `unit_workflow` is the registered workflow of a unit."""

    def __init__(self, unit_workflow: Callable[[str, str], Coroutine[Any, Any, str]], reach: CrashPoints) -> None:
        self._unit_workflow = unit_workflow
        self._reach = reach

    async def step(self, name: str, work: Callable[[], Awaitable[Any]]) -> Any:
        """The result of `work`, done once and checkpointed."""

        async def body() -> Any:
            result = await until_done(name, work)
            self._reach("before checkpoint")
            return result

        result = await DBOS.run_step_async({"name": name}, body)
        self._reach("after checkpoint")
        return result

    async def receive(self) -> dict[str, Any]:
        """The next message for this workflow."""
        message = await DBOS.recv_async(TOPIC, LONGEST_WAIT)
        return message if isinstance(message, dict) else {}

    async def start_child(self, plan_text: str, recovery: str, unit: str, site: str) -> None:
        """Put the workflow of a unit on its site's queue, once."""
        with SetWorkflowID(unit_workflow_id(recovery, unit)):
            await DBOS.enqueue_workflow_async(queue_of(site), self._unit_workflow, plan_text, unit)

    async def tell_parent(self, recovery: str, unit: str, message: dict[str, Any]) -> None:
        """Send the recovery's workflow that a unit ended, or that it released what depends on it; each once."""
        what = "ended" if message["ended"] else "released"
        await DBOS.send_async(recovery, message, TOPIC, idempotency_key=f"{recovery}/{unit}/{what}")
