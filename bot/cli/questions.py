"""Questions that a person answers at the keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from bot.cli.markdown_terminal import markdown_terminal
from bot.cli.safe_text import one_line, safe
from bot.domain.frozen_plan import Mode
from bot.domain.recovery_state import Choice, Question
from bot.domain.runbook import StepKind
from bot.operations.answer_step import NEEDS_REASON

if TYPE_CHECKING:
    from bot.cli.keyboard import Keyboard
    from bot.cli.screen import Screen
    from bot.cli.waiting import Waiting

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
_ASKS = {
    Question.DO: "Do this, and say so.",
    Question.FAILED: "It failed. Again, skip it, or stop this system here?",
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


def show_question(screen: Screen, waiting: Waiting) -> None:
    """The step, what is asked, and the keys."""
    planned = waiting.planned
    head = f"{waiting.mode.upper()} {waiting.recovery}  {waiting.unit}  step {planned.position} of {waiting.steps}"
    screen.say("")
    screen.say(Text.assemble((head, "bold cyan"), f"   {one_line(planned.by)}" if planned.by else ""))
    if waiting.mode is Mode.DRILL and planned.simulated:
        screen.say(Text("DRILL, DO NOT TOUCH LIVE: say what you would do.", style="bold yellow"))
    # Of a list the step's own line is its title: once is enough.
    if planned.title not in one_line(planned.text.lstrip().partition("\n")[0]):
        screen.say(Text(one_line(f"{planned.number} {planned.title}"), style="bold"))
    for text in (planned.context, planned.text):
        if text.strip():
            screen.say(markdown_terminal(text))
    if waiting.step.detail:
        screen.say(Text(safe(waiting.step.detail), style="bold red"))
    screen.say(_ASKS[waiting.question])


def keys_line(waiting: Waiting) -> str:
    """The keys that answer it."""
    words = [_WORDS[choice] for choice in waiting.choices]
    if waiting.question is Question.DO and not waiting.step.taken_by:
        words.append("[t] I'm on it")
    return f"{'  '.join([*words, '[n]ote', '[q]uit'])} > "


def skip_holds(waiting: Waiting, choice: Choice) -> bool:
    """Whether skipping it holds back what depends on its system, unless a person says otherwise."""
    return choice is Choice.SKIP and waiting.planned.kind is StepKind.CHECK


def needs_reason(choice: Choice) -> bool:
    """Whether a choice is kept with a reason."""
    return choice in NEEDS_REASON
