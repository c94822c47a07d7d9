"""What is shown while a runbook is walked: taken by Slack whatever stands in it, and literal."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.blocks.asked_step import AskedStep, asked_step
from bot.blocks.look_modal import Look, look_modal
from bot.blocks.note_modal import note_modal
from bot.blocks.people_modal import people_modal
from bot.blocks.reason_modal import earlier_modal, jump_modal
from bot.blocks.step import answered_message, step_message
from bot.blocks.walk_modal import inputs_modal, walk_modal, walk_part_modal
from bot.console.blocks_seen import all_text
from bot.console.validate import check_message, check_view
from bot.domain.events import EventKind
from bot.domain.frozen_plan import Mode
from bot.domain.recovery import fold
from bot.domain.recovery_state import Choice, Question
from bot.domain.runbook import Command, Input, Part, StepKind
from bot.slack.fit import fit_message, fit_view
from tests.fakes.histories import START, History, at, check, command, manual, plan_of, system

if TYPE_CHECKING:
    from bot.domain.frozen_plan import PlannedStep
    from bot.domain.recovery_state import RecoveryState

EVIL = "<!channel> <https://evil.example|us> <@U9> &lt;!here&gt; `x` \u202etxt\u200b"
LONG = (EVIL + " ") * 400


def state_of(*steps: PlannedStep) -> RecoveryState:
    placed = [replace(step, place=place, position=place) for place, step in enumerate(steps, 1)]
    history = History(plan_of(system("db", *placed, check()))).launch().unit("db").ask("db", placed[0].id)
    return fold(history.plan, history.events)


def hostile(name: str, text: str = EVIL) -> PlannedStep:
    shell = Command("", "sh", f"echo {text[:900]}\n", "", 1)
    return replace(
        manual(name), title=text, text=f"{text}\n\n```sh\n{shell.text}```\n", section=(text,), shown=(shell,)
    )


def asked(state: RecoveryState, **more: Any) -> AskedStep:
    name = state.plan.units[0].steps[0].id
    made = asked_step(state, "db", name, state.units["db"].steps[name], ("U1",), usual=timedelta(minutes=4))
    return replace(made, **more)


def buttons(message: dict[str, Any]) -> list[str]:
    return [one["text"]["text"] for one in message["blocks"][-1]["elements"] if one["type"] == "button"]


def taken(message: dict[str, Any]) -> None:
    fitted = fit_message(message)
    check_message(fitted["text"], fitted["blocks"], [], None)


@pytest.mark.parametrize(
    ("restores", "simulated", "said"),
    [
        (False, True, "LIVE: say what you would do."),
        (True, True, "LIVE: say what you would do."),
        (True, False, "LIVE: only the scratch target is touched."),
        (False, False, "LIVE, but do this step: its runbook says so."),
    ],
)
def test_a_drill_speaks_of_a_scratch_target_only_where_there_is_one(
    *, restores: bool, simulated: bool, said: str
) -> None:
    state = state_of(replace(manual("one"), simulated=simulated))
    assert said in all_text(step_message(asked(state, mode=Mode.DRILL, restores=restores)))


@pytest.mark.parametrize("text", [EVIL, LONG])
@pytest.mark.parametrize("question", list(Question))
def test_a_question_is_taken_and_nothing_in_it_mentions_links_or_formats(text: str, question: Question) -> None:
    state = state_of(hostile("one", text), hostile("two", text))
    message = step_message(asked(state, question=question))
    taken(message)
    assert "<!channel>" not in message["text"]
    elements = str(message["blocks"])
    assert "'type': 'broadcast'" not in elements
    assert "'type': 'link'" not in elements
    assert "\u202e" not in elements
    assert "mrkdwn" not in elements
    answer = replace(state.units["db"].steps["one"], choice=Choice.JUMP, answered_at=at(30), answered_by=text)
    taken(answered_message(replace(asked(state), state=answer)))


@pytest.mark.parametrize("text", [EVIL, LONG])
def test_every_form_of_a_walk_is_taken(text: str) -> None:
    state = state_of(*(hostile(f"step-{number}-{'x' * 200}", text) for number in range(45)))
    reference = {"r": "R-1", "u": "db", "s": "one", "a": 1, "t": text[:60], "to": "x" * 400}
    part = Part(text, (0,), default=True)
    parts = (part, *(Part(f"{number} {text}", (number,)) for number in range(120)))
    inputs = [(Input(f"NAME_{number}", ask=text, choices=("a", text[:100])), "") for number in range(30)]
    titles = {f"book-{number}": text for number in range(150)}
    for view in (
        look_modal(Look(state, "db", 1, state.plan.units[0].steps[25].id, jump=reference)),
        note_modal(reference),
        people_modal({f"U{number}": text for number in range(120)}, reference, text),
        jump_modal(reference, text, text, ahead=True, skips_check=True),
        earlier_modal(reference, START, at(5)),
        walk_modal(titles, "book-3", "real", "{}", parts=parts, why=text[:900], fault=text),
        walk_part_modal("book-3", text, parts, "{}"),
        inputs_modal(text, inputs, "{}", page=1, pages=3, fault=text),
    ):
        check_view(fit_view(view), "modal")


def test_the_first_line_of_a_question_is_its_place_and_the_small_print_says_what_it_took() -> None:
    said = all_text(step_message(asked(state_of(replace(manual("one"), section=("Restore",)), manual("two")))))
    assert "Step 1 of 2 - Restore" in said
    assert "Took 4 min last time" in said


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        (StepKind.MANUAL, ["I'm on it", "Done", "Failed…"]),
        (StepKind.INFO, ["Continue"]),
        (StepKind.WAIT, ["Go on"]),
        (StepKind.APPROVAL, ["I'm on it", "Approve", "Refuse…"]),
    ],
)
def test_a_question_has_at_most_three_large_buttons_and_one_menu(kind: StepKind, shown: list[str]) -> None:
    message = step_message(asked(state_of(manual("one", kind))))
    assert buttons(message) == shown
    assert [one["type"] for one in message["blocks"][-1]["elements"]].count("overflow") == 1


@pytest.mark.parametrize("kind", [StepKind.INFO, StepKind.WAIT])
def test_a_person_who_reads_what_is_not_so_can_say_that_it_failed(kind: StepKind) -> None:
    menu = step_message(asked(state_of(manual("one", kind))))["blocks"][-1]["elements"][-1]
    assert [one["text"]["text"] for one in menu["options"]][:2] == ["Failed…", "Skip…"]
    assert len(menu["options"]) <= 5


@pytest.mark.parametrize("kind", [StepKind.INFO, StepKind.WAIT])
def test_where_others_will_be_called_somebody_can_say_that_they_are_on_it(kind: StepKind) -> None:
    state = state_of(manual("one", kind))
    called = "Ben: asked too at 03:10 UTC, unless somebody is on it by then"
    assert buttons(step_message(asked(state, escalates=called)))[0] == "I'm on it"
    on_it = replace(state.units["db"].steps["one"], taken_by="Ann", taken_at=at(3))
    assert buttons(step_message(replace(asked(state), state=on_it)))[0] == "Take over"


@pytest.mark.parametrize("question", [Question.FAILED, Question.INTERRUPTED])
def test_whoever_decides_about_a_failed_step_can_say_that_they_are_on_it(question: Question) -> None:
    state = state_of(replace(manual("one"), goto="two"), manual("two"))
    waits = step_message(asked(state, question=question))
    assert waits["blocks"][-1]["elements"][-1]["options"][0]["text"]["text"] == "I'm on it"
    on_it = replace(state.units["db"].steps["one"], taken_by="Ann", taken_at=at(3))
    decides = step_message(replace(asked(state, question=question), state=on_it))
    assert "Ann is on it, since 03:03:00 UTC" in all_text(decides)
    assert "I'm on it" not in all_text(decides)


def test_a_failed_step_offers_where_the_runbook_says_to_go() -> None:
    first = replace(manual("one"), goto="two", rollback="three")
    state = state_of(first, manual("two"), manual("three"))
    shown = buttons(step_message(asked(state, question=Question.FAILED)))
    assert shown == ["Try again", "Go to “Two”…", "Undo: go to “Three”…", "Stop here…"]


def test_a_failed_command_shows_the_end_of_what_it_printed() -> None:
    printed = "\n".join([*(f"line {number}" for number in range(200)), f"FATAL: no space left {EVIL}"])
    history = History(plan_of(system("db", command("restore"), check()))).launch().unit("db")
    history.run("db", "restore", 1, "failed", detail="exit code 3", output=printed)
    history.tell(EventKind.ASKED, unit="db", step="restore", attempt=1, question="failed", detail="exit code 3")
    state = fold(history.plan, history.events)
    message = step_message(asked_step(state, "db", "restore", state.units["db"].steps["restore"], ()))
    said = all_text(message)
    assert "exit code 3" in said
    assert "FATAL: no space left <!channel>" in said
    assert "line 199" in said
    assert "line 20\n" not in said
    taken(message)


def test_a_look_shows_where_the_walk_stands_and_a_step_whole() -> None:
    last = replace(manual("last"), text="Call the vendor. " * 600)
    state = state_of(*(manual(f"step-{number}") for number in range(24)), last)
    view = look_modal(Look(state, "db", 1, "last", jump={"r": "R-1"}))
    said = all_text(view)
    assert "Step 25 of 25: Last" in said
    assert "1. Step-0" not in said
    assert " ".join(said.split()).count("Call the vendor.") == 600
    assert "Go to this step…" in said
    assert "▶ 1. Step-0" in all_text(look_modal(Look(state, "db")))


def test_a_look_groups_the_steps_under_their_headings() -> None:
    steps = [replace(manual(f"step-{number}"), section=(f"Part {number // 2}",)) for number in range(4)]
    said = all_text(look_modal(Look(state_of(*steps), "db")))
    assert said.count("Part 0") == said.count("Part 1") == 1
