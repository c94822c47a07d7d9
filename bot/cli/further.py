"""What else a person may do with a step at the keyboard: look, jump, say when, assign, hand over, attach."""

from __future__ import annotations

import asyncio
import base64
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from bot.cli.outline_view import background_lines, outline_lines, show_section
from bot.cli.questions import show_step
from bot.cli.safe_text import one_line
from bot.cli.times import read_past
from bot.domain.errors import BringbackError
from bot.domain.frozen_plan import PlannedStep
from bot.domain.jump import THE_END, is_ahead, skipped_checks, targets
from bot.domain.outline import label
from bot.domain.recovery_state import Choice
from bot.operations.answer_step import answer_step, take_step
from bot.operations.assign_step import assign_step
from bot.operations.attach_file import MOST_BYTES
from bot.operations.control_recovery import hand_over
from bot.operations.show_recovery import recovery_state
from bot.runbook.filled import known_values
from bot.web.control_table import attach_text

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from datetime import timedelta

    from bot.cli.screen import Screen
    from bot.cli.waiting import Waiting
    from bot.cli.world import Session
    from bot.domain.events import Actor
    from bot.domain.recovery_state import RecoveryState
    from bot.web.control_verbs import Verbs

T = TypeVar("T")

MORE = (
    "[e] it was done earlier   [j] go to another step, or finish here   [l] look at all steps   [a] assign it"
    "   [o] take it over   [h] hand over the whole walk   [n] note   [u] attach a file"
)


class Dialogue(Protocol):
    """One person at the keyboard, who is asked about one step."""

    async def line(self, prompt: str, waiting: Waiting) -> str | None:
        """What the person types; None when the question is over meanwhile, or they want to leave."""
        ...

    async def send(self, waiting: Waiting, call: Awaitable[RecoveryState]) -> bool:
        """Do it, or say why not. Whether it was done."""
        ...


class Further:
    """These keys. Each gives whether the question is over."""

    def __init__(self, session: Session, screen: Screen, verbs: Verbs, actor: Actor, dialogue: Dialogue) -> None:
        self._session = session
        self._screen = screen
        self._verbs = verbs
        self._actor = actor
        self._dialogue = dialogue
        self.keys: Mapping[str, Callable[[Waiting], Awaitable[bool]]] = {
            "e": self._earlier,
            "j": self._jump,
            "l": self._look,
            "a": self._assign,
            "o": self._take_over,
            "h": self._hand_over,
            "u": self._attach,
            "1": self._first_way,
            "2": self._second_way,
            "m": self._tell,
            "?": self._tell,
        }
        self.usual: Mapping[tuple[str, str], timedelta] = {}

    async def _ask(self, prompt: str, waiting: Waiting) -> str:
        return (await self._dialogue.line(prompt, waiting) or "").strip()

    async def _tell(self, _waiting: Waiting) -> bool:
        self._screen.say(MORE)
        return False

    async def _earlier(self, waiting: Waiting) -> bool:
        if Choice.DONE not in waiting.choices:
            self._screen.say("It was not done: it cannot have been done earlier.")
            return False
        typed = await self._ask("When was it done? 15m (ago), 03:02; empty: back  ", waiting)
        if not typed:
            return False
        try:
            done_at = read_past(typed, self._session.world.clock.now(), self._session.world.zone)
        except BringbackError as fault:
            self._screen.say(str(fault))
            return False
        call = self._verbs(answer_step, *waiting.place, Choice.DONE, self._actor, done_at=done_at)
        return await self._dialogue.send(waiting, call)

    async def _jump(self, waiting: Waiting) -> bool:
        unit = (await self._verbs(recovery_state, waiting.recovery)).units[waiting.unit]
        offered = targets(unit, waiting.planned)
        for number, step in enumerate(offered, 1):
            way = "ahead" if is_ahead(unit, waiting.planned, step) else "back"
            self._screen.say(f"{number:>3}  {one_line(f'{label(unit.unit, step)}: {step.title}')}  ({way})")
        self._screen.say(f"{len(offered) + 1:>3}  Finish here: all that is left is skipped")
        target = await self._chosen((*offered, THE_END), "Go to which? number; empty: back  ", waiting)
        if target is None:
            return False
        reason = await self._ask("Why? (it stands in the review; empty: back) ", waiting)
        if not reason:
            return False
        release = False
        if skipped_checks(unit, waiting.planned, target):
            prompt = (
                f"A check lies between: what depends on {waiting.unit} will not start. Start it all the same? [y/N] "
            )
            release = (await self._ask(prompt, waiting)).lower() in {"y", "yes"}
        call = self._verbs(answer_step, *waiting.place, Choice.JUMP, self._actor, reason, release=release, to=target.id)
        return await self._dialogue.send(waiting, call)

    async def _first_way(self, waiting: Waiting) -> bool:
        return await self._way(waiting, 0)

    async def _second_way(self, waiting: Waiting) -> bool:
        return await self._way(waiting, 1)

    async def _way(self, waiting: Waiting, place: int) -> bool:
        """Where the runbook says to go when the step failed."""
        if place >= len(waiting.ways):
            self._screen.say("That is none of the keys. [m] tells of all of them.")
            return False
        way = waiting.ways[place]
        reason = await self._ask(f"Why? (Enter: {one_line(way.reason)}) ", waiting) or way.reason
        call = self._verbs(answer_step, *waiting.place, Choice.JUMP, self._actor, reason, to=way.to.id)
        return await self._dialogue.send(waiting, call)

    async def _look(self, waiting: Waiting) -> bool:
        state = await self._verbs(recovery_state, waiting.recovery)
        unit = state.units[waiting.unit]
        for line in (*outline_lines(unit, self._session.times, self.usual), *background_lines(unit)):
            self._screen.say(line)
        values = known_values(state.plan, unit)
        offered: Sequence[PlannedStep | tuple[str, str]] = (*unit.unit.steps, *unit.unit.background)
        while chosen := await self._chosen(offered, "Read which? number; empty: back  ", waiting):
            if isinstance(chosen, PlannedStep):
                show_step(self._screen, chosen, values)
            else:
                show_section(self._screen, chosen)
        return False

    async def _chosen(self, offered: Sequence[T], prompt: str, waiting: Waiting) -> T | None:
        while typed := await self._ask(prompt, waiting):
            if typed.isascii() and typed.isdigit() and 0 < int(typed) <= len(offered):
                return offered[int(typed) - 1]
            self._screen.say(f"That is no number from 1 to {len(offered)}.")
        return None

    async def _assign(self, waiting: Waiting) -> bool:
        to = await self._ask("Assign it to whom? name or login; empty: back  ", waiting)
        if to and await self._dialogue.send(waiting, self._verbs(assign_step, *waiting.place, to, self._actor)):
            self._screen.say(f"{to} is asked.")
        return False

    async def _take_over(self, waiting: Waiting) -> bool:
        if await self._dialogue.send(waiting, self._verbs(take_step, *waiting.place, self._actor, over=True)):
            self._screen.say("You are on it.")
        return False

    async def _hand_over(self, waiting: Waiting) -> bool:
        to = await self._ask("Hand the whole walk over to whom? name or login; empty: back  ", waiting)
        if not to:
            return False
        text = await self._ask("What must they know? ", waiting)
        if await self._dialogue.send(waiting, self._verbs(hand_over, waiting.recovery, to, self._actor, text)):
            self._screen.say(f"{to} leads.")
        return False

    async def _attach(self, waiting: Waiting) -> bool:
        path = await self._ask("Which file? path; empty: back  ", waiting)
        if path:
            call = self._attached(path, waiting)
            if await self._dialogue.send(waiting, call):
                self._screen.say("It is attached.")
        return False

    async def _attached(self, path: str, waiting: Waiting) -> RecoveryState:
        name, data = await asyncio.to_thread(read_file, Path(path))
        where = (waiting.unit, waiting.planned.id)
        return await self._verbs(attach_text, waiting.recovery, self._actor, name, data, *where)


def read_file(path: Path) -> tuple[str, str]:
    """The name of a file and its bytes as base64. Raises BringbackError."""
    try:
        path = path.expanduser()
        size = path.stat().st_size
        if size > MOST_BYTES:
            what = f"{path} has {size / 1024 / 1024:.0f} MB, more than {MOST_BYTES // 1024 // 1024}."
            raise BringbackError(what, "Attach a part of it, or note where it lies.")
        return path.name, base64.b64encode(path.read_bytes()).decode()
    except (OSError, RuntimeError) as error:  # the latter where nobody knows whose home is meant
        why = getattr(error, "strerror", None) or str(error)
        raise BringbackError(f"{path} cannot be read: {why}.", "Name a file that you may read.") from error
