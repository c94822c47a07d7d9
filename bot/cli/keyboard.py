"""The keyboard: lines that a person types, and Ctrl-C, both of which can be waited for and given up."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_BYTES = 4096  # a terminal's longest line


class Keyboard(Protocol):
    """Somebody who can be asked."""

    async def line(self, prompt: str) -> str:
        """The next line, without its end. Cancelling gives the question up. Raises EOFError when they have left."""
        ...

    @contextmanager
    def interrupts(self) -> Iterator[asyncio.Event]:
        """Within it, Ctrl-C sets the event instead of ending the process."""
        ...


def terminal_keyboard(stdin: TextIO, *prompts: TextIO) -> TerminalKeyboard | None:
    """The keyboard, if a terminal is typed into. It prompts on the first stream that a person sees."""
    seen = next((stream for stream in prompts if stream.isatty()), None)
    return TerminalKeyboard(seen) if seen and stdin.isatty() else None


class TerminalKeyboard:
    """The terminal's own."""

    def __init__(self, prompts: TextIO) -> None:
        self._prompts = prompts

    async def line(self, prompt: str) -> str:
        """The next line."""
        self._prompts.write(prompt)
        self._prompts.flush()
        loop = asyncio.get_running_loop()
        readable = asyncio.Event()
        # A thread in input() could be neither cancelled nor left behind at the end.
        loop.add_reader(sys.stdin.fileno(), readable.set)
        try:
            await readable.wait()
        finally:
            loop.remove_reader(sys.stdin.fileno())
        data = os.read(sys.stdin.fileno(), _MOST_BYTES)
        if not data:
            raise EOFError
        return data.decode(errors="replace").rstrip("\r\n")

    @contextmanager
    def interrupts(self) -> Iterator[asyncio.Event]:
        """Within it, Ctrl-C sets the event."""
        loop = asyncio.get_running_loop()
        pressed = asyncio.Event()
        loop.add_signal_handler(signal.SIGINT, pressed.set)
        try:
            yield pressed
        finally:
            loop.remove_signal_handler(signal.SIGINT)
