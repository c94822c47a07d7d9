"""The recovery as durable workflows: one for the recovery, one child for each unit.

Each is an interpreter: it folds the events that its steps returned with the pure rules of `bot.domain`, asks them what
comes next, and does that as a step. It reads neither clock nor store, so a replay goes the same way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from bot.domain.events import Event
from bot.domain.frozen_plan import FrozenPlan
from bot.domain.next_action import AskPerson, AwaitAnswer, EndUnit, RunStep, StartUnit, next_action, outcome_of
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
    unit = plan.unit(name)
    state = begin_unit(unit, plan.mode)
    while action := next_action(state):
        state = await _act(durable, steps, plan, state, action)
    verdict = state.verdict.value if state.verdict else ""
    ended = {"unit": name, "verdict": verdict, "released": state.released}
    await durable.tell_parent(plan.recovery, name, ended)
    return verdict


async def _act(durable: Durable, steps: Steps, plan: FrozenPlan, state: UnitState, action: Action) -> UnitState:
    unit = state.unit
    said: Any = []
    match action:
        case StartUnit():
            said = await durable.step("start unit", _plain(lambda: steps.start_unit(plan, unit)))
        case RunStep(step, attempt):
            said = await durable.step(
                f"run {step.id} {attempt}", _plain(lambda: steps.run_attempt(plan, unit, step, attempt))
            )
        case AskPerson():
            said = await durable.step(f"ask {action.step.id}", _plain(lambda: steps.ask(plan, unit, action)))
        case AwaitAnswer():
            said = await _await_answer(durable, steps, action)
        case EndUnit():
            said = await _end(durable, steps, plan, state, action)
    if isinstance(said, str):
        said = await _obey(durable, steps, plan, state, said)
    return _take_in(state, said)


async def _await_answer(durable: Durable, steps: Steps, action: AwaitAnswer) -> Any:
    message = await durable.receive()
    if message.get("control") == ABORT:
        return ABORT
    asked = (action.step.id, action.attempt, action.question.value)
    if (message.get("step"), message.get("attempt"), message.get("question")) != asked:
        return []  # an answer to a question that is over
    return await durable.step("apply answer", _plain(lambda: steps.apply_answer(message["answer"])))


async def _obey(durable: Durable, steps: Steps, plan: FrozenPlan, state: UnitState, control: str) -> Any:
    """Paused: wait for a person to go on. Aborted: end the unit."""
    while control != ABORT:
        message = await durable.receive()
        control = message.get("control", control)
        if control == RESUME:
            return []
    return await _end(durable, steps, plan, state, ABORTED)


async def _end(durable: Durable, steps: Steps, plan: FrozenPlan, state: UnitState, action: EndUnit) -> Any:
    return await durable.step("end unit", _plain(lambda: steps.end_unit(plan, state, action)))


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
    ended: dict[str, dict[str, Any]] = {}
    aborted = False
    while True:
        released = {name for name, message in ended.items() if message["released"]}
        for name in [] if aborted else ready(plan.graph, released, launched):
            await durable.start_child(plan_text, plan.recovery, name, plan.unit(name).site)
            launched.add(name)
        if launched <= set(ended):
            break
        message = await durable.receive()
        aborted = aborted or message.get("control") == ABORT
        if "unit" in message:
            ended[message["unit"]] = message
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
