"""A command line whose bot is played: verbs that answer from a table, and a keyboard that types ahead."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from typer.testing import CliRunner, Result

from bot.cli.access import Access
from bot.cli.command_line import build, needed
from bot.cli.world import World
from bot.domain.errors import BringbackError
from bot.domain.events import Actor, Source

if TYPE_CHECKING:
    from bot.settings import Settings

NOW = datetime(2026, 11, 22, 2, 20, tzinfo=UTC)
ADA = Actor("U1", "Ada", Source.TERMINAL)


class FixedClock:
    """Always the same time."""

    def now(self) -> datetime:
        return NOW


@dataclass
class FakeVerbs:
    """Answers by the operation's name with a value, an error, or what a function of the arguments gives."""

    answers: Mapping[str, Any] = field(default_factory=dict)
    holds: bool = False
    actor: Actor | BringbackError = ADA
    calls: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = field(default_factory=list)
    accesses: list[Access] = field(default_factory=list)

    async def __call__(self, operation: Callable[..., Awaitable[Any]], *args: Any, **kwargs: Any) -> Any:
        name = operation.__name__
        self.calls.append((name, args, kwargs))
        answer = self.answers[name]
        if isinstance(answer, BringbackError):
            raise answer
        return answer(*args, **kwargs) if callable(answer) else answer

    async def whoami(self) -> Actor:
        if isinstance(self.actor, BringbackError):
            raise self.actor
        return self.actor

    @asynccontextmanager
    async def open(self, _settings: Settings, access: Access, _login: str) -> AsyncIterator[FakeVerbs]:
        self.accesses.append(access)
        yield self

    def called(self, name: str) -> list[tuple[Any, ...]]:
        """The positional arguments of each call of that operation."""
        return [args for called, args, _ in self.calls if called == name]


class FakeKeyboard:
    """Types one line after another; then, nothing more, or the end of its input."""

    def __init__(self, lines: Sequence[str], *, leaves: bool = True) -> None:
        self._lines = list(lines)
        self._leaves = leaves
        self.prompts: list[str] = []
        self.pressed = asyncio.Event()

    async def line(self, prompt: str) -> str:
        self.prompts.append(prompt)
        await asyncio.sleep(0)
        if not self._lines:
            if self._leaves:
                raise EOFError
            await asyncio.Event().wait()
        line = self._lines.pop(0)
        if line == "^C":
            self.pressed.set()
            await asyncio.Event().wait()
        return line

    @contextmanager
    def interrupts(self) -> Iterator[asyncio.Event]:
        yield self.pressed


def world(verbs: FakeVerbs | None = None, *, environment: Mapping[str, str] | None = None, **more: Any) -> World:
    """A world at a fixed time, in Berlin, with nobody at the keyboard unless `more` says so."""
    base = World(
        environment={} if environment is None else environment,
        clock=FixedClock(),
        zone=ZoneInfo("Europe/Berlin"),
        login="ada",
        open_verbs=(verbs or FakeVerbs()).open,
        configure_logs=lambda _level, _secrets: None,
        poll_seconds=0.001,
        patience_seconds=20,
    )
    return replace(base, **more)


def bringback(place: World, *words: str) -> Result:
    """Run one command line."""
    return CliRunner().invoke(build(place, needed(words)), list(words), prog_name="bringback")
