"""The interpreter where people jump, go on side by side, and commands hand on what they found."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.events import EventKind
from bot.domain.frozen_plan import Unit, UnitKind
from bot.domain.recovery import fold
from bot.domain.recovery_state import CHOICES, Choice, Question, StepStatus, Verdict
from tests.fakes.histories import check, command, manual, plan_of, system
from tests.fakes.memory_steps import MemorySteps
from tests.fakes.replaying_engine import Cut, Memory, ReplayingEngine, first_choice

if TYPE_CHECKING:
    from bot.domain.frozen_plan import PlannedStep
    from bot.domain.recovery_state import UnitState
    from tests.fakes.replaying_engine import Choose

Answers = list[tuple[int, int]]
ANSWERS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=25)


def beside(name: str) -> PlannedStep:
    return replace(manual(name), parallel="both")


STEPS = [
    manual("stop"),
    command("restore"),
    beside("tell"),
    beside("page"),
    replace(command("tidy"), retry=2),
    check(),
    manual("open"),
]
SITE = plan_of(system("db", *STEPS), system("walk", *STEPS, kind=UnitKind.WALK, depends_on=["db"]))


def drawn(answers: Answers) -> Choose:
    """A person who answers as drawn, and who at last does what is asked and gives up what failed."""
    left = list(answers)

    def choose(unit: str, step: str, question: str) -> Choice | tuple[Choice, int]:
        if not left:
            return first_choice(unit, step, question)
        which, nth = left.pop()
        known = CHOICES[Question(question)]
        return known[which % len(known)], nth

    return choose


async def play(steps: MemorySteps, answers: Answers, *cuts: int) -> str:
    """Run to the end, killed at these moments. Whoever answers goes on where they were."""
    memory, choose = Memory(), drawn(answers)
    for cut in [*cuts, 0]:
        try:
            return await ReplayingEngine(steps, memory, cut, choose).run()
        except Cut:
            continue
    raise AssertionError(cuts)


def fails_at(numbers: set[int]) -> MemorySteps:
    """Steps of which some attempts fail: by a number made of where they stand."""
    return MemorySteps(SITE, lambda unit, step, attempt: _outcome(len(unit + step) + attempt, numbers))


def _outcome(number: int, failing: set[int]) -> str:
    return "failed" if number in failing else "passed"


@settings(max_examples=40, deadline=None)
@given(ANSWERS, st.sets(st.integers(4, 16), max_size=6))
def test_whatever_people_answer_jumps_among_it_a_walk_comes_to_an_end(answers: Answers, failing: set[int]) -> None:
    steps = fails_at(failing)
    outcome = asyncio.run(play(steps, answers))
    state = fold(SITE, steps.events.values())
    assert state.outcome == outcome
    for unit in (unit for unit in state.units.values() if unit.verdict not in {None, Verdict.FAILED}):
        assert not [step for step, at in unit.steps.items() if not at.closed], "a step was lost"


@settings(max_examples=25, deadline=None)
@given(ANSWERS, st.sets(st.integers(4, 16), max_size=6), st.lists(st.integers(1, 60), min_size=1, max_size=4))
def test_killed_while_people_jump_it_comes_to_the_same_state(
    answers: Answers, failing: set[int], cuts: list[int]
) -> None:
    """A walk of one unit, whose people answer one after the other: the same answers meet the same questions."""
    plan = plan_of(SITE.units[0])
    whole, steps = (replace(fails_at(failing), plan=plan, events={}, answers={}) for _ in range(2))
    outcome = asyncio.run(play(whole, answers))
    assert asyncio.run(play(steps, answers, *cuts)) == outcome
    assert list(steps.events) == list(whole.events)
    assert _standing(steps) == _standing(whole)


def _standing(steps: MemorySteps) -> dict[str, tuple[StepStatus, int]]:
    [unit] = fold(steps.plan, steps.events.values()).units.values()
    return {name: (step.status, step.attempt) for name, step in unit.steps.items()}


def unit_after(unit: Unit, answers: dict[str, list[Choice | tuple[Choice, int]]]) -> tuple[UnitState, MemorySteps]:
    """The unit's state at the end, where these steps were answered like this, in turn."""
    plan = plan_of(unit)
    steps = MemorySteps(plan)
    left = {name: list(said) for name, said in answers.items()}

    def choose(name: str, step: str, question: str) -> Choice | tuple[Choice, int]:
        return left[step].pop(0) if left.get(step) else first_choice(name, step, question)

    asyncio.run(ReplayingEngine(steps, Memory(), choose=choose).run())
    return fold(plan, steps.events.values()).units[unit.name], steps


WALK = system("walk", manual("one"), manual("two"), manual("three"), kind=UnitKind.WALK)


def asked(steps: MemorySteps) -> list[str]:
    return [f"{event.step} {event.attempt}" for event in steps.events.values() if event.kind == EventKind.ASKED]


def test_a_jump_ahead_asks_for_the_step_it_goes_to() -> None:
    state, steps = unit_after(WALK, {"one": [(Choice.JUMP, 1)]})
    assert asked(steps) == ["one 1", "three 1"]
    assert [step.status for step in state.steps.values()] == [StepStatus.SKIPPED, StepStatus.SKIPPED, StepStatus.DONE]
    assert state.steps["two"].reason == "jumped to “Three”: so"


def test_a_jump_back_asks_for_what_was_done_once_more() -> None:
    state, steps = unit_after(WALK, {"three": [(Choice.JUMP, 0)]})
    assert asked(steps) == ["one 1", "two 1", "three 1", "one 2", "two 2", "three 2"]
    assert all(step.status is StepStatus.DONE for step in state.steps.values())


def test_a_command_runs_once_more_after_a_jump_back() -> None:
    unit = system("walk", manual("one"), command("run"), manual("look"), kind=UnitKind.WALK)
    _, steps = unit_after(unit, {"look": [(Choice.JUMP, 1)]})
    started = [f"{event.step} {event.attempt}" for event in steps.events.values() if event.kind == "attempt_started"]
    assert started == ["run 1", "run 2"]


def test_what_goes_on_side_by_side_is_asked_at_once_and_answered_in_any_order() -> None:
    unit = system("walk", beside("tell"), beside("page"), manual("last"), kind=UnitKind.WALK)
    steps = MemorySteps(plan_of(unit))
    engine = ReplayingEngine(steps, Memory())

    def the_last_one_first() -> None:
        name, step, attempt, question = steps.questions()[-1]
        message = steps.answer(name, step, attempt, question, Choice.DONE)
        engine.send(f"R-1/{name}", message["answer"], message)

    engine.people = the_last_one_first  # type: ignore[method-assign] # this person begins at the end
    assert asyncio.run(engine.run()) == "finished"
    told = [f"{event.kind} {event.step}" for event in steps.events.values() if event.kind in {"asked", "applied"}]
    assert told == ["asked tell", "asked page", "applied page", "applied tell", "asked last", "applied last"]


def test_what_one_command_captured_is_given_to_the_later_ones_of_its_unit() -> None:
    first = command("find")
    assert first.runs
    first = replace(first, runs=replace(first.runs, capture=r"BACKUP_ID=^id: (\S+)"))
    steps = MemorySteps(plan_of(system("db", first, command("restore"), check())))
    asyncio.run(ReplayingEngine(steps, Memory()).run())
    given = {event.step: event.data["given"] for event in steps.events.values() if event.kind == "attempt_ended"}
    assert given == {"find": {}, "restore": {"BACKUP_ID": "kept"}, "check": {"BACKUP_ID": "kept"}}
