"""DBOS around the workflows: launch, start, answers, control, reconcile. The store leads, the engine follows.

DBOS is one per process, so a process has at most one launched Engine at a time.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog
from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer, SetWorkflowID
from dbos import error as dbos_error

from bot.domain.recovery_state import RecoveryStatus
from bot.engine.durable import TOPIC, DbosDurable, queue_of, unit_workflow_id
from bot.engine.journal_mode import use_wal
from bot.engine.workflow import ABORT, RESUME, run_recovery, run_unit
from bot.store.codec import encode

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.engine.crash_points import CrashPoints
    from bot.engine.steps import Steps
    from bot.store.answers import Answers, PendingAnswer
    from bot.store.recoveries import Recoveries

VERSION = "bringback-1"
"""Fixed: with a version of its own, every deploy would strand the recoveries that wait."""

POLL_SECONDS = 0.1
"""Between two looks at a queue or for a message."""

SEND_TIMEOUT_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """Where DBOS keeps its progress (an SQLAlchemy URL), who this process is, and whose sites' units it runs."""

    database_url: str
    executor: str
    sites: tuple[str, ...] = ("local",)


class Engine:
    """Runs recoveries."""

    def __init__(
        self,
        settings: EngineSettings,
        make_steps: Callable[[int], Steps],
        recoveries: Recoveries,
        answers: Answers,
        reach: CrashPoints,
    ) -> None:
        self._settings = settings
        self._make_steps = make_steps
        self._recoveries = recoveries
        self._answers = answers
        self._reach = reach
        self._recovery_workflow: Any = None
        self.launched = False

    async def launch(self) -> None:
        """Take the open recoveries over and go on with them. Call it in the running loop."""
        epoch = await self._recoveries.take_over(self._settings.executor)
        steps = self._make_steps(epoch)
        use_wal(self._settings.database_url)
        config: DBOSConfig = {
            "name": "bringback",
            "system_database_url": self._settings.database_url,
            "executor_id": self._settings.executor,
            "application_version": VERSION,
            "log_level": "WARNING",
            "notification_listener_polling_interval_sec": POLL_SECONDS,
            "serializer": DBOSPortableJSONSerializer(),
        }
        DBOS(config=config)
        self._register(steps)
        DBOS.listen_queues([queue_of(site) for site in self._settings.sites])
        DBOS.launch()
        for site in self._settings.sites:
            await DBOS.register_queue_async(queue_of(site), polling_interval_sec=POLL_SECONDS)
        self.launched = True

    def _register(self, steps: Steps) -> None:
        @DBOS.workflow(name="unit", max_recovery_attempts=None)
        async def unit_workflow(plan_text: str, unit: str) -> str:
            return await run_unit(durable, steps, plan_text, unit)

        @DBOS.workflow(name="recovery", max_recovery_attempts=None)
        async def recovery_workflow(plan_text: str) -> str:
            return await run_recovery(durable, steps, plan_text)

        durable = DbosDurable(unit_workflow, self._reach)
        self._recovery_workflow = recovery_workflow

    async def stop(self) -> None:
        """Let go of the workflows where they are; the next launch goes on with them."""
        self.launched = False
        await asyncio.to_thread(DBOS.destroy, destroy_registry=True)

    async def start(self, recovery: str) -> None:
        """Start a running recovery's workflow, once; starting it again changes nothing."""
        plan = await self._recoveries.plan(recovery)
        with SetWorkflowID(recovery):
            await DBOS.enqueue_workflow_async(queue_of(self._settings.sites[0]), self._recovery_workflow, encode(plan))

    async def deliver(self, answer: PendingAnswer) -> None:
        """Tell a unit's workflow of an answer; telling it again changes nothing."""
        message = {
            "answer": answer.id,
            "step": answer.step,
            "attempt": answer.attempt,
            "question": answer.question,
        }
        await self._send(unit_workflow_id(answer.recovery, answer.unit), message, answer.id)

    async def control(self, recovery: str, control: str) -> None:
        """Wake what waits: "abort" ends it, "resume" lets it go on. Steps that run watch the control row themselves."""
        plan = await self._recoveries.plan(recovery)
        for workflow in [*(unit_workflow_id(recovery, unit.name) for unit in plan.units), recovery]:
            await self._send(workflow, {"control": control}, "")

    async def _send(self, workflow: str, message: dict[str, Any], key: str) -> None:
        try:
            async with asyncio.timeout(SEND_TIMEOUT_SECONDS):
                await DBOS.send_async(workflow, message, TOPIC, idempotency_key=key or None)
        except dbos_error.DBOSNonExistentWorkflowError:
            # Not started yet: it reads the control row before it does anything, and reconcile sends answers again.
            structlog.get_logger().debug("no such workflow yet", workflow=workflow)

    async def reconcile(self) -> None:
        """Send again what the store has and a workflow may not: starts, answers, aborts."""
        running = set()
        for row in await self._recoveries.rows(open_only=True):
            if row.status is RecoveryStatus.RUNNING:
                running.add(row.id)
                await self.start(row.id)
                if row.control == ABORT:
                    await self.control(row.id, ABORT)
        for answer in await self._answers.pending():
            if answer.recovery in running:
                await self.deliver(answer)
            else:
                await self._answers.settle(answer.id)


__all__ = ["ABORT", "RESUME", "Engine", "EngineSettings"]
