"""The table at the foot of a terminal that follows a recovery. Where there is no terminal it stays out of the way."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

from rich.console import Group
from rich.live import Live
from rich.text import Text

from bot.cli.progress_view import headline, progress_table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from bot.cli.world import Session
    from bot.domain.recovery_state import RecoveryState


class LiveView:
    """Redraws in place, and gives the terminal back while a question is asked. A context manager."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._live: Live | None = None

    def __enter__(self) -> Self:
        if self._session.screen.out.is_terminal:
            self._live = Live(console=self._session.screen.out, auto_refresh=False, transient=True)
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live:
            self._live.stop()
            self._live = None

    def show(self, state: RecoveryState) -> None:
        """Draw the state as it is now."""
        if self._live:
            times = self._session.times
            head = Text(f"{headline(state, times.now)}   (as of {times.at(times.now)})", style="bold")
            self._live.update(Group("", head, progress_table(state, times)), refresh=True)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Within it the terminal is free for a question."""
        self.__exit__(None, None, None)
        try:
            yield
        finally:
            self.__enter__()
