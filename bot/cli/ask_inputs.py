"""Asks at the keyboard for what the runbooks of a recovery need and nobody has given yet."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.cli.questions import said
from bot.cli.safe_text import one_line
from bot.runbook.inputs import fault_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.cli.keyboard import Keyboard
    from bot.cli.screen import Screen
    from bot.domain.runbook import Input
    from bot.operations.gather_inputs import Asked
    from bot.operations.preview_restore import RestoreRequest


async def ask_inputs(
    screen: Screen, keyboard: Keyboard, request: RestoreRequest, missing: Sequence[Asked]
) -> RestoreRequest:
    """The request with what the person types. One that they leave empty stays missing."""
    given = dict(request.inputs)
    for asked in missing:
        value = await _value(screen, keyboard, asked.wanted)
        if not value:
            break
        given[asked.wanted.name] = value
    return replace(request, inputs=tuple(given.items()))


async def _value(screen: Screen, keyboard: Keyboard, wanted: Input) -> str:
    choices = f" [{', '.join(wanted.choices)}]" if wanted.choices else ""
    prompt = one_line(f"{wanted.name}: {wanted.ask or 'which value?'}{choices}") + " "
    while value := await said(keyboard, prompt):
        fault = fault_in(wanted, value)
        if not fault:
            break
        screen.say(one_line(fault))
    return value
