"""Walking at the keyboard, beyond done and failed; and the subcommands that do the same from elsewhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.errors import NotAllowed, UnknownName
from bot.domain.recovery_state import Choice
from bot.domain.runbook import Command, Part, StepKind
from bot.operations.preview_restore import Preview
from bot.web.control_table import AttachedFile, LastTime
from tests.fakes.histories import BEN, check, command, manual, plan_of, system
from tests.unit.cli.played_recovery import PlayedRecovery, placed
from tests.unit.cli.terminal import ADA, NOW, FakeKeyboard, FakeVerbs, bringback, world

if TYPE_CHECKING:
    from pathlib import Path

    from bot.domain.frozen_plan import PlannedStep


def walk(*steps: PlannedStep) -> PlayedRecovery:
    return PlayedRecovery(plan_of(system("gateway", *placed(*steps, check()))))


def follow(played: PlayedRecovery, *typed: str) -> tuple[str, FakeKeyboard, FakeVerbs]:
    keyboard, verbs = FakeKeyboard(typed), FakeVerbs(played.operations())
    shown = bringback(world(verbs, keyboard=keyboard), "follow", "R-1").output
    return shown, keyboard, verbs


def run(played: PlayedRecovery, *words: str, **more: Any) -> tuple[Any, FakeVerbs]:
    verbs = FakeVerbs({**played.operations(), **more})
    return bringback(world(verbs), *words), verbs


def test_a_question_names_its_place_fills_in_what_is_known_and_says_what_it_took_last_time() -> None:
    text = "1. Look\n\n   ```sh\n   ssh <host> df\n   ```\n"
    shell = Command("", "sh", "ssh <host> df\n", "ssh <host> df\n", 1)
    step = replace(manual("look"), text=text, shown=(shell,), section=("Disk",), command_place=(2, 3))
    played = walk(step)
    played.plan = replace(played.plan, inputs=(("HOST", "db 1"),))
    played.last_times = [LastTime("gateway", "look", timedelta(minutes=4))]
    shown, _, _ = follow(played, "d")
    assert "REAL R-1  gateway  Step 1 of 2 - Disk, command 2 of 3" in shown
    assert "ssh 'db 1' df" in shown
    assert "Took 4 min last time." in shown


@pytest.mark.parametrize(
    ("kind", "word"), [(StepKind.INFO, "[d] continue"), (StepKind.WAIT, "[d] go on"), (StepKind.APPROVAL, "[f] refuse")]
)
def test_the_keys_speak_as_the_kind_of_step_does(kind: StepKind, word: str) -> None:
    _, keyboard, _ = follow(walk(manual("one", kind)), "d")
    assert word in keyboard.prompts[0]


def test_a_person_looks_ahead_and_reads_a_step_before_doing_theirs() -> None:
    later = replace(manual("later"), text="Call the vendor.")
    shown, keyboard, _ = follow(walk(manual("one"), later), "l", "2", "", "d")
    assert ">   1  Step 1 of 3: One  waiting" in shown
    assert "2  Step 2 of 3: Later  pending" in shown
    assert "Call the vendor." in shown.split("Do this")[1]
    assert keyboard.prompts[1].startswith("Read which?")


def test_a_person_who_looks_at_all_steps_reads_what_the_runbook_explains() -> None:
    played = walk(manual("one"))
    (unit,) = played.plan.units
    sections = (
        ("Overview", "## Overview\n\nTwo gateways share `one` address."),
        ("Contacts [x]\x1b[2J", "Tell [b]all."),
    )
    played.plan = replace(played.plan, units=(replace(unit, background=sections),))
    shown, keyboard, _ = follow(played, "l", "3", "4", "5", "", "d")
    assert "    3  Background: Overview\n    4  Background: Contacts [x]" in shown
    assert "Two gateways share one address." in shown
    assert "Tell [b]all." in shown
    assert "\x1b[2J" not in shown
    assert "That is no number from 1 to 4." in shown
    assert keyboard.prompts[1].startswith("Read which?")


def test_a_jump_asks_where_to_and_why() -> None:
    shown, _, verbs = follow(walk(manual("one"), manual("two"), manual("three")), "j", "9", "2", "vendor is on it")
    assert "  1  Step 2 of 4: Two  (ahead)" in shown
    assert "That is no number from 1 to 4." in shown
    (jumped,) = [call for call in verbs.calls if call[0] == "answer_step"]
    assert jumped[1][4:] == (Choice.JUMP, ADA, "vendor is on it")
    assert jumped[2] == {"release": False, "to": "three"}


def test_a_step_that_was_done_earlier_is_told_its_time() -> None:
    _, _, verbs = follow(walk(manual("one")), "e", "soon", "e", "5m", "d")
    assert [call[2] for call in verbs.calls if call[0] == "answer_step"] == [{"done_at": NOW - timedelta(minutes=5)}]


def test_steps_are_assigned_taken_over_and_the_walk_handed_over_at_the_keyboard() -> None:
    played = walk(manual("one"))
    played.take("R-1", "gateway", "one", 1, BEN)
    shown, keyboard, verbs = follow(played, "o", "a", "Ben", "h", "Ben", "my shift ends", "m", "d")
    assert "[o] take over" in keyboard.prompts[0]
    assert [call[2] for call in verbs.calls if call[0] == "take_step"] == [{"over": True}]
    assert verbs.called("assign_step") == [("R-1", "gateway", "one", 1, "Ben", ADA)]
    assert verbs.called("hand_over") == [("R-1", "Ben", ADA, "my shift ends")]
    assert "[u] attach a file" in shown
    assert "handed over to Ben by Ada: my shift ends" in shown


def test_who_cannot_be_given_a_step_is_said_and_the_question_stays() -> None:
    played = walk(manual("one"))
    played.refuses = {"Eve": NotAllowed("Eve may not answer a step."), "Bem": UnknownName("person", "Bem", ["Ben"])}
    shown, _, verbs = follow(played, "a", "Eve", "a", "Bem", "d")
    assert "Eve may not answer a step." in shown
    assert "Did you mean Ben?" in shown
    assert len(verbs.called("answer_step")) == 1


def test_a_file_is_attached_at_the_keyboard_and_a_missing_one_is_said(tmp_path: Path) -> None:
    (tmp_path / "gw.log").write_bytes(b"oom\x00")
    shown, _, _ = follow(walk(manual("one")), "u", str(tmp_path / "none"), "u", str(tmp_path / "gw.log"), "d")
    assert "No such file or directory" in shown
    assert "Ada attached gw.log (4 bytes)" in shown


def test_answer_jumps_with_a_target_and_a_reason() -> None:
    played = walk(manual("one"), manual("two"))
    words = ("answer", "R-1", "gateway", "one", "jump", "--to", "two", "--reason", "done already")
    result, verbs = run(played, *words, answer_step=played.state)
    assert result.stdout == "R-1 gateway, step one: jump to two.\n"
    assert verbs.calls[-1][2] == {"release": False, "to": "two", "done_at": None}


@pytest.mark.parametrize("words", [("jump", "--reason", "x"), ("done", "--to", "two"), ("jump", "--to", "two")])
def test_a_jump_without_target_or_reason_is_a_usage_error(words: tuple[str, ...]) -> None:
    assert run(walk(manual("one")), "answer", "R-1", "gateway", "one", *words)[0].exit_code == 2


def test_answer_takes_the_time_at_which_it_was_done() -> None:
    _, verbs = run(walk(manual("one")), "answer", "R-1", "gateway", "one", "done", "--at", "03:10")
    assert verbs.calls[-1][2]["done_at"] == NOW - timedelta(minutes=10)


def test_take_assign_and_hand_over_from_another_terminal() -> None:
    played = walk(manual("one"))
    assert "you are on it" in run(played, "take", "R-1", "gateway", "one", "--over")[0].stdout
    assert run(played, "assign", "R-1", "gateway", "one", "Ben")[0].stdout.endswith("step one: Ben is asked.\n")
    assert run(played, "hand-over", "R-1", "Ben", "--text", "bye")[0].stdout == "R-1: Ben leads.\n"


def test_attach_says_what_was_kept_and_attachment_gives_it_back(tmp_path: Path) -> None:
    (tmp_path / "gw.log").write_bytes(b"oom\x00")
    played = walk(manual("one"))
    result, _ = run(played, "attach", "R-1", str(tmp_path / "gw.log"), "--system", "gateway", "--step", "one")
    assert result.stdout == f"R-1: attached gw.log, 4 bytes, sha256 {'ab' * 32}.\n"
    out = tmp_path / "back.log"
    words = ("attachment", "R-1", "abab", "--out", str(out))
    kept = AttachedFile("gw.log", "b29tAA==")
    assert run(played, *words, attached_file=kept)[0].exit_code == 0
    assert out.read_bytes() == b"oom\x00"
    again, _ = run(played, *words, attached_file=kept)
    assert (again.exit_code, "File exists" in again.stderr) == (1, True)


def test_status_shows_each_step_whole_and_the_line_that_approves() -> None:
    one = replace(manual("one"), text="Call <!channel>.")
    result, _ = run(walk(one), "status", "R-1", "--steps")
    assert "Call <!channel>." in result.stdout
    assert "Step 2 of 2: Check" in result.stdout
    unapproved = PlayedRecovery(plan_of(system("gateway", command("restore"))), approved=False)
    assert "    bringback approve R-1 --plan a91f\n" in run(unapproved, "status", "R-1")[0].stdout


@pytest.mark.parametrize(("typed", "parts"), [("1", ("Standby",)), ("3", ("Standby", "Restart")), ("", ("Standby",))])
def test_a_walk_asks_which_part_the_default_first_and_offers_no_hidden_one(typed: str, parts: tuple[str, ...]) -> None:
    offered = (Part("Restart", (0,)), Part("Standby", (1,), default=True), Part("Secret", (2,), hidden=True))
    played = walk(manual("one"))
    answers = {
        **played.operations(),
        "sweep": None,
        "preview_restore": Preview(played.plan, (), parts=offered, chosen=("Standby",)),
    }
    verbs = FakeVerbs(answers)
    shown = bringback(world(verbs, keyboard=FakeKeyboard([typed, "", "n"])), "walk", "gateway", "--real").output
    assert "  1  Standby (1 step)\n  2  Restart (1 step)\n  3  All of it" in shown
    assert "Secret" not in shown
    assert verbs.called("preview_restore")[-1][0].parts == parts


def test_a_part_that_is_named_is_not_asked_for() -> None:
    played = walk(manual("one"))
    preview = Preview(played.plan, (), parts=(Part("A", (0,)), Part("B", (1,))), chosen=("B",))
    verbs = FakeVerbs({**played.operations(), "sweep": None, "preview_restore": preview})
    keyboard = FakeKeyboard(["", "n"])
    shown = bringback(world(verbs, keyboard=keyboard), "walk", "gateway", "--real", "--part", "B").output
    assert "Which part?" not in shown
    assert "PARTS       B (left out: A)" in shown
    assert verbs.called("preview_restore")[0][0].parts == ("B",)


@pytest.mark.parametrize("words", [("help",), ("help", "answer")])
def test_help_is_the_option(words: tuple[str, ...]) -> None:
    assert bringback(world(), *words).output == bringback(world(), *words[1:], "--help").output


def test_a_walk_is_finished_early_with_a_reason() -> None:
    played = walk(manual("one"), manual("two"))
    words = ("answer", "R-1", "gateway", "one", "finish", "--reason", "it is up")
    result, verbs = run(played, *words, answer_step=played.state)
    assert result.stdout == "R-1 gateway, step one: finished here.\n"
    assert verbs.calls[-1][1][4:] == (Choice.JUMP, ADA, "it is up")
    assert verbs.calls[-1][2]["to"] == ":end"
    assert run(played, *words[:5])[0].exit_code == 2


def test_a_failed_step_offers_where_the_runbook_says_to_go() -> None:
    steps = placed(replace(command("one"), goto="two"), manual("two"), check())
    played = PlayedRecovery(plan_of(system("gateway", *steps)), fails={"one": "no space left"})
    shown, keyboard, verbs = follow(played, "1", "", "d")
    assert "[1] Go to “Two”  (the runbook says so when this step fails)" in shown
    (jumped, *_) = [call for call in verbs.calls if call[0] == "answer_step"]
    assert jumped[1][4:] == (Choice.JUMP, ADA, "the runbook says so when this step fails")
    assert jumped[2] == {"to": "two"}
    assert keyboard.prompts[0].startswith("[r]un it again")


def test_status_has_the_line_that_goes_where_the_runbook_says() -> None:
    steps = placed(replace(command("one"), goto="two"), manual("two"), check())
    played = PlayedRecovery(plan_of(system("gateway", *steps)), fails={"one": "no space left"})
    line = "bringback answer R-1 gateway one jump --to two --reason 'the runbook says so when this step fails'"
    assert line in run(played, "status", "R-1")[0].stdout
