"""Slack goes away in the middle of the story: the restore goes on, a responder answers in the terminal instead, and
when Slack is back its messages say what happened meanwhile.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.demo.clock import utc_now
from bot.demo.story_people import CHANNEL, first_line, progress_of, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.demo.bot_terminal import Terminal
    from bot.demo.story_people import Cast

CATCH_UP_SECONDS = 90.0
POLL_SECONDS = 0.5
_SIGN = "via terminal"


@dataclass(slots=True)
class Outage:
    """What became of it, as `--json` tells it."""

    seconds: float
    began_at: str = ""
    chat_said: str = ""
    answered_at_the_terminal: list[str] = field(default_factory=list)
    ended_meanwhile: bool = False
    told_after_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """A step that was answered at the terminal."""

    unit: str
    step: str
    title: str


class SlackOutage:
    """Plays the outage, beside the recovery that goes on."""

    def __init__(self, cast: Cast, terminal: Terminal, seconds: float, say: Callable[[str, str], None]) -> None:
        self._cast = cast
        self._terminal = terminal
        self._say = say
        self._answered: list[Answered] = []
        self.happened = Outage(seconds)

    async def live_through(self, recovery: str) -> Outage:
        """Take Slack down, work on without it until it is back, and see its messages catch up."""
        loop = asyncio.get_running_loop()
        self.happened.began_at = utc_now().isoformat()
        until = loop.time() + self.happened.seconds
        await self._cast.responder.set_fault(kind="down", lasts=self.happened.seconds)
        self._say("SLACK", f"is down, for {self.happened.seconds:g} s")
        await self._ask_in_the_chat(recovery)
        while loop.time() < until:
            await self._answer_what_waits(recovery)
            await asyncio.sleep(min(POLL_SECONDS, max(0.0, until - loop.time())))
        self._say("SLACK", "is back")
        await self._wait_until_told(recovery)
        return self.happened

    async def _ask_in_the_chat(self, recovery: str) -> None:
        """The first thing that people try. The workspace itself says that nobody is there."""
        await self._cast.responder.command(CHANNEL, f"/recovery status {recovery}")
        said = await self._cast.responder.wait_message(CHANNEL, "failed because")
        self.happened.chat_said = text_of(said)
        self._say("CHAT", self.happened.chat_said)

    async def _answer_what_waits(self, recovery: str) -> None:
        state = await self._terminal.read("status", recovery, "--json")
        self.happened.ended_meanwhile = state["ended_at"] is not None
        for waiting in _waiting(state):
            if await self._terminal.do("answer", recovery, waiting.unit, waiting.step, "done"):
                self._answered.append(waiting)
                self.happened.answered_at_the_terminal.append(f"{waiting.unit}/{waiting.step}")
                self._say("TERMINAL", f"bringback answer {recovery} {waiting.unit} {waiting.step} done")

    async def _wait_until_told(self, recovery: str) -> None:
        """Wait until the thread tells of everything that was answered at the terminal."""
        loop = asyncio.get_running_loop()
        back = loop.time()
        while loop.time() - back < CATCH_UP_SECONDS:
            told = await self._told(recovery)
            if all(any(each.title in line for line in told) for each in self._answered):
                self.happened.told_after_seconds = round(loop.time() - back, 1)
                for line in told:
                    self._say("TOLD", line)
                return
            await asyncio.sleep(POLL_SECONDS)

    async def _told(self, recovery: str) -> list[str]:
        progress = await progress_of(self._cast, recovery)
        thread = await self._cast.responder.thread(progress) if progress else []
        return [first_line(reply) for reply in thread if _SIGN in text_of(reply)]


def _waiting(state: dict[str, Any]) -> Iterator[Answered]:
    for unit in state["systems"]:
        for step in unit["steps"]:
            if (step["status"], step["question"]) == ("waiting", "do") and not unit["ended_at"]:
                yield Answered(unit["system"], step["step"], step["title"])
