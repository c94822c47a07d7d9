"""A durable engine in memory. What a workflow did is remembered and not done again; it can be cut at any moment."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from bot.domain.recovery_state import CHOICES, Choice, Question
from bot.engine.workflow import run_recovery, run_unit
from bot.store.codec import encode
from tests.fakes.histories import RECOVERY

if TYPE_CHECKING:
    from collections.abc import Awaitable, Coroutine

    from bot.engine.steps import Steps
    from tests.fakes.memory_steps import MemorySteps

TURNS = 60
"""Passes of the loop after which every workflow that can go on has gone on."""


class Cut(BaseException):
    """The process was killed here."""


@dataclass
class Memory:
    """What outlives the process: the journal of each workflow, and its mail by key, in order."""

    journals: dict[str, list[tuple[str, Any]]] = field(default_factory=dict)
    mail: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)


def first_choice(_unit: str, _step: str, question: str) -> Choice:
    """A person who does what is asked, and gives up what failed."""
    return Choice.DONE if question == "do" else CHOICES[Question(question)][-1]


Choose = Callable[[str, str, str], Choice | tuple[Choice, int]]
"""What a person answers to the question of a unit's step; with a jump, to which of the steps that it can go to."""


class ReplayingEngine:
    """One process. `cut_at` counts moments: before and after each commit, and after each checkpoint."""

    def __init__(
        self,
        steps: MemorySteps,
        memory: Memory,
        cut_at: int = 0,
        choose: Choose = first_choice,
    ) -> None:
        self.steps = steps
        self.memory = memory
        self.moments = 0
        self.mailed = asyncio.Event()
        self._cut_at = cut_at
        self._choose = choose
        self._plan = encode(steps.plan)
        self._tasks: dict[str, asyncio.Task[str]] = {}

    def moment(self) -> None:
        self.moments += 1
        if self.moments == self._cut_at:
            raise Cut

    def send(self, workflow: str, key: str, message: dict[str, Any]) -> None:
        """Mail that arrives once, whoever sends it again."""
        self.memory.mail.setdefault(workflow, {}).setdefault(key, message)
        self.mailed.set()
        self.mailed = asyncio.Event()

    def spawn(self, workflow: str) -> None:
        """Carry a workflow on from its journal."""
        durable, steps = FakeDurable(self, workflow), cast("Steps", self.steps)
        unit = workflow.partition("/")[2]
        work: Coroutine[Any, Any, str] = (
            run_unit(durable, steps, self._plan, unit) if unit else run_recovery(durable, steps, self._plan)
        )
        if workflow not in self._tasks:
            self._tasks[workflow] = asyncio.create_task(work, name=workflow)
        else:
            work.close()

    async def run(self) -> str:
        """The recovery's outcome. People answer whenever nothing else can go on. Raises Cut."""
        self.memory.journals.setdefault(RECOVERY, [])
        for workflow in [*self.memory.journals]:
            self.spawn(workflow)
        self._reconcile()
        try:
            while not self._tasks[RECOVERY].done():
                for _ in range(TURNS):
                    await asyncio.sleep(0)
                for task in self._tasks.values():
                    if task.done() and task.exception():
                        await task
                if not self._tasks[RECOVERY].done():
                    self.people()
            return await self._tasks[RECOVERY]
        finally:
            for task in self._tasks.values():
                task.cancel()
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    def people(self) -> None:
        """Somebody answers one question."""
        for unit, step, attempt, question in self.steps.questions():
            chosen = self._choose(unit, step, question)
            choice, nth = chosen if isinstance(chosen, tuple) else (chosen, 0)
            message = self.steps.answer(unit, step, attempt, question, choice, nth)
            self.moment()
            self.send(f"{RECOVERY}/{unit}", message["answer"], message)
            return

    def abort(self) -> None:
        """A person aborts: stored first, then told."""
        self.steps.control = "abort"
        self._reconcile()

    def _reconcile(self) -> None:
        for answer, event in self.steps.answers.items():
            place = {"step": event.step, "attempt": event.attempt, "question": event.data["question"]}
            self.send(f"{RECOVERY}/{event.unit}", answer, {"answer": answer, **place})
        if self.steps.control == "abort":
            for workflow in [*(f"{RECOVERY}/{unit.name}" for unit in self.steps.plan.units), RECOVERY]:
                self.send(workflow, "abort", {"control": "abort"})


class FakeDurable:
    """Steps, messages and children of one workflow, each remembered in its journal."""

    def __init__(self, engine: ReplayingEngine, workflow: str) -> None:
        self._engine = engine
        self._workflow = workflow
        self._journal = engine.memory.journals.setdefault(workflow, [])
        self._place = 0

    async def step(self, name: str, work: Callable[[], Awaitable[Any]]) -> Any:
        if self._place < len(self._journal):
            return self._replayed(name)
        self._engine.moment()
        result = json.loads(json.dumps(await work()))
        self._engine.moment()
        return self._remember(name, result)

    async def receive(self) -> dict[str, Any]:
        if self._place < len(self._journal):
            return cast("dict[str, Any]", self._replayed("receive"))
        read = sum(name == "receive" for name, _ in self._journal)
        while len(mail := list(self._engine.memory.mail.get(self._workflow, {}).values())) <= read:
            await self._engine.mailed.wait()
        return cast("dict[str, Any]", self._remember("receive", mail[read]))

    async def start_child(self, plan_text: str, recovery: str, unit: str, site: str) -> None:
        del plan_text, site
        if self._place < len(self._journal):
            self._replayed(f"child {unit}")
        else:
            self._engine.memory.journals.setdefault(f"{recovery}/{unit}", [])
            self._remember(f"child {unit}", None)
        self._engine.spawn(f"{recovery}/{unit}")

    async def tell_parent(self, recovery: str, unit: str, message: dict[str, Any]) -> None:
        if self._place < len(self._journal):
            self._replayed("tell")
        else:
            self._engine.send(recovery, f"{unit}/{'ended' if message['ended'] else 'released'}", message)
            self._remember("tell", None)

    def _replayed(self, name: str) -> Any:
        remembered, result = self._journal[self._place]
        assert remembered == name, f"{self._workflow} did {remembered} and now does {name}"
        self._place += 1
        return result

    def _remember(self, name: str, result: Any) -> Any:
        self._journal.append((name, result))
        self._place += 1
        self._engine.moment()
        return result
