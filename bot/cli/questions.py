"""Questions that a person answers at the keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from bot.cli.markdown_terminal import markdown_terminal
from bot.cli.safe_text import one_line, safe
from bot.cli.times import length
from bot.domain.frozen_plan import Mode
from bot.domain.recovery_state import Choice, Question
from bot.domain.runbook import StepKind
from bot.operations.answer_step import NEEDS_REASON
from bot.runbook.filled import said_text, says_title

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta

    from bot.cli.keyboard import Keyboard
    from bot.cli.screen import Screen
    from bot.cli.waiting import Waiting
    from bot.domain.frozen_plan import PlannedStep

KEYS: dict[str, Choice] = {
    "d": Choice.DONE,
    "f": Choice.FAIL,
    "s": Choice.SKIP,
    "r": Choice.RETRY,
    "g": Choice.GIVE_UP,
}
_WORDS = {
    Choice.DONE: "[d]one",
    Choice.FAIL: "[f]ailed",
    Choice.SKIP: "[s]kip",
    Choice.RETRY: "[r]un it again",
    Choice.GIVE_UP: "[g]ive up",
}
_WORDS_OF: dict[StepKind, dict[Choice, str]] = {
    StepKind.INFO: {Choice.DONE: "[d] continue"},
    StepKind.WAIT: {Choice.DONE: "[d] go on"},
    StepKind.APPROVAL: {Choice.DONE: "[d] approve", Choice.FAIL: "[f] refuse"},
}
_ASKS_OF = {
    StepKind.INFO: "Read this, then go on.",
    StepKind.WAIT: "Wait, then go on.",
    StepKind.APPROVAL: "May it go on?",
}
_ASKS = {
    Question.DO: "Do this, and say so.",
    Question.FAILED: "It failed. Again, skip it, or stop here?",
    Question.INTERRUPTED: "Nobody knows whether it ran to its end. Look, then say: again, it was done, skip, or stop?",
}


async def agrees(keyboard: Keyboard, question: str) -> bool:
    """Whether the person says yes. Anything else is no."""
    return (await said(keyboard, f"{question} [y/N] ")).lower() in {"y", "yes"}


async def said(keyboard: Keyboard, prompt: str) -> str:
    """What the person types, trimmed; empty when their input has ended."""
    try:
        return (await keyboard.line(prompt)).strip()
    except EOFError:
        return ""


def show_question(screen: Screen, waiting: Waiting, usual: timedelta | None = None) -> None:
    """The step and what is asked. `usual`: how long the same step took the last time."""
    planned = waiting.planned
    head = f"{waiting.mode.upper()} {waiting.recovery}  {one_line(waiting.unit)}  {one_line(waiting.where)}"
    who = waiting.step.assigned_to_name or planned.by
    screen.say("")
    screen.say(Text.assemble((head, "bold cyan"), f"   {one_line(who)}" if who else ""))
    if waiting.mode is Mode.DRILL and planned.simulated:
        screen.say(Text("DRILL, DO NOT TOUCH LIVE: say what you would do.", style="bold yellow"))
    show_step(screen, planned, waiting.values)
    if notes := _notes(waiting, usual):
        screen.say(Text(one_line(". ".join(notes)) + ".", style="dim"))
    if waiting.step.detail:
        screen.say(Text(safe(waiting.step.detail), style="bold red"))
    for number, way in enumerate(waiting.ways, 1):
        screen.say(f"  [{number}] {one_line(way.label)}  ({one_line(way.reason)})")
    screen.say(_asks(waiting))


def _asks(waiting: Waiting) -> str:
    """What a person is to do with the step."""
    if waiting.question is not Question.DO:
        return _ASKS[waiting.question]
    if waiting.mode is Mode.DRILL and waiting.planned.simulated:
        return "Say what you would do, then go on."
    return _ASKS_OF.get(waiting.planned.kind, _ASKS[Question.DO])


def show_step(screen: Screen, planned: PlannedStep, values: Mapping[str, str]) -> None:
    """What a step says, with the values that are known in its commands and inline code."""
    if not says_title(planned):  # once is enough
        screen.say(Text(one_line(f"{planned.number} {planned.title}"), style="bold"))
    if said := said_text(planned, values):
        screen.say(markdown_terminal(said))


def _notes(waiting: Waiting, usual: timedelta | None) -> list[str]:
    planned, step = waiting.planned, waiting.step
    notes = []
    if usual is not None:
        notes.append(f"Took {length(usual)} last time")
    if planned.expected:
        notes.append(f"Should take {length(planned.expected)}")
    if step.taken_by:
        notes.append(f"{step.taken_by} is on it")
    if planned.skip:
        notes.append(f"May be skipped: {planned.skip}")
    if planned.danger:
        notes.append("Careful: the runbook marks this step as dangerous")
    return notes


def keys_line(waiting: Waiting) -> str:
    """The keys that answer it, and the one that tells of the others."""
    of_kind = _WORDS_OF.get(waiting.planned.kind, {}) if waiting.question is Question.DO else {}
    words = [of_kind.get(choice, _WORDS[choice]) for choice in waiting.choices]
    if waiting.question is Question.DO:
        words.append("[o] take over" if waiting.step.taken_by else "[t] I'm on it")
    return f"{'  '.join([*words, '[l]ook', '[n]ote', '[m]ore', '[q]uit'])} > "


def key_of(typed: str, waiting: Waiting) -> str:
    """The key that is meant: a letter, or the whole word that the line of keys shows for it. Other words are no key."""
    said = typed.strip().lower()
    words = {}
    for shown in keys_line(waiting).removesuffix(" > ").split("  "):
        key, word = shown[1], shown[3:]  # "[d]one" or "[t] I'm on it"
        words[word.strip().lower() if word.startswith(" ") else key + word] = key
    return said if len(said) <= 1 else words.get(said, said)


def skip_holds(waiting: Waiting, choice: Choice) -> bool:
    """Whether skipping it holds back what depends on its system, unless a person says otherwise."""
    return choice is Choice.SKIP and waiting.planned.kind is StepKind.CHECK


def needs_reason(choice: Choice) -> bool:
    """Whether a choice is kept with a reason."""
    return choice in NEEDS_REASON
