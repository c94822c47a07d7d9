"""DBOS around the workflows: launch, start, answers, control, reconcile. The store leads, the engine follows.

DBOS is one per process, so a process has at most one launched Engine at a time.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog
from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer, SetWorkflowID
from dbos import error as dbos_error

from bot.domain.errors import BringbackError
from bot.domain.events import EventKind
from bot.domain.recovery_state import RecoveryStatus
from bot.engine.durable import TOPIC, DbosDurable, queue_of, unit_workflow_id
from bot.engine.journal_mode import SQLITE, use_wal
from bot.engine.workflow import ABORT, RESUME, run_recovery, run_unit
from bot.store.codec import encode

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from bot.engine.crash_points import CrashPoints
    from bot.engine.steps import Steps
    from bot.store.answers import Answers, PendingAnswer
    from bot.store.recoveries import Recoveries

VERSION = "bringback-1"
"""Fixed: with a version of its own, every deploy would strand the recoveries that wait."""

POLL_SECONDS = 0.1
"""Between two looks at a queue or for a message."""

SEND_TIMEOUT_SECONDS = 30.0

CONTROL_EVENTS = {ABORT: EventKind.ABORT_REQUESTED, RESUME: EventKind.RESUMED}
"""The event that stands behind each control message: its id makes the message arrive once."""


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
        self._tasks: set[asyncio.Task[Any]] = set()
        self._faults: list[str] = []
        self._told_all = False
        self.launched = False

    async def launch(self) -> None:
        """Take the open recoveries over and go on with them. Call it in the running loop.

        Raises BringbackError when the engine's database belongs to another ledger.
        """
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
        try:
            await self._refuse_strangers()
            for site in self._settings.sites:
                await DBOS.register_queue_async(queue_of(site), polling_interval_sec=POLL_SECONDS)
            await self._take_in_orphans()
        except BaseException:
            await self.stop()
            raise
        self.launched = True

    def _register(self, steps: Steps) -> None:
        @DBOS.workflow(name="unit", max_recovery_attempts=None)
        async def unit_workflow(plan_text: str, unit: str) -> str:
            return await self._carry(f"the restore of {unit}", run_unit(durable, steps, plan_text, unit))

        @DBOS.workflow(name="recovery", max_recovery_attempts=None)
        async def recovery_workflow(plan_text: str) -> str:
            return await self._carry("a recovery", run_recovery(durable, steps, plan_text))

        durable = DbosDurable(unit_workflow, self._reach)
        self._recovery_workflow = recovery_workflow

    async def _carry(self, what: str, work: Coroutine[Any, Any, str]) -> str:
        """Run a workflow. A fault of ours leaves it where it is, for the next start to go on with: never its end."""
        task = asyncio.current_task()
        assert task, what
        self._tasks.add(task)
        try:
            return await work
        except Exception as error:  # noqa: BLE001 - the engine step: an error that got out would be the workflow's end
            self._faults.append(f"{what} cannot go on: {type(error).__name__}: {error}")
            structlog.get_logger().error("a workflow cannot go on", what=what, exc_info=True)
            return str(await asyncio.get_running_loop().create_future())
        finally:
            self._tasks.discard(task)

    async def _refuse_strangers(self) -> None:
        """The store leads: a recovery that only the engine knows is one of another store."""
        newest = await DBOS.list_workflows_async(
            name="recovery", limit=1, sort_desc=True, load_input=False, load_output=False
        )
        for workflow in newest:
            if workflow.workflow_id not in {row.id for row in await self._recoveries.rows()}:
                raise BringbackError(
                    f"The engine's database knows a recovery {workflow.workflow_id} that the ledger does not have.",
                    "ENGINE_DATABASE_URL belongs to another DATABASE_URL: give it one of its own, or move it aside.",
                )

    async def _take_in_orphans(self) -> None:
        """Go on with what this process left under another name: on SQLite there is but one, wherever it runs now."""
        if not self._settings.database_url.startswith(SQLITE):
            return
        pending = await DBOS.list_workflows_async(status="PENDING", load_input=False, load_output=False)
        orphans = [workflow for workflow in pending if workflow.executor_id != self._settings.executor]
        for queue in sorted({str(workflow.queue_name) for workflow in orphans}):
            ids = [workflow.workflow_id for workflow in orphans if str(workflow.queue_name) == queue]
            await DBOS.resume_workflows_async(ids, queue_name=queue)

    async def stop(self) -> None:
        """Let go of the workflows where they are; the next launch goes on with them."""
        self.launched = False
        logging.getLogger("dbos").setLevel(logging.ERROR)  # it would warn of each one that is let go
        await self._let_go()
        await asyncio.to_thread(DBOS.destroy, destroy_registry=True)
        await self._let_go()

    async def _let_go(self) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def start(self, recovery: str) -> None:
        """Start a running recovery's workflow, once; starting it again changes nothing.

        What the engine cannot take now, `reconcile` gives it again: the store has it.
        """
        plan = await self._recoveries.plan(recovery)
        queue = queue_of(self._settings.sites[0])
        with SetWorkflowID(recovery):
            await _told("start", recovery, DBOS.enqueue_workflow_async(queue, self._recovery_workflow, encode(plan)))

    async def deliver(self, answer: PendingAnswer) -> None:
        """Tell a unit's workflow of an answer; telling it again changes nothing."""
        await self._deliver(answer)

    async def _deliver(self, answer: PendingAnswer) -> bool:
        message = {
            "answer": answer.id,
            "step": answer.step,
            "attempt": answer.attempt,
            "question": answer.question,
        }
        return await self._send(unit_workflow_id(answer.recovery, answer.unit), message, answer.id)

    async def control(self, recovery: str, control: str) -> None:
        """Wake what waits: "abort" ends it, "resume" lets it go on. Steps that run watch the control row themselves.

        Telling it again changes nothing.
        """
        event = await self._recoveries.last_event(recovery, CONTROL_EVENTS[control])
        if event is None:
            return
        plan = await self._recoveries.plan(recovery)
        for workflow in [*(unit_workflow_id(recovery, unit.name) for unit in plan.units), recovery]:
            await self._send(workflow, {"control": control}, event.id)

    async def _send(self, workflow: str, message: dict[str, Any], key: str) -> bool:
        # A workflow that has not started yet reads the control row first, and gets its answers later.
        return await _told("send", workflow, DBOS.send_async(workflow, message, TOPIC, idempotency_key=key))

    async def reconcile(self) -> None:
        """Send again what the store has and a workflow may not: starts, answers, controls. Raises BringbackError when
        a workflow cannot go on.
        """
        # Answers before recoveries: one whose recovery is not running then belongs to one that has ended.
        pending = await self._answers.pending()
        running = [row for row in await self._recoveries.rows(open_only=True) if row.status is RecoveryStatus.RUNNING]
        told = True
        for row in running:
            await self.start(row.id)
            await self.control(row.id, ABORT if row.control == ABORT else RESUME)
            # Once a launch all of them, also the applied: the engine's database may be a new one.
            answered = [] if self._told_all else await self._answers.of(row.id)
            for answer in [*answered, *(answer for answer in pending if answer.recovery == row.id)]:
                told = await self._deliver(answer) and told
        self._told_all = self._told_all or told
        ids = {row.id for row in running}
        for answer in pending:
            if answer.recovery not in ids:
                await self._answers.settle(answer.id)
        if self._faults:
            raise BringbackError(" ".join(self._faults), "Starting the bot anew tries again; its log says more.")


async def _told(what: str, workflow: str, call: Coroutine[Any, Any, Any]) -> bool:
    """Whether the engine took it. What it does not take now, `reconcile` tells it again: the store has it."""
    try:
        async with asyncio.timeout(SEND_TIMEOUT_SECONDS):
            await call
    except (dbos_error.DBOSException, TimeoutError) as error:
        structlog.get_logger().info("the engine will be told again", what=what, workflow=workflow, fault=str(error))
        return False
    return True


__all__ = ["ABORT", "RESUME", "Engine", "EngineSettings"]
