"""The projector: from stored recoveries to the messages that a surface should show. Safe to run at any time, twice."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.blocks.approval import Asking
from bot.blocks.review import review_message
from bot.domain.events import Event, EventKind, Source
from bot.domain.frozen_plan import Mode
from bot.domain.proof_state import ProofState
from bot.domain.recovery import fold
from bot.domain.recovery_state import RecoveryStatus
from bot.operations.previous_times import previous_times
from bot.operations.review_recovery import review
from bot.slack.handovers import handovers_of
from bot.slack.questions import questions_of
from bot.slack.usual_times import usual_times
from bot.slack.wanted import View, wanted_messages

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bot.blocks.elements import Block
    from bot.domain.frozen_plan import FrozenPlan
    from bot.domain.policy import Policy
    from bot.domain.recovery_state import RecoveryState
    from bot.operations.desk import Desk
    from bot.store.messages import Messages, StoredMessage

LOG = logging.getLogger(__name__)

CHANNEL = "incidents"
DRILLS = "drills"  # where the policy names it, drills are told there
KEEP_LOOKING = timedelta(minutes=10)  # after its end a recovery is looked at for so long, for late news


class Projector:
    """Projects recoveries for one surface. `nudge` says that there is something to send."""

    def __init__(
        self,
        *,
        surface: str,
        desk: Desk,
        messages: Messages,
        nudge: Callable[[], None],
        via: Source = Source.SLACK,
        workspace_url: Callable[[str], str] = lambda _channel: "",
    ) -> None:
        self._surface = surface
        self._desk = desk
        self._messages = messages
        self._nudge = nudge
        self._via = via
        self._workspace_url = workspace_url
        self._locks: dict[str, asyncio.Lock] = {}
        self._usual: dict[str, Mapping[tuple[str, str], timedelta]] = {}

    async def project(self, recovery: str) -> None:
        """Set what every message of this recovery should show now. Raises UnknownName."""
        async with self._locks.setdefault(recovery, asyncio.Lock()):
            plan = await self._desk.store.recoveries.plan(recovery)
            channel = channel_for(plan, self._desk.policy)
            if not channel:
                LOG.warning("policy.yaml names no channel: %s is shown nowhere", recovery)
                return
            view = await self._view(plan, channel)
            known = {stored.message.key: stored for stored in await self._stored(recovery)}
            changed = False
            for wanted in wanted_messages(view):
                before = known.get(wanted.key)
                if before is None or before.message.digest != wanted.digest or before.message.channel != channel:
                    changed |= await self._messages.want(self._surface, wanted, view.now)
            if changed:
                self._nudge()

    async def refresh(self) -> None:
        """Project what is open, or ended a short while ago: minutes pass without any event."""
        now = self._desk.clock.now()
        for row in await self._desk.store.recoveries.rows(limit=50):
            if row.ended_at is None or now - row.ended_at < KEEP_LOOKING:
                await self.project(row.id)

    async def _stored(self, recovery: str) -> list[StoredMessage]:
        return await self._messages.of_recovery(self._surface, recovery)

    async def _view(self, plan: FrozenPlan, channel: str) -> View:
        recovery = plan.recovery
        events = await self._desk.store.ledger.events(recovery)
        state = fold(plan, events)
        stored = {one.message.key: one for one in await self._stored(recovery)}
        root = stored.get(f"{recovery}/progress")

        def address(key: str) -> str:
            found = stored.get(f"{recovery}/{key}")
            return self._address(found, root.ts if root else "") if found and found.ts else ""

        return View(
            state=state,
            questions=tuple(questions_of(events)),
            policy=self._desk.policy,
            channel=channel,
            now=self._desk.clock.now(),
            asking=await asking_of(self._desk, state, events),
            approver=_approver(events, self._via),
            via=self._via,
            review=await self._review(state),
            known=frozenset(stored),
            address=address,
            usual=await self._usual_of(plan),
            handovers=tuple(handovers_of(events)),
        )

    async def _usual_of(self, plan: FrozenPlan) -> Mapping[tuple[str, str], timedelta]:
        """Looked up once: what other recoveries took does not change while this one is told."""
        if plan.recovery not in self._usual:
            self._usual[plan.recovery] = await previous_times(self._desk, plan)
        return self._usual[plan.recovery]

    def _address(self, stored: StoredMessage, thread_ts: str) -> str:
        base = self._workspace_url(stored.message.channel)
        if not base.startswith(("http://", "https://")):
            return ""
        query = f"?thread_ts={thread_ts}&cid={stored.message.channel}" if stored.message.thread and thread_ts else ""
        return f"{base.rstrip('/')}/archives/{stored.message.channel}/p{stored.ts.replace('.', '')}{query}"

    async def _review(self, state: RecoveryState) -> Block | None:
        if state.status is not RecoveryStatus.ENDED:
            return None
        recovery = state.plan.recovery
        return review_message(await review(self._desk, recovery), self._desk.review_url(recovery))


def channel_for(plan: FrozenPlan, policy: Policy) -> str:
    """Where a recovery is told: the channel "incidents", or "drills" for a drill; else the first that is named."""
    names = (DRILLS, CHANNEL) if plan.mode is Mode.DRILL else (CHANNEL,)
    named = [policy.channels[name] for name in names if name in policy.channels]
    return next(iter([*named, *policy.channels.values()]), "")


async def asking_of(desk: Desk, state: RecoveryState, events: Sequence[Event]) -> Asking | None:
    """What the request for approval says beyond the plan; None where nobody was asked."""
    requested = next((event for event in events if event.kind == EventKind.REQUESTED), None)
    if requested is None or not requested.data.get("expires_at"):
        return None
    others = [person.id for person in desk.policy.members("approver") if person.id != state.requested_by]
    states = requested.data.get("proof_states", {})
    return Asking(
        approvers=tuple(others[:5]),
        expires_at=datetime.fromisoformat(str(requested.data["expires_at"])),
        guesses=tuple(name for name, proof in states.items() if proof != ProofState.PROVEN.value),
        usual=await usual_times(desk, state),
    )


def _approver(events: Sequence[Event], here: Source) -> str:
    """Who approved, and where when that was elsewhere."""
    approved = next((event for event in events if event.kind == EventKind.APPROVED), None)
    if approved is None:
        return ""
    elsewhere = f" via {approved.source.value}" if approved.source not in {here, Source.BOT} else ""
    return f"{approved.actor_name or approved.actor}{elsewhere}"
