"""Follows a recovery in a terminal until it ends, or until the person leaves."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from rich.text import Text

from bot.cli.conversation import Conversation
from bot.cli.event_lines import event_lines
from bot.cli.live_view import LiveView
from bot.cli.unattended import Unattended
from bot.domain.make_plan import short
from bot.domain.recovery_state import RecoveryState, RecoveryStatus
from bot.operations.show_recovery import recovery_state
from bot.web.control_table import events_after

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.cli.keyboard import Keyboard
    from bot.cli.world import Session
    from bot.domain.events import Actor
    from bot.web.control_verbs import Verbs

OPEN = frozenset({RecoveryStatus.WAITING_FOR_APPROVAL, RecoveryStatus.RUNNING})


async def attend(
    session: Session, verbs: Verbs, recovery: str, actor: Actor, keyboard: Keyboard | None
) -> RecoveryState:
    """Stay with a recovery; `keyboard` None: nobody is there to ask. Gives its state at the end, or when left."""
    follower = _Follower(session, verbs, recovery)
    if verbs.holds:
        session.screen.say(Text(holding(recovery), style="bold yellow"))
    if keyboard is None:
        try:
            with follower.view:
                return await _unattended(follower, Unattended(session, verbs, actor))
        except asyncio.CancelledError:
            session.screen.say(f"{recovery} is not over: `bringback follow {recovery}` shows it again.")
            raise
    with keyboard.interrupts() as pressed, follower.view:
        conversation = Conversation(session, verbs, actor, keyboard, pressed)
        return await _attended(follower, conversation, pressed)


async def _unattended(follower: _Follower, answers: Unattended) -> RecoveryState:
    while True:
        state = await follower.look()
        if state.status not in OPEN:
            return state
        await answers.deal_with(state)
        await asyncio.sleep(follower.poll_seconds)


async def _attended(follower: _Follower, conversation: Conversation, pressed: asyncio.Event) -> RecoveryState:
    while True:
        state = await follower.look()
        if state.status not in OPEN:
            return state
        if pressed.is_set():
            with follower.view.paused():
                if await conversation.leaves(state):
                    return state
        waiting = conversation.next_question(state)
        if waiting:
            with follower.view.paused():
                await conversation.ask(waiting)
            continue
        with suppress(TimeoutError):
            async with asyncio.timeout(follower.poll_seconds):
                await pressed.wait()


class _Follower:
    """Reads a recovery and prints what happened since it last looked."""

    def __init__(self, session: Session, verbs: Verbs, recovery: str) -> None:
        self.view = LiveView(session)
        self.poll_seconds = session.world.poll_seconds
        self._session = session
        self._verbs = verbs
        self._recovery = recovery
        self._seen = 0
        self._told_approval = False

    async def look(self) -> RecoveryState:
        """The state as it is now."""
        events = await self._verbs(events_after, self._recovery, self._seen)
        state = await self._verbs(recovery_state, self._recovery)
        for event in events:
            self._seen = event.seq
            for line in event_lines(event, state.plan, self._session.times):
                self._session.screen.say(line)
        if state.status is RecoveryStatus.WAITING_FOR_APPROVAL and not self._told_approval:
            self._told_approval = True
            for text in approval_lines(state):
                self._session.screen.say(text)
        self.view.show(state)
        return state


def holding(recovery: str) -> str:
    """What a person must know whose terminal stands in for the bot."""
    return (
        f"No bot runs: this terminal carries {recovery}. Slack hears nothing of it, and `bringback serve` cannot start"
        " until it has ended or you leave it."
    )


def approve_line(state: RecoveryState) -> str:
    """The command with which a second person approves exactly this."""
    return f"bringback approve {state.plan.recovery} --plan {short(state.plan.digest)}"


def approval_lines(state: RecoveryState) -> Iterator[str]:
    """How a second person lets it start."""
    recovery, digits = state.plan.recovery, short(state.plan.digest)
    yield f"{recovery} waits for a second person, who approves exactly plan {digits}:"
    yield f"  in Slack or the console, or by another login: {approve_line(state)}"
    yield "  Is there nobody? Take it back and start it with --break-glass REASON; that stands in the review."
