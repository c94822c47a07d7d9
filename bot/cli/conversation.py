"""A person at the keyboard: is asked what waits for them, and answers, notes, looks, or leaves."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.cli.further import Further
from bot.cli.questions import KEYS, key_of, keys_line, needs_reason, show_question, skip_holds
from bot.cli.screen import error_lines
from bot.cli.waiting import Key, Waiting, waiting_steps
from bot.domain.errors import AlreadyDone, BringbackError, Conflict
from bot.domain.recovery_state import Choice, Question, RecoveryState, RecoveryStatus
from bot.operations.answer_step import add_note, answer_step, take_step
from bot.operations.approve_recovery import reject
from bot.operations.control_recovery import abort
from bot.operations.show_recovery import recovery_state
from bot.web.control_errors import BotGone
from bot.web.control_table import last_times

if TYPE_CHECKING:
    from collections.abc import Awaitable, Mapping
    from datetime import timedelta

    from bot.cli.keyboard import Keyboard
    from bot.cli.world import Session
    from bot.domain.events import Actor
    from bot.web.control_verbs import Verbs

_YES = frozenset({"y", "yes"})


class Conversation:
    """One person and one recovery. `pressed` is set by Ctrl-C."""

    def __init__(
        self, session: Session, verbs: Verbs, actor: Actor, keyboard: Keyboard, pressed: asyncio.Event
    ) -> None:
        self._screen = session.screen.dialogue
        self._verbs = verbs
        self._actor = actor
        self._keyboard = keyboard
        self._pressed = pressed
        self._poll_seconds = session.world.poll_seconds
        self._not_ours: set[Key] = set()
        self._further = Further(session, self._screen, verbs, actor, self)
        self._usual: Mapping[tuple[str, str], timedelta] | None = None

    def next_question(self, state: RecoveryState) -> Waiting | None:
        """The step to ask about; None when none waits for this person."""
        return next((one for one in waiting_steps(state) if one.key not in self._not_ours), None)

    async def ask(self, waiting: Waiting) -> None:
        """Ask until it is answered, here or elsewhere, or the person wants to leave."""
        usual = await self._last_times(waiting.recovery)
        show_question(self._screen, waiting, usual.get((waiting.unit, waiting.planned.id)))
        while (typed := await self.line(keys_line(waiting), waiting)) is not None:
            if await self._obey(key_of(typed, waiting), waiting):
                return
            waiting = await self._as_it_stands(waiting)

    async def _last_times(self, recovery: str) -> Mapping[tuple[str, str], timedelta]:
        if self._usual is None:
            found = await self._verbs(last_times, recovery)
            self._usual = self._further.usual = {(one.unit, one.step): one.took for one in found}
        return self._usual

    async def _as_it_stands(self, waiting: Waiting) -> Waiting:
        """The same question, with whoever is on it by now."""
        state = await self._verbs(recovery_state, waiting.recovery)
        return next((one for one in waiting_steps(state) if one.key == waiting.key), waiting)

    async def _obey(self, key: str, waiting: Waiting) -> bool:
        """Do what a key means. Whether the question is over."""
        choice = KEYS.get(key)
        if key == "q":
            self._pressed.set()
            return True
        if choice and choice in waiting.choices:
            return await self._choose(waiting, choice)
        if key == "n":
            await self._note(waiting)
        elif key == "t" and waiting.question is Question.DO:
            if await self.send(waiting, self._verbs(take_step, *waiting.place, self._actor), needed=True):
                self._screen.say("You are on it.")
        elif further := self._further.keys.get(key):
            return await further(waiting)
        elif key:
            self._screen.say("That is none of the keys. [m] tells of all of them.")
        return waiting.key in self._not_ours

    async def _choose(self, waiting: Waiting, choice: Choice) -> bool:
        reason = ""
        if needs_reason(choice):
            reason = (await self.line("Why? (it stands in the review; empty: back) ", waiting) or "").strip()
            if not reason:
                return False
        release = False
        if skip_holds(waiting, choice):
            prompt = f"What depends on {waiting.unit} will not start. Start it all the same, unverified? [y/N] "
            release = (await self.line(prompt, waiting) or "").strip().lower() in _YES
        answer = self._verbs(answer_step, *waiting.place, choice, self._actor, reason, release=release)
        await self.send(waiting, answer, needed=True)
        return True

    async def _note(self, waiting: Waiting) -> None:
        text = (await self.line("Note: ", waiting) or "").strip()
        if text:
            note = self._verbs(add_note, waiting.recovery, self._actor, text, waiting.unit, waiting.planned.id)
            await self.send(waiting, note)

    async def send(self, waiting: Waiting, call: Awaitable[RecoveryState], *, needed: bool = False) -> bool:
        """Do it, or say why not. Whether it was done. `needed`: who may not do this may not answer the step."""
        try:
            await call
        except (AlreadyDone, Conflict) as late:
            self._screen.say(str(late))
        except BotGone:
            raise
        except BringbackError as refused:
            if needed:
                # Whoever may not answer it is not asked again: it waits for somebody else.
                self._not_ours.add(waiting.key)
            for line in error_lines(refused):
                self._screen.say(line)
        else:
            return True
        return False

    async def leaves(self, state: RecoveryState) -> bool:
        """After Ctrl-C: abort it, leave it to others, or go on. Whether the person leaves."""
        self._pressed.clear()
        recovery = state.plan.recovery
        try:
            typed = await self._keyboard.line(f"{recovery}: [a]bort it, [d]etach (it goes on), or Enter to stay > ")
            if typed.strip().lower()[:1] == "a":
                await self._end(state, (await self._keyboard.line("Why? (it stands in the review) ")).strip())
        except EOFError:
            return True
        return typed.strip().lower()[:1] == "d"

    async def _end(self, state: RecoveryState, reason: str) -> None:
        operation = reject if state.status is RecoveryStatus.WAITING_FOR_APPROVAL else abort
        try:
            await self._verbs(operation, state.plan.recovery, self._actor, reason)
        except BringbackError as refused:
            for line in error_lines(refused):
                self._screen.say(line)

    async def line(self, prompt: str, waiting: Waiting) -> str | None:
        """What the person types; None when the question is over meanwhile, or they want to leave."""
        typed = asyncio.create_task(self._keyboard.line(prompt), name="keyboard")
        over = asyncio.create_task(self._until_over(waiting), name="question over")
        pressed = asyncio.create_task(self._pressed.wait(), name="interrupt")
        tasks = (typed, over, pressed)
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if over.done():
                over.result()
            return typed.result() if typed.done() else None
        except EOFError:
            self._pressed.set()
            return None
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _until_over(self, waiting: Waiting) -> None:
        while True:
            state = await self._verbs(recovery_state, waiting.recovery)
            if waiting.key not in {other.key for other in waiting_steps(state)}:
                return
            await asyncio.sleep(self._poll_seconds)
