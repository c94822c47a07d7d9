"""From runbooks to what one recovery will do."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.frozen_plan import PROBE, Mode, OnFail, UnitKind
from bot.domain.make_plan import digest_of, own_units, plan_digest, short, system_unit, walk_unit
from bot.domain.plan_steps import plan_steps
from bot.domain.recovery_points import RecoveryPoint
from bot.domain.runbook import Command, Moment, Plan, Runbook, Step, StepKind, System
from tests.fakes.histories import at, plan_of, system

RUN = Command("restore", "sh", "restore", "restore", 4, runs=True, idempotent=True)
VERIFY = Command("canary", "sh", "canary", "canary", 8, runs=True, kind=StepKind.CHECK, timeout=timedelta(minutes=1))


def step(name: str, kind: StepKind = StepKind.MANUAL, *commands: Command, **more: Any) -> Step:
    return Step(0, name, name.capitalize(), kind, 1, 2, "", commands=commands, digest=f"v1:{name}", **more)


def book(*steps: Step, **more: Any) -> Runbook:
    declared = System("db", "db", drill_target="scratch/db", real_target="data/db", owner="dba")
    return Runbook("db", "db.md", "Database", steps, **{"system": declared, "digest": "v1:book", **more})


STOP = step("stop")
RESTORE = step("restore", StepKind.COMMAND, RUN)
CHECK = step("check", StepKind.CHECK, VERIFY)


def test_each_command_that_runs_is_a_step_of_its_own() -> None:
    first, second = plan_steps([step("both", StepKind.COMMAND, RUN, replace(RUN, runs=False), VERIFY)], Mode.REAL)
    assert (first.id, first.kind, first.title, first.idempotent) == (
        "both.1",
        StepKind.COMMAND,
        "Both (1 of 2: restore)",
        True,
    )
    assert (second.id, second.kind, second.runs, second.idempotent) == ("both.2", StepKind.CHECK, VERIFY, False)
    assert (first.position, second.position) == (1, 2)


def test_a_command_that_is_only_shown_is_done_by_a_person() -> None:
    shown = replace(RUN, runs=False)
    [planned] = plan_steps([step("restore", StepKind.COMMAND, shown)], Mode.REAL)
    assert (planned.runs, planned.shown) == (None, (shown,))


def test_no_two_steps_of_a_unit_share_an_id() -> None:
    steps = [step("restore", StepKind.COMMAND, RUN, RUN), step("restore.2"), step("restore.2")]
    ids = [planned.id for planned in plan_steps(steps, Mode.REAL)]
    assert ids == ["restore.1", "restore.2", "restore.2-2", "restore.2-3"]


@pytest.mark.parametrize(
    ("written", "mode", "planned"),
    [
        ("", Mode.REAL, OnFail.ASK),
        ("", Mode.DRILL, OnFail.STOP),
        ("continue", Mode.REAL, OnFail.CONTINUE),
        ("goto:stop", Mode.DRILL, OnFail.ASK),
    ],
)
def test_what_a_failure_does_is_as_written_and_else_asks_when_it_is_real(
    written: str, mode: Mode, planned: OnFail
) -> None:
    assert plan_steps([step("restore", StepKind.COMMAND, RUN, on_fail=written)], mode)[0].on_fail is planned


@pytest.mark.parametrize(
    ("mode", "in_drill", "simulated"), [(Mode.DRILL, "", True), (Mode.DRILL, "do", False), (Mode.REAL, "", False)]
)
def test_a_manual_step_of_a_drill_is_simulated_unless_it_says_otherwise(
    mode: Mode, in_drill: str, *, simulated: bool
) -> None:
    assert plan_steps([step("stop", in_drill=in_drill)], mode)[0].simulated is simulated


def test_a_drill_restores_into_the_scratch_target_without_a_probe() -> None:
    unit = system_unit(book(STOP, RESTORE, CHECK), Mode.DRILL, None, ["dns"])
    assert (unit.target, unit.depends_on, unit.owner) == ("scratch/db", ("dns",), "dba")
    assert [planned.id for planned in unit.steps] == ["stop", "restore", "check"]


def test_a_real_restore_first_looks_whether_the_system_still_stands() -> None:
    unit = system_unit(book(STOP, RESTORE, CHECK), Mode.REAL, None, [])
    probe = unit.steps[0]
    assert (unit.target, probe.id, probe.runs, probe.on_fail) == ("data/db", PROBE, VERIFY, OnFail.CONTINUE)
    assert (probe.probe, probe.idempotent, unit.step("check").position) == (True, True, 4)
    assert [planned.id for planned in unit.checks] == ["check"]


def test_a_check_by_a_person_cannot_tell_beforehand_whether_the_system_stands() -> None:
    unit = system_unit(book(RESTORE, step("look", StepKind.CHECK)), Mode.REAL, None, [])
    assert [planned.id for planned in unit.steps] == ["restore", "look"]


def test_a_runbook_without_a_check_gets_one_by_hand() -> None:
    unit = system_unit(book(RESTORE, step("check-by-hand")), Mode.REAL, None, [])
    assert [(planned.id, planned.kind) for planned in unit.steps[1:]] == [
        ("check-by-hand", StepKind.MANUAL),
        ("check-by-hand-2", StepKind.CHECK),
    ]
    assert "db" in unit.steps[-1].text


def test_a_runbook_that_declares_no_system_is_walked() -> None:
    plain = book(STOP, system=None, owner="ops")
    unit = walk_unit(plain, Mode.DRILL)
    assert (unit.kind, unit.owner, unit.steps[0].simulated) == (UnitKind.WALK, "ops", True)
    with pytest.raises(ValueError, match="db declares no system"):
        system_unit(plain, Mode.DRILL, None, [])


def test_steps_before_a_plan_hold_its_roots_and_steps_after_wait_for_all_that_count() -> None:
    steps = (step("tell"), step("say", when=Moment.AFTER))
    plan = book(*steps, system=None, plan=Plan("full", "full", ("db",)))
    systems = [system("dns"), system("db", depends_on=["dns"]), system("docs", optional=True)]
    before, dns, db, docs, after = own_units(plan, Mode.REAL, systems)
    assert (before.name, before.kind, after.name, after.kind) == (
        "full:before",
        UnitKind.BEFORE,
        "full:after",
        UnitKind.AFTER,
    )
    assert (dns.depends_on, db.depends_on, docs.depends_on) == (("full:before",), ("dns",), ("full:before",))
    assert after.depends_on == ("dns", "db")


def test_a_plan_without_steps_has_only_its_systems() -> None:
    assert own_units(book(system=None), Mode.REAL, [system("dns")]) == (system("dns"),)


def test_a_plan_that_only_explains_itself_holds_nobody_up() -> None:
    plan = book(step("read-me", StepKind.INFO), step("and-this", StepKind.INFO), system=None)
    assert own_units(plan, Mode.REAL, [system("dns")]) == (system("dns"),)


def test_what_is_to_be_read_stays_among_a_plans_steps() -> None:
    plan = book(step("tell"), step("read-me", StepKind.INFO), system=None)
    before, _ = own_units(plan, Mode.REAL, [system("dns")])
    assert [planned.id for planned in before.steps] == ["tell", "read-me"]


def test_a_plan_tells_its_systems_in_restore_order_and_its_units_by_name() -> None:
    plan = plan_of(system("api", depends_on=["dns"]), system("dns"), walk_unit(book(STOP), Mode.REAL))
    assert [unit.name for unit in plan.systems] == ["dns", "api"]
    assert plan.unit("api").step("check").kind is StepKind.CHECK
    with pytest.raises(KeyError):
        plan.unit("gone")
    with pytest.raises(KeyError):
        plan.unit("api").step("gone")


def test_the_digest_binds_mode_digests_order_targets_points_and_inputs() -> None:
    point = RecoveryPoint("b1", "barman", restorable_through=at(0), taken_at=at(0))
    unit = system("db", point=point)
    base = plan_digest(Mode.REAL, [unit], [("REGION", "eu")])
    others = [
        plan_digest(Mode.DRILL, [unit], [("REGION", "eu")]),
        plan_digest(Mode.REAL, [unit], [("REGION", "us")]),
        *(
            plan_digest(Mode.REAL, [replace(unit, **change)], [("REGION", "eu")])
            for change in ({"digest": "v1:x"}, {"depends_on": ("dns",)}, {"target": "elsewhere"}, {"point": None})
        ),
    ]
    assert base not in others
    assert len(set(others)) == len(others)
    assert base == plan_digest(Mode.REAL, [unit], [("REGION", "eu")])


def test_no_text_of_a_digest_runs_into_its_neighbour() -> None:
    assert digest_of(["ab", "c"]) != digest_of(["a", "bc"])
    assert short("v1:a91f77") == "a91f"
    assert short("a91f77") == "a91f"
