"""A step that waits for a person: what to do, what it blocks, and the buttons; one line once it is answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.blocks import action_ids
from bot.blocks.elements import (
    Block,
    actions,
    button,
    confirm,
    context,
    header,
    line,
    message,
    option,
    overflow,
    people,
    rich,
    words,
)
from bot.blocks.step_text import step_body
from bot.blocks.text import clock_seconds, cut, escape, listed, minutes, one_line
from bot.domain.frozen_plan import Mode, PlannedStep
from bot.domain.recovery_state import Choice, Question, StepState
from bot.domain.runbook import StepKind
from bot.domain.wording import in_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from bot.domain.recovery_state import RecoveryState
    from bot.domain.restore_order import Graph


@dataclass(frozen=True, slots=True)
class AskedStep:
    """A question of a recovery, with what a message about it needs. `asked` are Slack ids from the policy."""

    recovery: str
    mode: Mode
    unit: str
    step: PlannedStep
    state: StepState
    steps: int
    question: Question
    blocks: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    via: str = ""  # where the answer was given, when that was not here

    @property
    def reference(self) -> dict[str, Any]:
        """What a button carries, to say which question it answers."""
        return {
            "r": self.recovery,
            "u": self.unit,
            "s": self.step.id,
            "a": self.state.attempt,
            "t": cut(one_line(self.step.title), 60),
            "k": self.step.kind.value,
        }


def asked_step(
    state: RecoveryState, unit: str, step: str, asked: StepState, people_asked: Sequence[str], via: str = ""
) -> AskedStep:
    """One question of a recovery; `asked` is its step as it stood when it was put, with the answer it got since."""
    of_unit = state.units[unit]
    waiting = [unit, *sorted(_depending(state.plan.graph, unit))]
    return AskedStep(
        recovery=state.plan.recovery,
        mode=state.plan.mode,
        unit=unit,
        step=of_unit.unit.step(step),
        state=asked,
        steps=len(of_unit.unit.steps),
        question=asked.question or Question.DO,
        blocks=tuple(name for name in waiting if not state.units[name].ended_at),
        asked=tuple(people_asked),
        via=via,
    )


def _depending(graph: Graph, name: str) -> set[str]:
    direct = {other for other, parents in graph.items() if name in parents}
    return direct.union(*(_depending(graph, other) for other in direct)) if direct else set()


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
    drill = asked.mode is Mode.DRILL
    top = f"{_label(asked)}  {asked.unit}  step {asked.step.position} of {asked.steps}"
    lines = [line(words(f"{top}   ", bold=True), *people(asked.asked, "Anyone on this recovery"))]
    if drill:
        simulated = "say what you would do" if asked.step.simulated else "only the scratch target is touched"
        lines.insert(0, line(words(f"DRILL, DO NOT TOUCH LIVE: {simulated}.", bold=True)))
    blocks = [header(asked.step.title), rich(*lines), step_body(asked.step)]
    if asked.step.kind is StepKind.CHECK:
        blocks.append(rich(line("Your word is not a comparison with a truth: the system will count as UNVERIFIED.")))
    notes = [f"Blocks: {listed(list(asked.blocks))}"]
    if asked.step.expected:
        notes.append(f"Should take {minutes(asked.step.expected)}")
    if asked.state.taken_by and asked.state.taken_at:
        notes.append(f"{asked.state.taken_by} is on it, since {clock_seconds(asked.state.taken_at)}")
    if asked.step.danger:
        notes.append("Careful: the runbook marks this step as dangerous")
    blocks += [context(*notes), _do_buttons(asked)]
    return message(escape(f"{_label(asked)} {asked.unit}: {asked.step.title}") + _called(asked), blocks)


def _do_buttons(asked: AskedStep) -> Block:
    reference = asked.reference
    taken = bool(asked.state.taken_by)
    return actions(
        None if taken else button("I'm on it", action_ids.STEP_TAKE, reference),
        button("Done", action_ids.STEP_DONE, reference, style="primary"),
        button("Failed…", action_ids.STEP_FAIL, reference, style="danger"),
        overflow(action_ids.STEP_MORE, [option("Skip…", "skip"), option("Note…", "note")]),
    )


def _failed(asked: AskedStep) -> Block:
    title = f"{asked.unit}: {asked.step.title} failed"
    why = asked.state.detail or asked.state.reason or "It gave no reason."
    reference = asked.reference
    blocks = [
        header(title),
        rich(line(words(f"{_label(asked)}  ", bold=True), *people(asked.asked, "Anyone on this recovery")), line(why)),
        context(f"Blocks: {listed(list(asked.blocks))}", f"Attempt {asked.state.attempt}"),
        actions(
            button("Try again", action_ids.STEP_RETRY, reference, style="primary"),
            button("Skip…", action_ids.STEP_SKIP, reference),
            button("Stop here…", action_ids.STEP_GIVE_UP, reference, style="danger"),
        ),
    ]
    return message(escape(f"{_label(asked)} {title}: {cut(one_line(why), 300)}") + _called(asked), blocks)


def _interrupted(asked: AskedStep) -> Block:
    title = f"{asked.unit}: did {asked.step.title} run?"
    why = asked.state.detail or "It was interrupted, and nobody knows whether it ran to its end."
    reference = asked.reference
    again = confirm(
        "Run it a second time?", "It may have run already. A second run starts from the beginning.", "Run it"
    )
    blocks = [
        header(title),
        rich(line(words(f"{_label(asked)}  ", bold=True), *people(asked.asked, "Anyone on this recovery")), line(why)),
        context(f"Blocks: {listed(list(asked.blocks))}"),
        actions(
            button("Run it again", action_ids.STEP_RETRY, reference, confirm=again),
            button("It was done", action_ids.STEP_DONE, reference),
            button("Skip…", action_ids.STEP_SKIP, reference),
            button("Stop here…", action_ids.STEP_GIVE_UP, reference, style="danger"),
        ),
    ]
    return message(escape(f"{_label(asked)} {title}") + _called(asked), blocks)


_SAID: Mapping[Choice, str] = {
    Choice.DONE: "done",
    Choice.FAIL: "failed",
    Choice.SKIP: "skipped",
    Choice.RETRY: "to be tried again",
    Choice.JUMP: "left for another step",
    Choice.GIVE_UP: "given up",
}


def answered_message(asked: AskedStep) -> Block:
    """The answered question: who, when, how long it took. Without an answer: that it is no longer asked."""
    state = asked.state
    said = f"{asked.unit}  step {asked.step.position} of {asked.steps}: {asked.step.title}: "
    if state.choice and state.answered_at:
        took = f", after {in_words(state.answered_at - state.asked_at)}" if state.asked_at else ""
        why = f" ({state.reason})" if state.reason else ""
        via = f" via {asked.via}" if asked.via else ""
        said += f"{_SAID[state.choice]} by {state.answered_by}{via} at {clock_seconds(state.answered_at)}{took}{why}"
    else:
        said += "no longer asked"
    return message(escape(said), [rich(line(words(f"{_label(asked)}  ", bold=True), said))])


def closed_message(recovery: str, title: str, why: str) -> Block:
    """A question that its recovery no longer asks."""
    said = f"{recovery}  {title}: {why}"
    return message(escape(said), [context(said)])


def _label(asked: AskedStep) -> str:
    return f"{asked.mode.value.upper()} {asked.recovery}"


def _called(asked: AskedStep) -> str:
    return "".join(f" <@{slack_id}>" for slack_id in asked.asked)
