"""What the terminal prints: sentences and tables for people, JSON for programs, errors in one sentence."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.cli.safe_text import one_line, safe
from bot.domain.errors import BringbackError, RunbookError, SettingsError
from bot.domain.freshness import FreshnessState
from bot.domain.proof import ProofState
from bot.domain.recovery_state import Outcome, RecoveryStatus, StepStatus, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import RenderableType

_PIPE_WIDTH = 160
"""How wide a table is where there is no terminal to ask."""

STYLES: dict[str, str] = {
    FreshnessState.FRESH: "green",
    FreshnessState.LATE: "yellow",
    FreshnessState.STALE: "bold red",
    FreshnessState.UNKNOWN: "bold magenta",
    ProofState.PROVEN: "green",
    ProofState.AGED: "yellow",
    ProofState.DRIFTED: "yellow",
    ProofState.PARTIAL: "yellow",
    ProofState.FAILED: "bold red",
    ProofState.GUESS: "bold magenta",
    Verdict.VERIFIED: "green",
    Verdict.UNVERIFIED: "bold magenta",
    Verdict.ABORTED: "red",
    Outcome.RECOVERED: "bold green",
    Outcome.FINISHED: "bold green",
    StepStatus.WAITING: "bold cyan",
    StepStatus.RUNNING: "cyan",
    RecoveryStatus.WAITING_FOR_APPROVAL: "bold cyan",
}
"""The colour of each word of state. What is not known is never green; a word that is missing here has no colour."""


class Screen:
    """Prints for one reader. Nothing that is printed is read as markup."""

    def __init__(self) -> None:
        self.out = _console(stderr=False)
        self.err = _console(stderr=True)

    @property
    def dialogue(self) -> Screen:
        """Where questions are asked: the error stream when what is shown goes into a pipe."""
        asked = Screen()
        asked.out = self.out if self.out.is_terminal else self.err
        return asked

    def say(self, *parts: RenderableType) -> None:
        """One line, or one thing that rich can show. In a pipe a line of text stays one line."""
        whole = not self.out.is_terminal and all(isinstance(part, str | Text) for part in parts)
        shown = (safe(part) if isinstance(part, str) else part for part in parts)
        # Text is wrapped by itself; what is not, is code, of which nothing may be cut.
        self.out.print(*shown, soft_wrap=whole, crop=False)
        # A pipe would keep what is said until the end, and somebody may be waiting for it.
        self.out.file.flush()

    def json(self, value: Any) -> None:
        """A JSON value, indented, and nothing else."""
        sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False) + "\n")

    def table(self, heads: Sequence[str], rows: Iterable[Sequence[str | Text]]) -> None:
        """A table; a long cell goes on below."""
        self.say(make_table(heads, rows))

    def error(self, error: BringbackError) -> None:
        """What happened and what helps, on the error stream."""
        for line in error_lines(error):
            self.err.print(safe(line), soft_wrap=not self.err.is_terminal)


def make_table(heads: Sequence[str], rows: Iterable[Sequence[str | Text]]) -> Table:
    """A table without lines at its sides."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    for head in heads:
        table.add_column(head, overflow="fold")
    for row in rows:
        table.add_row(*(word(cell) if isinstance(cell, str) else cell for cell in row))
    return table


def word(text: str) -> Text:
    """A text in the colour of its state, if it is a word of state."""
    return Text(one_line(text), style=STYLES.get(text.lower().replace(" ", "_"), ""))


def error_lines(error: BringbackError) -> list[str]:
    """The lines of an error: one, or one for each fault."""
    if isinstance(error, SettingsError):
        return ["bringback: the settings have faults:", *(f"  {fault}" for fault in error.faults)]
    if isinstance(error, RunbookError):
        return ["bringback: the runbooks have faults:", *(f"  {fault}" for fault in error.faults)]
    return [f"bringback: {error}"]


def _console(*, stderr: bool) -> Console:
    console = Console(stderr=stderr, markup=False, emoji=False, highlight=False, soft_wrap=False)
    if not console.is_terminal:
        console.width = _PIPE_WIDTH
    return console
