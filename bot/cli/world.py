"""What a command line runs in: environment, clock, reader, keyboard, the way to the bot. Tests hand in their own."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import tzinfo
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from bot.cli.access import Access, open_verbs
from bot.cli.keyboard import Keyboard, terminal_keyboard
from bot.cli.logs import configure_logs
from bot.cli.screen import Screen
from bot.cli.times import Times
from bot.domain.clock import Clock, SystemClock
from bot.settings import Settings, read_settings
from bot.web.control_socket import login_of_uid
from bot.web.control_verbs import Verbs

if TYPE_CHECKING:
    from collections.abc import Awaitable

    import typer

T = TypeVar("T")


def become(module: str, arguments: Sequence[str]) -> None:
    """Go on as another program of this project: the process is replaced, so signals reach it."""
    os.execv(sys.executable, [sys.executable, "-m", module, *arguments])  # noqa: S606 - our own interpreter, no shell


@dataclass(frozen=True)
class World:
    """`environment` None: this process's own. `zone` None: this machine's. `keyboard` None: there is nobody to ask."""

    environment: Mapping[str, str] | None = None
    clock: Clock = field(default_factory=SystemClock)
    zone: tzinfo | None = None
    login: str = ""
    keyboard: Keyboard | None = None
    open_verbs: Callable[[Settings, Access, str], AbstractAsyncContextManager[Verbs]] = open_verbs
    configure_logs: Callable[[str, Callable[[], Sequence[str]]], None] = configure_logs
    become: Callable[[str, Sequence[str]], None] = become
    poll_seconds: float = 0.3
    patience_seconds: float = 60.0  # how long a bot that went away is waited for


def real_world() -> World:
    """This process's world."""
    # What is shown may go through a pipe into a file: a person who types is asked all the same.
    keyboard = terminal_keyboard(sys.stdin, sys.stdout, sys.stderr)
    return World(login=login_of_uid(os.getuid()), keyboard=keyboard)


class Session:
    """One run of the command line."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.screen = Screen()

    @cached_property
    def settings(self) -> Settings:
        """The settings. Raises SettingsError at the first use, not before: help needs none."""
        return read_settings(self.world.environment)

    @property
    def times(self) -> Times:
        """Shows times as of now."""
        return Times(self.world.zone, self.world.clock.now())

    def ask(self, work: Callable[[Verbs], Awaitable[T]], access: Access = Access.READ) -> T:
        """What `work` gives with the verbs of the bot."""
        return asyncio.run(self._ask(work, access))

    def act(self, recovery: str, work: Callable[[Verbs], Awaitable[str]]) -> None:
        """Do `work`, which changes a recovery, and say what it gives: that it is done."""

        async def do(verbs: Verbs) -> tuple[str, bool]:
            return await work(verbs), verbs.holds

        done, holds = self.ask(do, Access.WRITE)
        self.screen.say(done)
        if holds:
            self.screen.say(f"No bot runs here: `bringback serve`, or `bringback follow {recovery}`, carries it on.")

    def _configure_logs(self) -> None:
        level = self.settings.log_level
        # A person at a terminal is told by the subcommand itself; `serve` and `work` log all that LOG_LEVEL says.
        self.world.configure_logs("WARNING" if level == "INFO" else level, lambda: self.settings.secrets)

    async def _ask(self, work: Callable[[Verbs], Awaitable[T]], access: Access) -> T:
        if access is not Access.READ:  # what only reads logs nothing, and need not learn how
            self._configure_logs()
        async with self.world.open_verbs(self.settings, access, self.world.login) as verbs:
            return await work(verbs)


def session_of(context: typer.Context) -> Session:
    """The session that the command line was started with."""
    session = context.find_root().obj
    assert isinstance(session, Session)
    return session
