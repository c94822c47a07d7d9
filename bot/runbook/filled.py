"""A step as people are shown it: its markdown, with the values of its placeholders in its commands and inline code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.runbook.code_spans import with_code
from bot.runbook.inputs import shown
from bot.runbook.languages import POSIX_SHELLS
from bot.runbook.titles import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bot.domain.frozen_plan import FrozenPlan, PlannedStep
    from bot.domain.recovery_state import UnitState
    from bot.domain.runbook import Command

_INDENT = " \t>"
"""What may stand before a line of code: the indentation of a list, the marks of a quote."""


def known_values(plan: FrozenPlan, unit: UnitState) -> dict[str, str]:
    """The values that commands of this unit are shown with: inputs, and what earlier commands left. No secret."""
    captured = {name: kept.value for name, kept in unit.captured.items() if not kept.secret}
    secrets = {name for name, _ in unit.unit.secrets}
    return {name: value for name, value in {**dict(plan.inputs), **captured}.items() if name not in secrets}


def said_text(planned: PlannedStep, values: Mapping[str, str]) -> str:
    """What stands before a step and its own markdown, with values. Empty when its title is all that there is."""
    commands = [*planned.shown, *([planned.runs] if planned.runs else [])]
    said = (filled(planned.context, (), values), filled(planned.text, commands, values))
    return "\n\n".join(text for text in said if text.strip())


def says_title(planned: PlannedStep) -> bool:
    """Whether the step's own text begins with its title, as that of a list's item does."""
    first = planned.text.lstrip().partition("\n")[0]
    return planned.title in first or plain(planned.title) in plain(first)


def filled(text: str, commands: Iterable[Command], values: Mapping[str, str]) -> str:
    """Markdown in which these commands, and inline code, have their placeholders replaced by values.

    They are quoted for a shell: what stands in backticks is copied into one as often as a fence is.
    """
    if not values:
        return text
    lines = with_code(text, lambda code: shown(code, values)).split("\n")
    for command in commands:
        before = command.text.removesuffix("\n").split("\n")
        after = shown(command.text, values).removesuffix("\n").split("\n")
        if command.language in POSIX_SHELLS and before != after and len(before) == len(after):
            _put(lines, before, after)
    return "\n".join(lines)


def _put(lines: list[str], before: Sequence[str], after: Sequence[str]) -> None:
    """Replace each place where the lines `before` stand one below the other, indented or not."""
    for start in range(len(lines) - len(before) + 1):
        there = lines[start : start + len(before)]
        if all(_is(line, code) for line, code in zip(there, before, strict=True)):
            for place, (line, code, new) in enumerate(zip(there, before, after, strict=True), start):
                lines[place] = line[: len(line) - len(code)] + new if code else line


def _is(line: str, code: str) -> bool:
    return line.endswith(code) and not line[: len(line) - len(code)].strip(_INDENT)
