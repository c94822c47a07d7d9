"""Asks at the keyboard which part of a runbook is walked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.cli.questions import said
from bot.cli.safe_text import counted, one_line

if TYPE_CHECKING:
    from bot.cli.keyboard import Keyboard
    from bot.cli.screen import Screen
    from bot.operations.preview_restore import Preview


async def ask_part(screen: Screen, keyboard: Keyboard, preview: Preview) -> tuple[str, ...]:
    """The titles of the part that the person chooses. Without a choice those that are taken anyway.

    Hidden parts are not offered: `--part TITLE` names them.
    """
    offered = sorted((part for part in preview.parts if not part.hidden), key=lambda part: not part.default)
    if not offered:
        return preview.chosen
    screen.say("Which part?")
    for number, part in enumerate(offered, 1):
        screen.say(f"{number:>3}  {one_line(part.title)} ({counted(len(part.steps), 'step')})")
    everything = len(offered) + 1
    screen.say(f"{everything:>3}  All of it")
    usual = 1 if offered[0].default else everything
    while typed := await said(keyboard, f"Number [{usual}] "):
        if typed == str(everything):
            return tuple(part.title for part in offered)
        if typed.isascii() and typed.isdigit() and 0 < int(typed) < everything:
            return (offered[int(typed) - 1].title,)
        screen.say(f"That is no number from 1 to {everything}.")
    return preview.chosen
