"""The buttons under a question: three large ones, and everything else in one menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks import action_ids
from bot.blocks.elements import Block, actions, button, confirm, option, overflow
from bot.blocks.text import one_line
from bot.domain.recovery_state import Question
from bot.domain.runbook import StepKind

if TYPE_CHECKING:
    from bot.blocks.asked_step import AskedStep
    from bot.domain.outline import WayOut

TAKE, FAIL, SKIP, EARLIER, PEOPLE, NOTE, LOOK = "take", "fail", "skip", "earlier", "people", "note", "look"
MORE = {
    TAKE: "I'm on it",
    FAIL: "Failed…",
    SKIP: "Skip…",
    EARLIER: "Done earlier…",
    PEOPLE: "Assign or hand over…",
    NOTE: "Note or file…",
    LOOK: "Look or jump…",
}
"""The menu of a question. Slack takes five entries: each but the first opens a form."""

_WORDS = {
    StepKind.INFO: ("Continue", ""),
    StepKind.WAIT: ("Go on", ""),
    StepKind.APPROVAL: ("Approve", "Refuse…"),
}
"""What saying yes and saying no is called, by the kind of step; empty: saying no stands in the menu."""


def step_buttons(asked: AskedStep) -> Block:
    """The buttons that answer it."""
    match asked.question:
        case Question.DO:
            return _do(asked)
        case Question.FAILED:
            return _failed(asked)
        case _:
            return _interrupted(asked)


def _do(asked: AskedStep) -> Block:
    reference, kind = asked.reference, asked.step.kind
    yes, no = _WORDS.get(kind, ("Done", "Failed…"))
    called = asked.escalates or asked.state.taken_by  # whoever is on what is read keeps others from being called
    take = _take(asked) if called or kind not in {StepKind.INFO, StepKind.WAIT} else None
    earlier = (EARLIER,) if no and kind is not StepKind.APPROVAL else ()
    return actions(
        take,
        button(yes, action_ids.STEP_DONE, reference, style="primary"),
        button(no, action_ids.STEP_FAIL, reference, style="danger") if no else None,
        _more(*(() if no else (FAIL,)), SKIP, *earlier, PEOPLE, NOTE, LOOK),
    )


def _take(asked: AskedStep) -> Block:
    who = one_line(asked.state.taken_by)
    if not who:
        return button("I'm on it", action_ids.STEP_TAKE, asked.reference)
    sure = confirm("Take it over?", f"{who} is on it. They are told.", "I take it over", style="primary")
    return button("Take over", action_ids.STEP_TAKE_OVER, asked.reference, confirm=sure)


def _failed(asked: AskedStep) -> Block:
    """Where the runbook says where to go, that stands among the large ones, and skipping in the menu."""
    ways = [_way(asked, way, place) for place, way in enumerate(asked.ways)]
    skip = button("Skip…", action_ids.STEP_SKIP, asked.reference)
    return actions(
        button("Try again", action_ids.STEP_RETRY, asked.reference, style="primary"),
        *(ways or [skip]),
        button("Stop here…", action_ids.STEP_GIVE_UP, asked.reference, style="danger"),
        _more(*_takes(asked), *((SKIP,) if ways else ()), PEOPLE, NOTE, LOOK),
    )


def _way(asked: AskedStep, way: WayOut, place: int) -> Block:
    carried = {**asked.reference, "to": way.to.id, "w": way.reason}
    return button(f"{one_line(way.label)[:70]}…", (action_ids.STEP_JUMP, action_ids.STEP_UNDO)[place], carried)


def _interrupted(asked: AskedStep) -> Block:
    again = confirm(
        "Run it a second time?", "It may have run already. A second run starts from the beginning.", "Run it"
    )
    return actions(
        button("Run it again", action_ids.STEP_RETRY, asked.reference, confirm=again),
        button("It was done", action_ids.STEP_DONE, asked.reference),
        button("Stop here…", action_ids.STEP_GIVE_UP, asked.reference, style="danger"),
        _more(*_takes(asked), SKIP, PEOPLE, NOTE, LOOK),
    )


def _takes(asked: AskedStep) -> tuple[str, ...]:
    """Saying "I'm on it" where deciding is what stands among the large buttons."""
    return () if asked.state.taken_by else (TAKE,)


def _more(*entries: str) -> Block:
    return overflow(action_ids.STEP_MORE, [option(MORE[entry], entry) for entry in entries])
