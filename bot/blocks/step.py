"""A step that waits for a person: what to do, what it blocks, and the buttons; one line once it is answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.blocks.asked_step import AskedStep, asked_step
from bot.blocks.elements import Block, context, header, line, message, people, preformatted, rich, words
from bot.blocks.step_buttons import step_buttons
from bot.blocks.step_text import step_body
from bot.blocks.text import clean, clock_seconds, cut, escape, listed, minutes, one_line
from bot.domain.frozen_plan import Mode
from bot.domain.recovery_state import Choice, Question
from bot.domain.runbook import StepKind
from bot.domain.wording import in_words
from bot.runbook.filled import says_title

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["AskedStep", "answered_message", "asked_step", "closed_message", "step_message"]

OUTPUT_LINES = 12
OUTPUT_CHARACTERS = 1_500
"""Of what a failed command printed, in its message."""


def step_message(asked: AskedStep) -> Block:
    """The question with its buttons."""
    match asked.question:
        case Question.DO:
            return _do(asked)
        case Question.FAILED:
            return _failed(asked)
        case _:
            return _interrupted(asked)


def _do(asked: AskedStep) -> Block:
    lines = [line(words(f"{asked.named}  {asked.unit}   ", bold=True), *people(asked.asked, "Anyone on this recovery"))]
    if asked.mode is Mode.DRILL:
        lines.insert(0, line(words(f"DRILL, DO NOT TOUCH LIVE{_in_drill(asked)}.", bold=True)))
    if not says_title(asked.step):
        lines.append(line(words(one_line(asked.step.title), bold=True)))
    blocks = [header(asked.where), rich(*lines), step_body(asked.step, asked.values)]
    if asked.step.kind is StepKind.CHECK:
        blocks.append(rich(line("Your word is not a comparison with a truth: the system will count as UNVERIFIED.")))
    notes = _notes(asked)
    blocks += [*([context(*notes)] if notes else []), step_buttons(asked)]
    said = f"{asked.named} {asked.unit}: {asked.where}: {asked.step.title}"
    return message(escape(said) + _called(asked), blocks)


def _in_drill(asked: AskedStep) -> str:
    """What a drill's step asks for. Nothing but a system has a scratch target."""
    if asked.step.simulated:
        return ": say what you would do"
    if asked.restores:
        return ": only the scratch target is touched"
    to_do = asked.step.kind in {StepKind.MANUAL, StepKind.COMMAND, StepKind.CHECK}
    return ", but do this step: its runbook says so" if to_do else ""


def _notes(asked: AskedStep) -> list[str]:
    """The small print: what it blocks, what it took and should take, whose it is."""
    step = asked.step
    notes = _blocked(asked)
    if asked.usual:
        notes.append(f"Took {in_words(asked.usual)} last time")
    if step.expected:
        notes.append(f"Should take {minutes(step.expected)}")
    notes += _whose(asked)
    if step.skip:
        notes.append(f"May be skipped: {one_line(step.skip)}")
    if step.danger:
        notes.append("Careful: the runbook marks this step as dangerous")
    return notes


def _whose(asked: AskedStep) -> list[str]:
    """To whom it was given, who is on it, and who is asked next."""
    state = asked.state
    given = [f"Assigned to {state.assigned_to_name}"] if state.assigned_to_name else []
    on_it = [f"{state.taken_by} is on it, since {clock_seconds(state.taken_at)}"] if state.taken_at else []
    return [*given, *on_it, *([asked.escalates] if asked.escalates else [])]


def _blocked(asked: AskedStep) -> list[str]:
    """What waits for it; of a walk that nothing depends on there is nothing to say."""
    others = asked.blocks != (asked.unit,) or asked.restores
    return [f"Blocks: {listed(list(asked.blocks))}"] if others and asked.blocks else []


def _failed(asked: AskedStep) -> Block:
    title = f"{asked.unit}: {asked.step.title} failed"
    why = asked.state.detail or asked.state.reason or "It gave no reason."
    blocks = [header(title), *_why(asked, why), step_buttons(asked)]
    return message(escape(f"{asked.named} {title}: {cut(one_line(why), 300)}") + _called(asked), blocks)


def _interrupted(asked: AskedStep) -> Block:
    title = f"{asked.unit}: did {asked.step.title} run?"
    why = asked.state.detail or "It was interrupted, and nobody knows whether it ran to its end."
    blocks = [header(title), *_why(asked, why), step_buttons(asked)]
    return message(escape(f"{asked.named} {title}") + _called(asked), blocks)


def _why(asked: AskedStep, why: str) -> list[Block]:
    who = people(asked.asked, "Anyone on this recovery")
    notes = [*_blocked(asked), f"Attempt {asked.state.attempt}"]
    notes += _whose(asked)
    first = line(words(f"{asked.named}  {asked.where}  ", bold=True), *who)
    printed = _end_of(asked.state.output)
    return [rich(first, line(why), *([preformatted(printed)] if printed else [])), context(*notes)]


def _end_of(output: str) -> str:
    """The last whole lines of what a command printed; the ledger keeps more."""
    lines = clean(output).strip("\n").split("\n")[-OUTPUT_LINES:]
    return "\n".join(lines)[-OUTPUT_CHARACTERS:]


_SAID: Mapping[Choice, str] = {
    Choice.DONE: "done",
    Choice.FAIL: "failed",
    Choice.SKIP: "skipped",
    Choice.RETRY: "to be tried again",
    Choice.JUMP: "left for another step",
    Choice.GIVE_UP: "given up",
}
_SAID_OF: Mapping[tuple[StepKind, Choice], str] = {
    (StepKind.APPROVAL, Choice.DONE): "approved",
    (StepKind.APPROVAL, Choice.FAIL): "refused",
    (StepKind.INFO, Choice.DONE): "read",
}


def answered_message(asked: AskedStep) -> Block:
    """The answered question: who, when, how long it took. Without an answer: that it is no longer asked."""
    state = asked.state
    said = f"{asked.unit}  {asked.where}: {one_line(asked.step.title)}: "
    if state.choice and state.answered_at:
        verb = f"left for {one_line(asked.to)}" if asked.to else _SAID[state.choice]
        if asked.question is Question.DO:
            verb = _SAID_OF.get((asked.step.kind, state.choice), verb)
        took = f", after {in_words(state.answered_at - state.asked_at)}" if state.asked_at else ""
        why = f" ({state.reason})" if state.reason else ""
        via = f" via {asked.via}" if asked.via else ""
        said += f"{verb} by {state.answered_by}{via} at {clock_seconds(state.answered_at)}{took}{why}"
    else:
        said += "no longer asked"
    return message(escape(said), [rich(line(words(f"{asked.named}  ", bold=True), said))])


def closed_message(recovery: str, title: str, why: str) -> Block:
    """A question that its recovery no longer asks."""
    said = f"{recovery}  {title}: {why}"
    return message(escape(said), [context(said)])


def _called(asked: AskedStep) -> str:
    return "".join(f" <@{slack_id}>" for slack_id in asked.asked)
