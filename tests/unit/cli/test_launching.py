"""Starting a recovery from a terminal."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.cli.access import Access
from bot.domain.frozen_plan import FrozenPlan, Mode, UnitKind
from bot.domain.proof_state import ProofState
from bot.domain.recovery_points import RecoveryPoint
from bot.operations.preview_restore import Preview, RestoreRequest
from bot.web.control_table import Names
from tests.fakes.histories import command, manual, plan_of, system
from tests.unit.cli.played_recovery import PlayedRecovery
from tests.unit.cli.terminal import NOW, FakeKeyboard, FakeVerbs, bringback, world

NAMES = Names(("api", "orders-db"), ("full-site",), ("api", "full-site", "orders-db", "rotate-keys"))
POINT = RecoveryPoint("20261122T0210", "barman", NOW - timedelta(minutes=10), NOW, location="onsite")
DRILL = plan_of(system("orders-db", point=POINT), system("api", depends_on=["orders-db"]), mode=Mode.DRILL)


class Desk:
    """A played bot for one plan; `request` is what it was asked to start."""

    def __init__(self, plan: FrozenPlan = DRILL, **preview: Any) -> None:
        order = tuple((unit.name,) for unit in plan.units)
        self.preview = Preview(plan, order, **preview)
        self.played = PlayedRecovery(plan)
        more = {"declared_names": NAMES, "sweep": [], "preview_restore": self.preview}
        self.verbs = FakeVerbs({**self.played.operations(), **more})

    def run(self, *words: str, **more: Any) -> Any:
        return bringback(world(self.verbs, **more), *words)

    @property
    def request(self) -> RestoreRequest | None:
        started = self.verbs.called("start_recovery")
        return started[0][0] if started else None


def test_a_drill_of_a_plan_ends_with_0_when_all_of_it_was_verified() -> None:
    desk = Desk()
    result = desk.run("restore", "full-site", "--drill")
    assert result.exit_code == 0
    assert desk.request == RestoreRequest(name="full-site", mode=Mode.DRILL)
    assert desk.verbs.accesses == [Access.CARRY]


def test_the_preview_shows_order_point_and_guesses_before_anything_starts() -> None:
    desk = Desk(
        guesses=("api",), proof_states={"orders-db": ProofState.PROVEN}, usual={"orders-db": timedelta(minutes=9)}
    )
    shown = desk.run("restore", "full-site", "--drill").output
    head = shown[: shown.index("asked for by Ada")]
    assert "orders-db -> api" in head
    assert "barman 20261122T0210" in head
    assert "GUESS       never restored and checked: api." in head
    assert "9 min" in head
    assert "never timed" in head


def test_it_must_be_said_whether_it_is_a_drill_or_real() -> None:
    desk = Desk()
    assert desk.run("restore", "full-site").exit_code == 2
    assert desk.verbs.calls == []


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["full-site"], RestoreRequest(name="full-site", mode=Mode.DRILL)),
        (["api"], RestoreRequest(name="api", mode=Mode.DRILL)),
        (["api", "orders-db"], RestoreRequest(systems=("api", "orders-db"), mode=Mode.DRILL)),
        ([], RestoreRequest(name="full-site", mode=Mode.DRILL)),
        (
            ["api", "--point", "api=snap=1", "--input", "REGION=eu", "--reason", "weekly"],
            RestoreRequest(
                name="api", mode=Mode.DRILL, points=(("api", "snap=1"),), inputs=(("REGION", "eu"),), reason="weekly"
            ),
        ),
    ],
)
def test_words_name_a_plan_or_systems(words: list[str], expected: RestoreRequest) -> None:
    desk = Desk()
    desk.run("restore", *words, "--drill")
    assert desk.request == expected


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["full-sit"], "Did you mean full-site?"),
        (["full-site", "api"], "full-site is a plan: it is restored alone."),
        (["api", "ordrs-db"], "There is no plan or system called “ordrs-db”."),
    ],
)
def test_words_that_name_nothing_get_one_sentence(words: list[str], said: str) -> None:
    desk = Desk()
    result = desk.run("restore", *words, "--drill")
    assert (result.exit_code, desk.request) == (1, None)
    assert said in result.stderr


@pytest.mark.parametrize("text", ["api", "=1", "api="])
def test_a_point_that_is_no_pair_is_a_usage_error(text: str) -> None:
    assert Desk().run("restore", "api", "--drill", "--point", text).exit_code == 2


def test_what_stands_in_the_way_is_shown_and_nothing_starts() -> None:
    desk = Desk(problems=("No recovery point of api is known.",))
    result = desk.run("restore", "api", "--drill")
    assert (result.exit_code, desk.request) == (1, None)
    assert "PROBLEM     No recovery point of api is known." in result.output


REAL = replace(DRILL, mode=Mode.REAL)


def test_a_real_restore_shows_what_it_overwrites_and_loses() -> None:
    shown = Desk(REAL).run("restore", "full-site", "--real").output
    assert "OVERWRITES  data/orders-db (orders-db); what is there now is kept aside" in shown
    assert "LOSES       orders-db: what was written after 03:10:00 CET (02:10:00 UTC)" in shown


def test_the_start_of_the_outage_is_kept_with_what_was_said() -> None:
    desk = Desk(REAL)
    desk.run(
        "restore", "full-site", "--real", "--outage-started", "15m", "--break-glass", "alone", "--unproven", "must"
    )
    assert desk.request is not None
    assert desk.request.outage_started_at == NOW - timedelta(minutes=15)
    assert desk.request.evidence == "said at the start: 15m"
    assert (desk.request.break_glass, desk.request.unproven_reason) == ("alone", "must")


def test_a_start_that_is_unknown_stays_unknown() -> None:
    desk = Desk(REAL)
    desk.run("restore", "full-site", "--real", "--outage-started", "unknown")
    assert desk.request is not None
    assert desk.request.outage_started_at is None


def test_a_start_of_the_outage_that_lies_ahead_is_refused() -> None:
    desk = Desk(REAL)
    result = desk.run("restore", "full-site", "--real", "--outage-started", "2026-11-23T00:00")
    assert (result.exit_code, desk.request) == (1, None)
    assert "lies ahead" in result.stderr


def test_a_person_is_asked_when_the_outage_started_and_whether_to_start() -> None:
    desk = Desk(REAL, needs_approval=True)
    keyboard = FakeKeyboard(["03:02", "y"])
    desk.run("restore", "full-site", "--real", keyboard=keyboard)
    assert desk.request is not None
    assert desk.request.outage_started_at == NOW - timedelta(minutes=18)
    assert keyboard.prompts[1] == "Ask a second person for this REAL restore? [y/N] "


@pytest.mark.parametrize("typed", [["n"], [""], []])
def test_without_a_yes_nothing_starts(typed: list[str]) -> None:
    desk = Desk()
    result = desk.run("restore", "api", "--drill", keyboard=FakeKeyboard(typed))
    assert (result.exit_code, desk.request) == (1, None)
    assert "Nothing was started." in result.output


def test_input_that_ends_before_the_start_starts_nothing() -> None:
    desk = Desk(REAL)
    result = desk.run("restore", "full-site", "--real", keyboard=FakeKeyboard([]))
    assert (result.exit_code, desk.request) == (1, None)
    assert "Nothing was started." in result.output


def test_yes_and_no_input_ask_nothing_before_the_start() -> None:
    for option in ("--yes", "--no-input"):
        desk, keyboard = Desk(), FakeKeyboard([])
        desk.run("restore", "api", "--drill", option, keyboard=keyboard)
        assert (desk.request is not None, keyboard.prompts) == (True, [])


def test_detached_it_is_left_to_the_running_bot() -> None:
    desk = Desk()
    result = desk.run("restore", "api", "--drill", "--detach")
    assert result.exit_code == 0
    assert "`bringback follow R-1` shows it." in result.output


def test_detaching_without_a_bot_is_refused() -> None:
    desk = Desk()
    desk.verbs.holds = True
    result = desk.run("restore", "api", "--drill", "--detach")
    assert (result.exit_code, desk.request) == (1, None)
    assert "There is no bot to go on with it" in result.stderr


WALK = plan_of(system("rotate-keys", manual("log-in"), kind=UnitKind.WALK))


def test_a_plain_runbook_is_walked_for_real_step_by_step() -> None:
    desk = Desk(WALK)
    result = desk.run("walk", "rotate-keys", keyboard=FakeKeyboard(["y", "d"]))
    assert result.exit_code == 0
    assert desk.request == RestoreRequest(runbook="rotate-keys", mode=Mode.REAL)


@pytest.mark.parametrize(
    ("mode", "option", "question", "head"),
    [
        (Mode.REAL, "--real", "Ask a second person for the REAL walk of full-site?", "RUNS"),
        (Mode.DRILL, "--drill", "Walk full-site as a drill?", "DRILL"),
    ],
)
def test_a_walk_that_runs_commands_says_which_before_it_starts(
    mode: Mode, option: str, question: str, head: str
) -> None:
    walked = system("gateway", command("look"), kind=UnitKind.WALK, target="", truth=None)
    keyboard = FakeKeyboard(["n"])
    shown = Desk(plan_of(walked, mode=mode), needs_approval=mode is Mode.REAL).run(
        "walk", "gateway", option, keyboard=keyboard
    )
    assert shown.output.startswith(head)
    assert "RUNS        1 command: " in shown.output
    assert "KEEPS       no old data" in shown.output
    assert "nothing is touched" not in shown.output
    assert keyboard.prompts == [f"{question} [y/N] "]


def test_of_a_runbook_that_restores_a_system_it_must_be_said_whether_it_is_real() -> None:
    desk = Desk(REAL)
    result = desk.run("walk", "orders-db")
    assert (result.exit_code, desk.request) == (1, None)
    assert "Say which: --drill, or --real" in result.stderr
    desk.run("walk", "orders-db", "--drill")
    assert desk.request == RestoreRequest(runbook="orders-db", mode=Mode.DRILL)
