"""All steps of a walk in the terminal: how each stands, and what each says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from bot.cli.markdown_terminal import markdown_terminal
from bot.cli.questions import show_step
from bot.cli.safe_text import one_line
from bot.cli.screen import STYLES
from bot.cli.times import length
from bot.domain.outline import OutlineLine, outline, time_taken
from bot.runbook.filled import known_values

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import timedelta

    from bot.cli.screen import Screen
    from bot.cli.times import Times
    from bot.domain.recovery_state import RecoveryState, UnitState

_HERE = ">"


def outline_lines(unit: UnitState, times: Times, usual: Mapping[tuple[str, str], timedelta]) -> Iterator[Text]:
    """One line a step, numbered from 1: where the walk stands, its place, its state, when, who, how long."""
    for number, one in enumerate(outline(unit), 1):
        took = usual.get((unit.unit.name, one.step.id))
        mark = _HERE if one.current else " "
        name = one_line(f"{one.label}: {one.step.title}")
        yield Text.assemble(
            (f"{mark} {number:>3}  ", "dim"),
            (name, "bold" if one.current else ""),
            "  ",
            (one.state.status.value.replace("_", " "), STYLES.get(one.state.status, "dim")),
            (one_line(_rest(one, times, took)), "dim"),
        )


def background_lines(unit: UnitState) -> Iterator[Text]:
    """One line a section of background, numbered behind the steps."""
    for number, (title, _) in enumerate(unit.unit.background, len(unit.unit.steps) + 1):
        yield Text.assemble((f"  {number:>3}  ", "dim"), ("Background: ", "dim"), one_line(title))


def show_section(screen: Screen, section: tuple[str, str]) -> None:
    """A section of background, whole."""
    title, text = section
    screen.say(Text(one_line(f"Background: {title}"), style="dim"))
    screen.say(markdown_terminal(text))


def _rest(one: OutlineLine, times: Times, took: timedelta | None) -> str:
    state = one.state
    said = []
    if state.ended_at:
        said.append(times.clock(state.ended_at))
        taken = time_taken(state)
        said += [length(taken)] if taken is not None else []
    if state.closed and state.answered_by:
        said.append(f"by {state.answered_by}")
    if not state.closed and state.taken_by:
        said.append(f"{state.taken_by} is on it")
    if not state.closed and state.assigned_to_name:
        said.append(f"assigned to {state.assigned_to_name}")
    if not state.closed and took is not None:
        said.append(f"took {length(took)} last time")
    if state.reason:
        said.append(state.reason)
    return "".join(f", {text}" for text in said)


def show_steps(screen: Screen, state: RecoveryState, times: Times, usual: Mapping[tuple[str, str], timedelta]) -> None:
    """Every step of every unit, each with all that it says."""
    for name, unit in state.units.items():
        screen.say(Text(one_line(f"{name}: {unit.unit.title}"), style="bold underline"))
        values = known_values(state.plan, unit)
        for line, step in zip(outline_lines(unit, times, usual), unit.unit.steps, strict=True):
            screen.say("")
            screen.say(line)
            show_step(screen, step, values)
