"""When there is somebody at the keyboard, and where they are asked."""

from __future__ import annotations

from io import StringIO

import pytest

from bot.cli.keyboard import terminal_keyboard


class Stream(StringIO):
    """A terminal, or a pipe."""

    def __init__(self, *, terminal: bool) -> None:
        super().__init__()
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


@pytest.mark.parametrize(
    ("stdin", "stdout", "stderr", "asked"),
    [
        (True, True, True, True),
        (True, False, True, True),
        (True, False, False, False),
        (False, True, True, False),
    ],
)
def test_whoever_types_into_a_terminal_is_asked_where_they_see_it(
    *, stdin: bool, stdout: bool, stderr: bool, asked: bool
) -> None:
    streams = [Stream(terminal=one) for one in (stdin, stdout, stderr)]
    assert (terminal_keyboard(*streams) is not None) == asked
