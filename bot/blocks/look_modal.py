"""All steps of a walk in a modal: how each stands, and what each says. Looking changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.blocks import action_ids
from bot.blocks.elements import Block, actions, button, context, divider, header, line, modal, pack, plain, rich, words
from bot.blocks.select import select
from bot.blocks.step_text import whole_body, whole_markdown
from bot.blocks.text import clock_seconds, counted, cut, one_line
from bot.domain.jump import THE_END
from bot.domain.outline import OutlineLine, outline, time_taken
from bot.domain.recovery_state import RecoveryState, StepStatus
from bot.domain.wording import in_words
from bot.runbook.filled import known_values

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


PAGE = 20  # steps shown at once

_MARKS: dict[StepStatus, str] = {
    StepStatus.PENDING: "·",
    StepStatus.RUNNING: "▶",
    StepStatus.WAITING: "▶",
    StepStatus.ANSWERED: "▶",
    StepStatus.PASSED: "✓",
    StepStatus.VERIFIED: "✓",
    StepStatus.DONE: "✓",
    StepStatus.SKIPPED: "↷",
}
_BADLY = "✗"


@dataclass(frozen=True, slots=True)
class Look:
    """What a person looks at: a unit of a recovery, a page of its steps, and one step whole where `step` names it.

    `background`: the section of background that is shown instead, counted from 0; below 0 none.
    `usual` is by unit and step: how long each took the last time. `asked` is the question that stands, from which they
    may finish here: what a button carries; empty where nothing is asked. `jump` is the same, where they may go to the
    step that they look at. `place`: where they clicked.
    """

    state: RecoveryState
    unit: str
    page: int = 0
    step: str = ""
    usual: Mapping[tuple[str, str], timedelta] = field(default_factory=dict)
    asked: Mapping[str, object] = field(default_factory=dict)
    jump: Mapping[str, object] = field(default_factory=dict)
    place: Mapping[str, object] = field(default_factory=dict)
    background: int = -1


def look_modal(look: Look) -> Block:
    """The modal."""
    lines = outline(look.state.units[look.unit])
    pages = max(1, -(-len(lines) // PAGE))
    page = min(max(look.page, 0), pages - 1)
    shown = lines[page * PAGE : (page + 1) * PAGE]
    closed = sum(one.state.closed for one in lines)
    blocks = [
        header(f"{look.state.plan.recovery}  {look.unit}: {closed} of {counted(len(lines), 'step')} closed"),
        *_units(look),
        rich(*_lines(look, shown)),
        _turning(look, shown, page, pages),
        *_background_menu(look),
        *_whole(look, lines),
        *_background(look),
    ]
    carried = {**look.place, "r": look.state.plan.recovery, "u": look.unit, "p": page, "s": look.step}
    return modal("All steps", blocks, callback_id=action_ids.LOOK, private_metadata=pack(carried))


def page_of(lines: Sequence[OutlineLine], step: str = "") -> int:
    """The page on which a step stands; without one, that of the step where the walk stands."""
    wanted = (place for place, one in enumerate(lines) if (one.step.id == step if step else one.current))
    return next(wanted, len(lines) - 1 if not step else 0) // PAGE


def step_line(one: OutlineLine, usual: timedelta | None) -> str:
    """How a step stands, in words: state, when, who, how long."""
    state = one.state
    said = [state.status.value.replace("_", " ")]
    if state.ended_at and state.status is not StepStatus.PENDING:
        taken = time_taken(state)
        said = [f"{said[0]} {clock_seconds(state.ended_at)}", *([in_words(taken)] if taken is not None else [])]
    who = state.answered_by if state.closed else state.taken_by
    if who:
        said.append(f"by {who}" if state.closed else f"{who} is on it")
    if state.assigned_to_name and not state.closed:
        said.append(f"assigned to {state.assigned_to_name}")
    if state.reason and state.status in {StepStatus.SKIPPED, StepStatus.GIVEN_UP, StepStatus.FAILED}:
        said.append(cut(one_line(state.reason), 120))
    if usual is not None and not state.closed:
        said.append(f"took {in_words(usual)} last time")
    return ", ".join(said)


def _units(look: Look) -> list[Block]:
    names = list(look.state.units)
    if len(names) == 1:
        return []
    menu = select(action_ids.LOOK_UNIT, names, [look.unit])
    return [actions(menu, block_id=f"{action_ids.LOOK_UNIT}:{cut(look.unit, 200)}")]


def _lines(look: Look, shown: Sequence[OutlineLine]) -> Iterator[Block]:
    """Each step by its number and title, under the headings of its author."""
    above = ""
    for one in shown:
        where = one_line(" > ".join((*one.step.within, *one.step.section)))
        if where and where != above:
            yield line(words(cut(where, 150), italic=True))
        above = where
        mark = _MARKS.get(one.state.status, _BADLY)
        name = words(f"{mark} {cut(_named(one), 150)}", bold=one.current)
        yield line(name, f"  ({step_line(one, look.usual.get((look.unit, one.step.id)))})")


def _turning(look: Look, shown: Sequence[OutlineLine], page: int, pages: int) -> Block:
    carried = {"r": look.state.plan.recovery, "u": look.unit}
    # A step's id may be longer than Slack takes: its place among all steps stands for it.
    labels = {str(page * PAGE + place): _named(one) for place, one in enumerate(shown)}
    chosen = [str(page * PAGE + place) for place, one in enumerate(shown) if one.step.id == look.step]
    menu = select(action_ids.LOOK_STEP, list(labels), chosen, labels=labels)
    menu["placeholder"] = plain("Read a step", 150)
    back = button("Steps before", action_ids.LOOK_BACK, {**carried, "p": page - 1}) if page else None
    ahead = button("Steps after", action_ids.LOOK_AHEAD, {**carried, "p": page + 1}) if page + 1 < pages else None
    carried_end = {**look.asked, "to": THE_END.id}
    finish = button("Finish here…", action_ids.LOOK_FINISH, carried_end) if look.asked else None
    # A menu keeps its choice as long as its block is the same one.
    return actions(
        menu, back, ahead, finish, block_id=":".join([action_ids.LOOK, str(page), *chosen, cut(look.unit, 100)])
    )


def _sections(look: Look) -> tuple[tuple[str, str], ...]:
    return look.state.units[look.unit].unit.background


def _background_menu(look: Look) -> list[Block]:
    # Two sections may have one title: their places stand for them.
    labels = {str(place): title for place, (title, _) in enumerate(_sections(look))}
    if not labels:
        return []
    chosen = [place for place in labels if place == str(look.background)]
    menu = select(action_ids.LOOK_BACKGROUND, list(labels), chosen, labels=labels)
    menu["placeholder"] = plain("Background", 150)
    block_id = ":".join([action_ids.LOOK_BACKGROUND, *chosen, cut(look.unit, 100)])
    return [actions(menu, block_id=block_id)]


def _background(look: Look) -> list[Block]:
    if not 0 <= look.background < len(_sections(look)):
        return []
    title, text = _sections(look)[look.background]
    return [divider(), context(f"Background: {cut(one_line(title), 150)}"), *whole_markdown(text)]


def _named(one: OutlineLine) -> str:
    """A step in a menu: its number and its title come first, for an entry holds little."""
    nth, of = one.step.command_place
    number = f"{one.step.place} ({nth} of {of})" if of > 1 else str(one.step.place)
    return f"{number}. {one_line(one.step.title)}"


def _whole(look: Look, lines: Sequence[OutlineLine]) -> list[Block]:
    one = next((one for one in lines if one.step.id == look.step), None)
    if one is None:
        return []
    usual = look.usual.get((look.unit, one.step.id))
    values = known_values(look.state.plan, look.state.units[look.unit])
    blocks = [divider(), header(f"{one.label}: {one_line(one.step.title)}"), context(step_line(one, usual))]
    blocks += whole_body(one.step, values)
    if look.jump:
        blocks.append(actions(button("Go to this step…", action_ids.LOOK_JUMP, {**look.jump, "to": one.step.id})))
    return blocks
