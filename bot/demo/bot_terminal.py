"""The bot as people at a terminal have it: `bringback` in the settings of this estate."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from bot.demo.bot_settings import bot_environment
from bot.demo.environment import inherited, project_folder
from bot.demo.errors import DemoError
from bot.demo.processes import run

if TYPE_CHECKING:
    from bot.demo.layout import Layout

_SECONDS = 60.0


class Terminal:
    """Riley's terminal."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    async def read(self, *words: str) -> Any:
        """What `bringback WORDS` answers, as JSON. Raises DemoError when it answers with something else."""
        code, said = await self._run(words)
        try:
            return json.loads(said[min(said.find("{") % len(said), said.find("[") % len(said)) :])
        except (ValueError, ZeroDivisionError):
            raise DemoError(f"bringback {' '.join(words)} ended with {code} and said: {said.strip()}") from None

    async def do(self, *words: str) -> bool:
        """Whether `bringback WORDS` did what it was told to."""
        code, _ = await self._run(words)
        return code == 0

    async def _run(self, words: tuple[str, ...]) -> tuple[int, str]:
        environment = inherited() | bot_environment(self._layout)
        command = (sys.executable, "-m", "bot", *words)
        return await run(command, environment=environment, folder=project_folder(), seconds=_SECONDS)
