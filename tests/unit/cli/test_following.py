"""Following a recovery from a terminal, with a person there and without one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.cli.unattended import Unasked, unasked
from bot.cli.waiting import Waiting, waiting_steps
from bot.domain.errors import AlreadyDone, NotAllowed
from bot.domain.frozen_plan import FrozenPlan, Mode, OnFail, PlannedStep
from bot.domain.outline import NOBODY_ASKED
from bot.domain.recovery_state import Choice, Question, StepState, Verdict
from bot.domain.runbook import StepKind
from tests.fakes.histories import BEN, check, command, manual, plan_of, system
from tests.unit.cli.played_recovery import PlayedRecovery, placed
from tests.unit.cli.terminal import NOW, FakeKeyboard, FakeVerbs, bringback, world


def simulated(name: str) -> PlannedStep:
    return replace(manual(name), simulated=True, by="dba-oncall", text=f"Now {name}.")


def drill(*steps: PlannedStep) -> FrozenPlan:
    return plan_of(system("orders-db", *steps), system("api", depends_on=["orders-db"]), mode=Mode.DRILL)


def real(*steps: PlannedStep) -> FrozenPlan:
    return plan_of(system("orders-db", *steps), system("api", depends_on=["orders-db"]))


def follow(played: PlayedRecovery, *typed: str, leaves: bool = True, **more: Any) -> tuple[str, int]:
    """What the terminal shows, and its exit code; nobody is there when nothing is typed."""
    keyboard = FakeKeyboard(typed, leaves=leaves) if typed else None
    result = bringback(world(FakeVerbs(played.operations(), **more), keyboard=keyboard), "follow", "R-1")
    return result.output, result.exit_code


def answers(played: PlayedRecovery) -> list[tuple[str, str, str]]:
    return [(e.step, e.data["choice"], e.data["reason"]) for e in played.events if e.kind == "answered"]


def answering_at_look(look: int, played: PlayedRecovery, step: str, choice: Choice) -> FakeVerbs:
    """Verbs beside which somebody else answers a step while the recovery is looked at for the nth time."""
    looks: list[int] = []

    def state(_recovery: str) -> Any:
        looks.append(1)
        if len(looks) == look:
            played.answer("R-1", "orders-db", step, 1, choice, BEN)
        return played.state

    return FakeVerbs({**played.operations(), "recovery_state": state})


def test_a_recovery_whose_systems_are_all_verified_ends_with_0() -> None:
    shown, code = follow(PlayedRecovery(drill()))
    assert code == 0
    assert "RECOVERED, 2 of 2 verified" in shown
    assert "verified against the recorded truth" in shown


def test_without_a_terminal_a_drills_human_steps_are_simulated_and_say_so() -> None:
    played = PlayedRecovery(drill(simulated("stop"), command("restore"), check()))
    assert follow(played)[1] == 0
    assert answers(played) == [("stop", "done", f"simulated: {NOBODY_ASKED}")]


def test_without_a_terminal_nothing_is_said_to_be_done_that_nobody_did() -> None:
    played = PlayedRecovery(drill(manual("stop"), command("restore"), manual("look", StepKind.CHECK)))
    shown, code = follow(played)
    assert code == 1
    assert answers(played) == [("stop", "skip", NOBODY_ASKED), ("look", "skip", NOBODY_ASKED)]
    assert played.state.units["orders-db"].verdict is Verdict.UNVERIFIED
    assert "NOT STARTED" in shown


def test_without_a_terminal_a_drills_failed_command_is_given_up_and_what_depends_on_it_is_not_started() -> None:
    missing = "1,200 of 5,000 orders are missing, written after 02:52."
    played = PlayedRecovery(drill(command("restore"), check()), fails={"check": missing})
    shown, code = follow(played)
    assert code == 1
    assert answers(played) == [("check", "give_up", NOBODY_ASKED)]
    assert missing.removesuffix(".") in shown.split("FAILED, 0 of 2 verified")[-1]
    assert f"given up by Ada: {NOBODY_ASKED}" in shown
    assert "api  NOT STARTED  held by orders-db" in shown


def test_without_a_terminal_a_real_failed_command_waits_with_the_lines_that_answer_it() -> None:
    played = PlayedRecovery(real(command("restore"), check("rows")), fails={"rows": "no rows"})
    verbs = answering_at_look(3, played, "rows", Choice.RETRY)
    result = bringback(world(verbs), "follow", "R-1", "--no-input")
    assert result.exit_code == 0
    assert verbs.called("answer_step") == []
    for line in ("rows retry\n", "rows skip --reason 'WHY'\n", "rows give-up --reason 'WHY'\n"):
        assert result.output.count(f"  bringback answer R-1 orders-db {line}") == 1


def test_a_drills_failed_step_ends_it_without_a_question() -> None:
    step = replace(check(), on_fail=OnFail.STOP)
    played = PlayedRecovery(drill(command("restore"), step), fails={"check": "no rows"})
    assert follow(played)[1] == 1
    assert answers(played) == []


def test_without_a_terminal_a_real_human_step_is_waited_for_with_the_line_that_answers_it() -> None:
    played = PlayedRecovery(real(manual("stop"), command("restore"), check()))
    verbs = answering_at_look(3, played, "stop", Choice.DONE)
    result = bringback(world(verbs), "follow", "R-1", "--no-input")
    assert "bringback answer R-1 orders-db stop done" in result.output
    assert result.output.count("answer R-1 orders-db stop done") == 1
    assert verbs.called("answer_step") == []
    assert result.exit_code == 0


def test_text_that_is_only_to_be_read_is_shown_and_passed() -> None:
    played = PlayedRecovery(real(manual("read", StepKind.INFO), command("restore"), check()))
    assert follow(played)[1] == 0
    assert answers(played) == [("read", "done", f"shown: {NOBODY_ASKED}")]


def test_a_step_that_waits_is_passed_when_its_time_is_over() -> None:
    wait = replace(manual("wait", StepKind.WAIT), expected=timedelta(minutes=5))
    (waiting,) = waiting_steps(PlayedRecovery(real(wait, check())).state)
    assert unasked(waiting, NOW) is None
    answer = unasked(waiting, NOW + timedelta(minutes=6))
    assert answer is not None
    assert answer.choice is Choice.DONE


@pytest.mark.parametrize("question", [Question.FAILED, Question.INTERRUPTED])
@pytest.mark.parametrize("step", [command("restore"), manual("stop"), manual("read", StepKind.INFO)])
def test_what_failed_or_was_interrupted_is_given_up_in_a_drill_and_never_in_a_real_recovery(
    step: PlannedStep, question: Question
) -> None:
    def waiting(mode: Mode) -> Waiting:
        return Waiting("R-1", mode, "api", step, StepState(), question, "Step 1 of 2")

    assert unasked(waiting(Mode.DRILL), NOW) == Unasked(Choice.GIVE_UP, NOBODY_ASKED)
    assert unasked(waiting(Mode.REAL), NOW) is None


def test_a_person_does_the_steps_with_single_keys() -> None:
    played = PlayedRecovery(real(manual("stop"), command("restore"), check()))
    shown, code = follow(played, "t", "n", "the API was down already", "x", "d")
    assert code == 0
    assert "That is none of the keys." in shown
    assert answers(played) == [("stop", "done", "")]
    assert played.state.notes[0][2] == "the API was down already"
    assert played.state.units["orders-db"].steps["stop"].taken_by == "Ada"


def test_a_sentence_answers_nothing_and_a_whole_word_means_its_key() -> None:
    played = PlayedRecovery(real(manual("stop"), command("restore"), check()))
    shown, code = follow(played, "don't know yet", "stop the other one first", "I'm on it", "done")
    assert code == 0
    assert shown.count("That is none of the keys.") == 2
    assert "You are on it." in shown
    assert answers(played) == [("stop", "done", "")]


def test_a_drill_tells_a_person_not_to_touch_the_living_systems() -> None:
    shown, _ = follow(PlayedRecovery(drill(simulated("stop"), check())), "d")
    assert "DRILL, DO NOT TOUCH LIVE: say what you would do." in shown
    assert "Do this" not in shown
    assert "Say what you would do, then go on." in shown
    assert "Now stop." in shown


def test_a_skip_takes_a_reason_and_an_empty_one_goes_back() -> None:
    played = PlayedRecovery(real(manual("stop"), command("restore"), check()))
    assert follow(played, "s", "", "s", "no writers left")[1] == 0
    assert answers(played) == [("stop", "skip", "no writers left")]


@pytest.mark.parametrize(("typed", "starts"), [("y", True), ("", False)])
def test_skipping_a_check_asks_whether_what_depends_on_it_starts(typed: str, *, starts: bool) -> None:
    played = PlayedRecovery(real(command("restore"), manual("look", StepKind.CHECK)))
    shown, code = follow(played, "s", "no time", typed)
    assert code == 1
    assert (played.state.units["api"].verdict is Verdict.VERIFIED) == starts
    assert "UNVERIFIED" in shown


def test_a_failed_command_can_be_run_again() -> None:
    played = PlayedRecovery(real(command("restore"), check()), fails={"restore": "exit code 1"})
    shown, code = follow(played, "r", "r")
    assert code == 0
    assert "It failed. Again, skip it, or stop here?" in shown
    assert "| restore ran" in shown


def test_a_click_that_was_quicker_is_told_and_the_question_is_over() -> None:
    played = PlayedRecovery(real(manual("stop"), command("restore"), check()))
    played.refuses["stop"] = AlreadyDone("“Stop”", "Bob", NOW)
    shown, _ = follow(played, "d", "d")
    assert "“Stop”: already done by Bob at 02:20:00 UTC." in shown


def test_a_question_that_somebody_else_answers_goes_away() -> None:
    played = PlayedRecovery(real(manual("stop"), command("restore"), check()))
    asked = FakeKeyboard([], leaves=False)
    verbs = answering_at_look(5, played, "stop", Choice.DONE)
    result = bringback(world(verbs, keyboard=asked), "follow", "R-1")
    assert result.exit_code == 0
    assert len(asked.prompts) == 1


def pressing(played: PlayedRecovery, keyboard: FakeKeyboard, at_look: int = 4) -> FakeVerbs:
    """Verbs that press Ctrl-C while the recovery is looked at for the nth time."""
    looks: list[int] = []

    def state(_recovery: str) -> Any:
        looks.append(1)
        if len(looks) == at_look:
            keyboard.pressed.set()
        return played.state

    return FakeVerbs({**played.operations(), "recovery_state": state})


def test_whoever_may_not_answer_a_step_is_told_once_and_not_asked_again() -> None:
    played = PlayedRecovery(real(manual("stop"), command("restore"), check()))
    played.refuses["stop"] = NotAllowed("Ada may not answer a step.", "Ask Bob.")
    keyboard = FakeKeyboard(["d", "d"])
    result = bringback(world(pressing(played, keyboard, 20), keyboard=keyboard), "follow", "R-1")
    assert "Ada may not answer a step. Ask Bob." in result.output
    assert answers(played) == []
    assert result.exit_code == 1


def test_ctrl_c_offers_to_abort_with_a_reason() -> None:
    played = PlayedRecovery(real(manual("stop"), command("restore"), check()))
    shown, code = follow(played, "^C", "a", "the disk is back")
    assert code == 1
    assert "the disk is back" in played.state.reason
    assert "ABORTED" in shown


def test_ctrl_c_offers_to_leave_it_to_others() -> None:
    played = PlayedRecovery(real(manual("stop"), command("restore"), check()))
    shown, code = follow(played, "^C", "d")
    assert code == 1
    assert "It is not over: `bringback follow R-1` shows it again." in shown


def test_enter_after_ctrl_c_stays() -> None:
    played = PlayedRecovery(real(manual("stop"), command("restore"), check()))
    assert follow(played, "^C", "", "d")[1] == 0


def test_leaving_a_recovery_that_only_this_terminal_carries_on_says_that_it_stands_still() -> None:
    played = PlayedRecovery(real(manual("stop"), command("restore"), check()))
    shown, _ = follow(played, "q", "d", holds=True)
    assert "Nothing goes on while no bot runs" in shown


def test_a_terminal_that_carries_a_recovery_says_that_no_bot_does() -> None:
    said = "No bot runs: this terminal carries R-1. Slack hears nothing of it, and `bringback serve` cannot start"
    assert said in follow(PlayedRecovery(drill()), holds=True)[0]
    assert said not in follow(PlayedRecovery(drill()))[0]


@pytest.mark.parametrize(("more", "code"), [((), 0), ((manual("look", StepKind.CHECK),), 1), ((command("warm"),), 1)])
def test_a_drill_that_is_partial_for_simulated_steps_alone_ends_with_0(
    more: tuple[PlannedStep, ...], code: int
) -> None:
    played = PlayedRecovery(drill(simulated("stop"), command("restore"), check("rows"), *more))
    played.fails = {"warm": "exit code 1"}
    keyboard = FakeKeyboard(["d", "s", "no time"] if more else ["d"])
    result = bringback(world(FakeVerbs(played.operations()), keyboard=keyboard), "follow", "R-1")
    assert (played.state.outcome == "partial" or bool(more), result.exit_code) == (True, code)


def test_the_end_of_input_leaves() -> None:
    played = PlayedRecovery(real(manual("stop"), command("restore"), check()))
    assert follow(played, "n")[1] == 1
    assert not played.state.ended_at


def test_a_restore_that_waits_for_approval_says_how_a_second_person_gives_it() -> None:
    played = PlayedRecovery(real(command("restore"), check()), approved=False)
    keyboard = FakeKeyboard(["a", "not needed"])
    result = bringback(world(pressing(played, keyboard), keyboard=keyboard), "follow", "R-1")
    assert "bringback approve R-1 --plan a91f" in result.output
    assert "REJECTED" in result.output
    assert result.exit_code == 1


def test_a_title_that_the_text_begins_with_is_shown_once() -> None:
    step = replace(manual("make"), title="Make a key", number="2", text="2. Make a key\n   make key")
    shown, _ = follow(PlayedRecovery(real(*placed(step, check()))), "d")
    assert shown.split("Step 1 of 2")[1].split("Do this")[0].count("Make a key") == 1


def test_comments_of_the_runbook_are_not_shown() -> None:
    step = replace(manual("stop"), text="<!-- step: {kind: manual} -->\nScale to zero.")
    shown, _ = follow(PlayedRecovery(real(step, check())), "d")
    assert "Scale to zero." in shown
    assert "<!--" not in shown
