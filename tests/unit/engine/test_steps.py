"""The durable steps: each commits, then returns what it committed; done again, it returns the same."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

from bot.domain.events import ESTATE_STREAM, EventKind, Source, make_event
from bot.domain.frozen_plan import FrozenPlan, Mode, PlannedStep, UnitKind
from bot.domain.next_action import AskPerson, EndUnit, ReleaseUnit
from bot.domain.recovery import begin_unit
from bot.domain.recovery_points import RecoveryPoint
from bot.domain.recovery_state import Outcome, Question, UnitState, Verdict
from bot.domain.runbook import Truth
from bot.engine.attempts import Workshop
from bot.engine.guarded_step import GuardedStep
from bot.engine.steps import Steps
from bot.runners.attempt import Sight
from bot.store.recoveries import StaleOwner
from tests.fakes.fake_runner import FakeRunner, TickingClock, seen
from tests.fakes.histories import RECOVERY, at, check, command, manual, plan_of, system
from tests.fakes.memory_recoveries import MemoryRecoveries

if TYPE_CHECKING:
    from bot.domain.events import Event
    from bot.store.answers import Answers
    from bot.store.recoveries import Recoveries

DB = system("db", manual("stop"), command("restore"), check(), owner="dba", truth=None)
RAN = seen(Sight.ENDED, 0)


@dataclass
class World:
    """The steps of epoch 1, and what they work with."""

    folder: Path
    plan: FrozenPlan = field(default_factory=lambda: plan_of(DB))
    runner: FakeRunner = field(default_factory=lambda: FakeRunner([RAN]))
    proofs: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.recoveries = MemoryRecoveries(self.plan)

    def steps(self, epoch: int = 1) -> Steps:
        clock = TickingClock(at(0))
        return Steps(
            recoveries=cast("Recoveries", self.recoveries),
            answers=cast("Answers", self),
            guarded=GuardedStep(self.runner, clock, lambda _point: None),
            workshop=Workshop(self.folder / "attempts", {}, self.folder / "runbooks"),
            keep_proof=self.keep,
            clock=clock,
            epoch=epoch,
        )

    async def keep(self, plan: FrozenPlan, state: UnitState) -> None:
        self.proofs.append(f"{plan.recovery}/{state.unit.name}")

    async def apply(self, answer: str) -> list[Event]:
        return [make_event(RECOVERY, EventKind.APPLIED, at(0), extra=answer)]

    async def run(self, step: PlannedStep, attempt: int = 1) -> list[Event] | str:
        return await self.steps().run_attempt(self.plan, self.plan.units[0], step, attempt)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def kinds(events: list[Event] | str) -> list[str]:
    assert isinstance(events, list)
    return [event.kind for event in events]


async def test_a_unit_starts_once(world: World) -> None:
    first = await world.steps().start_unit(world.plan, DB)
    assert first == await world.steps().start_unit(world.plan, DB)
    assert kinds(first) == ["unit_started"]
    assert len(world.recoveries.events) == 1


async def test_a_person_is_asked_with_what_went_wrong_and_who_it_is_for(world: World) -> None:
    action = AskPerson(replace(DB.step("stop"), by="app"), 2, Question.FAILED, "exit code 3")
    [event] = cast("list[Event]", await world.steps().ask(world.plan, DB, action))
    assert (event.step, event.attempt, event.digest) == ("stop", 2, "v1:stop")
    assert dict(event.data) == {"question": "failed", "detail": "exit code 3", "by": "app"}


@pytest.mark.parametrize("control", ["pause", "abort"])
async def test_a_control_stands_in_the_way_of_what_has_not_begun(world: World, control: str) -> None:
    world.recoveries.wanted = control
    steps = world.steps()
    assert await steps.start_unit(world.plan, DB) == control
    assert await steps.ask(world.plan, DB, AskPerson(DB.step("stop"), 1, Question.DO, "")) == control
    assert await world.run(DB.step("restore")) == control
    assert world.recoveries.events == {}
    assert world.runner.asked == []


async def test_a_command_is_told_by_its_start_and_its_end(world: World) -> None:
    started, ended = cast("list[Event]", await world.run(DB.step("restore")))
    assert dict(started.data) == {"command": "restore", "idempotent": False, "boot": "boot"}
    assert (ended.occurred_at, ended.source, ended.data["outcome"]) == (at(2), Source.WRAPPER, "passed")
    assert ended.data["began_at"] == at(1).isoformat()
    assert world.recoveries.commits == ["gate", "attempt end"]


async def test_a_command_entered_again_is_adopted_and_not_started(world: World) -> None:
    begun = make_event(RECOVERY, EventKind.ATTEMPT_STARTED, at(0), unit="db", step="restore", attempt=1)
    world.recoveries.events[begun.id] = replace(begun, data={"boot": "boot"})
    started, ended = cast("list[Event]", await world.run(DB.step("restore")))
    assert (started.occurred_at, ended.data["adopted"]) == (at(0), True)
    assert world.runner.asked == ["give up"]


async def test_an_end_is_never_before_its_start(world: World) -> None:
    begun = make_event(RECOVERY, EventKind.ATTEMPT_STARTED, at(30), unit="db", step="restore", attempt=1)
    world.recoveries.events[begun.id] = begun
    _, ended = cast("list[Event]", await world.run(DB.step("restore")))
    assert ended.occurred_at == at(30)


async def test_what_left_no_end_is_told_by_the_bot(world: World) -> None:
    world.runner.sights = [seen(Sight.VANISHED)]
    _, ended = cast("list[Event]", await world.run(DB.step("restore")))
    assert (ended.data["outcome"], ended.source, ended.data["exit_code"]) == ("interrupted", Source.BOT, None)


async def test_an_abort_reaches_a_command_that_runs(world: World) -> None:
    begun = make_event(RECOVERY, EventKind.ATTEMPT_STARTED, at(0), unit="db", step="restore", attempt=1)
    world.recoveries.events[begun.id] = begun
    world.recoveries.wanted = "abort"
    world.runner = FakeRunner([seen(Sight.RUNNING)], after_kill=lambda _hard: seen(Sight.VANISHED))
    _, ended = cast("list[Event]", await world.run(DB.step("restore")))
    assert ended.data["outcome"] == "aborted"


async def test_a_check_whose_truth_cannot_be_read_has_failed_and_was_not_started(world: World) -> None:
    point = RecoveryPoint("b1", "barman", restorable_through=at(5), taken_at=at(-60))
    unit = replace(DB, point=point, truth=Truth(str(world.folder)))
    world.plan = plan_of(unit)
    _, ended = cast("list[Event]", await world.run(unit.step("check")))
    assert ended.data["outcome"] == "failed"
    assert "cannot be read: Is a directory" in ended.data["detail"]
    assert world.runner.asked == []


async def test_an_abort_leaves_the_clean_up_of_a_drill_alone(world: World) -> None:
    world.plan = plan_of(DB, mode=Mode.DRILL)
    world.recoveries.wanted = "abort"
    world.runner = FakeRunner([seen(Sight.RUNNING), RAN])
    _, ended = cast("list[Event]", await world.run(replace(DB.step("restore"), cleanup=True)))
    assert (ended.data["outcome"], world.runner.asked) == ("passed", ["start restore-1"])


async def test_what_depends_on_a_unit_is_released_once(world: World) -> None:
    first = await world.steps().release_unit(world.plan, DB, ReleaseUnit(at(4)))
    assert first == await world.steps().release_unit(world.plan, DB, ReleaseUnit(None))
    assert (kinds(first), dict(first[0].data)) == (["unit_released"], {"verified_at": at(4).isoformat()})


async def test_an_answer_is_gone_on_with(world: World) -> None:
    assert kinds(await world.steps().apply_answer("a1")) == ["applied"]


@pytest.mark.parametrize(
    ("kind", "verdict", "kept"),
    [
        (UnitKind.SYSTEM, Verdict.VERIFIED, ["R-1/db"]),
        (UnitKind.SYSTEM, Verdict.ABORTED, []),
        (UnitKind.WALK, Verdict.DONE, []),
    ],
)
async def test_the_end_of_a_system_is_kept_as_its_proof(
    world: World, kind: UnitKind, verdict: Verdict, kept: list[str]
) -> None:
    state = begin_unit(replace(DB, kind=kind), world.plan.mode)
    verified_at = at(4) if verdict is Verdict.VERIFIED else None
    [event] = await world.steps().end_unit(world.plan, state, EndUnit(verdict, True, verified_at, ("so",)))
    assert dict(event.data) == {
        "verdict": verdict.value,
        "released": True,
        "verified_at": at(4).isoformat() if verified_at else None,
        "reasons": ["so"],
    }
    assert world.proofs == kept


async def test_the_end_of_a_recovery_enters_its_head_in_the_estates_stream(world: World) -> None:
    steps = world.steps()
    ended, closed = await steps.end_recovery(world.plan, Outcome.FAILED, await steps.state(world.plan))
    assert (ended.kind, ended.data["outcome"], ended.data["held"]) == ("ended", "failed", {})
    assert (closed.stream, closed.data["head"], closed.data["outcome"]) == (ESTATE_STREAM, "R-1:9:ff", "failed")


async def test_an_earlier_owner_can_commit_nothing(world: World) -> None:
    stale: Any = world.steps(epoch=0)
    with pytest.raises(StaleOwner):
        await stale.start_unit(world.plan, DB)
    state = begin_unit(DB, world.plan.mode)
    with pytest.raises(StaleOwner):
        await stale.end_unit(world.plan, state, EndUnit(Verdict.DONE, released=True, verified_at=None, reasons=()))
