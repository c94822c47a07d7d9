"""The recovery as durable workflows: one for the recovery, one child for each unit.

Each is an interpreter: it folds the events that its steps returned with the pure rules of `bot.domain`, asks them what
comes next, and does that as a step. It reads neither clock nor store, so a replay goes the same way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, assert_never

from bot.domain.events import Event
from bot.domain.frozen_plan import FrozenPlan
from bot.domain.next_action import (
    AskPerson,
    AwaitAnswer,
    EndUnit,
    ReleaseUnit,
    RunStep,
    StartUnit,
    clean_up,
    next_action,
    outcome_of,
)
from bot.domain.recovery import apply, apply_unit, begin, begin_unit
from bot.domain.recovery_state import RecoveryState, UnitState, Verdict
from bot.domain.restore_order import ready
from bot.store.codec import decode, from_plain, to_plain

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.domain.next_action import Action
    from bot.engine.steps import Steps

ABORT = "abort"
RESUME = "resume"

ABORTED = EndUnit(Verdict.ABORTED, released=False, verified_at=None, reasons=("aborted by a person",))


class Durable(Protocol):
    """What the interpreter needs of the durable engine, and nothing else."""

    async def step(self, name: str, work: Callable[[], Awaitable[Any]]) -> Any:
        """The result of `work`, done once and remembered. Results are JSON-able."""
        ...

    async def receive(self) -> dict[str, Any]:
        """The next message for this workflow; waits as long as it takes."""
        ...

    async def start_child(self, plan_text: str, recovery: str, unit: str, site: str) -> None:
        """Start the workflow of a unit, once."""
        ...

    async def tell_parent(self, recovery: str, unit: str, message: dict[str, Any]) -> None:
        """Send the recovery's workflow a message, once."""
        ...


async def run_unit(durable: Durable, steps: Steps, plan_text: str, name: str) -> str:
    """Bring one unit back. Returns its verdict."""
    plan = decode(FrozenPlan, plan_text)
    state = await _UnitRun(durable, steps, plan).run(begin_unit(plan.unit(name), plan.mode))
    verdict = state.verdict.value if state.verdict else ""
    ended = {"unit": name, "ended": True, "released": state.released}
    await durable.tell_parent(plan.recovery, name, ended)
    return verdict


class _UnitRun:
    """One unit under way. `_letters`: answers that came, by the step, attempt and question that they answer."""

    def __init__(self, durable: Durable, steps: Steps, plan: FrozenPlan) -> None:
        self._durable = durable
        self._steps = steps
        self._plan = plan
        self._letters: dict[tuple[Any, Any, Any], str] = {}

    async def run(self, state: UnitState) -> UnitState:
        """Act until nothing is left to do."""
        while action := next_action(state):
            said = await self._act(state, action)
            if isinstance(said, str):
                said = await self._obey(state, said)
            state = _take_in(state, said)
        return state

    async def _act(self, state: UnitState, action: Action) -> Any:
        steps, plan, unit = self._steps, self._plan, state.unit
        match action:
            case StartUnit():
                return await self._step("start unit", lambda: steps.start_unit(plan, unit))
            case RunStep(step, attempt):
                return await self._step(
                    f"run {step.id} {attempt}", lambda: steps.run_attempt(plan, unit, step, attempt, state.captured)
                )
            case AskPerson():
                return await self._step(f"ask {action.step.id}", lambda: steps.ask(plan, unit, action))
            case AwaitAnswer():
                return await self._await_answer(action)
            case ReleaseUnit():
                return await self._release(state, action)
            case EndUnit():
                return await self._end(state, action)
            case _:
                assert_never(action)

    async def _await_answer(self, action: AwaitAnswer) -> Any:
        for one in action.all:
            answer = self._letters.pop((one.step.id, one.attempt, one.question.value), None)
            if answer:
                return await self._apply(answer)
        return ABORT if await self._receive() == ABORT else []

    async def _apply(self, answer: str) -> Any:
        return await self._step("apply answer", lambda: self._steps.apply_answer(answer))

    async def _obey(self, state: UnitState, control: str) -> Any:
        """Paused: wait for a person to go on. Aborted: end the unit."""
        while control != ABORT:
            control = await self._receive()
            if control == RESUME:
                return []
        cleaned = await self._act(state, cleaning) if (cleaning := clean_up(state)) else []
        return [*cleaned, *await self._end(_take_in(state, cleaned), ABORTED)]

    async def _release(self, state: UnitState, action: ReleaseUnit) -> Any:
        unit, plan = state.unit, self._plan
        said = await self._step("release unit", lambda: self._steps.release_unit(plan, unit, action))
        released = {"unit": unit.name, "ended": False, "released": True}
        await self._durable.tell_parent(plan.recovery, unit.name, released)
        return said

    async def _receive(self) -> str:
        """Take in the next message. A control comes back; an answer is kept until its question is asked."""
        message = await self._durable.receive()
        if "answer" in message:
            asked = (message.get("step"), message.get("attempt"), message.get("question"))
            self._letters[asked] = message["answer"]
        return str(message.get("control", ""))

    async def _end(self, state: UnitState, action: EndUnit) -> Any:
        return await self._step("end unit", lambda: self._steps.end_unit(self._plan, state, action))

    async def _step(self, name: str, work: Callable[[], Awaitable[list[Event] | str]]) -> Any:
        return await self._durable.step(name, _plain(work))


def _take_in(state: UnitState, said: Any) -> UnitState:
    for plain in said:
        state = apply_unit(state, from_plain(Event, plain))
    return state


def _plain(work: Callable[[], Awaitable[list[Event] | str]]) -> Callable[[], Awaitable[Any]]:
    async def plain() -> Any:
        result = await work()
        return result if isinstance(result, str) else [to_plain(event) for event in result]

    return plain


async def run_recovery(durable: Durable, steps: Steps, plan_text: str) -> str:
    """Bring everything in a plan back: each unit starts the moment all it depends on has released it."""
    plan = decode(FrozenPlan, plan_text)
    launched: set[str] = set()
    told: dict[str, dict[str, Any]] = {}
    aborted = False
    while True:
        released = {name for name, message in told.items() if message["released"]}
        for name in [] if aborted else ready(plan.graph, released, launched):
            await durable.start_child(plan_text, plan.recovery, name, plan.unit(name).site)
            launched.add(name)
        if all(name in told and told[name]["ended"] for name in launched):
            break
        message = await durable.receive()
        aborted = aborted or message.get("control") == ABORT
        # That a unit released what depends on it may arrive after that it ended, which says more.
        if "unit" in message and not told.get(message["unit"], {}).get("ended"):
            told[message["unit"]] = message
    plain = await durable.step("end recovery", _plain(lambda: _end_recovery(steps, plan)))
    state = begin(plan)
    for event in plain:
        state = apply(state, from_plain(Event, event)) if event["stream"] == plan.recovery else state
    return state.outcome.value if state.outcome else ""


async def _end_recovery(steps: Steps, plan: FrozenPlan) -> list[Event]:
    state: RecoveryState = await steps.state(plan)
    outcome = outcome_of(state)
    if outcome is None:
        message = f"{plan.recovery} ends while a unit is under way"
        raise RuntimeError(message)
    return await steps.end_recovery(plan, outcome, state)
