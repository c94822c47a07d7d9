"""Events of the workspace that the app subscribed to, delivered again while it does not acknowledge them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from .delivery import Envelope, Outcome
from .payloads import event_payload
from .shapes import file_json, view_json
from .workspace import fresh_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from .delivery import Carrier
    from .records import Conversation, Json, Message, View
    from .workspace import Workspace


class Events:
    """Makes events of what happens, and brings each to the app: once, and up to three times more without an ack."""

    def __init__(self, workspace: Workspace, carrier: Carrier, base_url: Callable[[], str]) -> None:
        self._workspace = workspace
        self._base_url = base_url
        self._carrier = carrier
        self._deliveries: set[asyncio.Task[None]] = set()
        workspace.on_posted.append(self.posted)

    def posted(self, message: Message) -> None:
        """A message appeared: a mention of the bot, a direct message, or one of a subscribed channel."""
        config = self._workspace.config
        if message.visible_to is not None or message.user not in {person.id for person in config.people}:
            return
        conversation = self._workspace.conversations[message.channel]
        if config.bot_user_id not in conversation.members:
            return
        event = _message_event(message, conversation) | self._shared(message)
        if f"<@{config.bot_user_id}>" in message.text and not conversation.im_with:
            self.emit("app_mention", {**event, "type": "app_mention"})
        kind, _ = _kind(conversation)
        self.emit(f"message.{kind}", event)

    def _shared(self, message: Message) -> Json:
        """What a message event says of files; each is an event of its own, too."""
        files = [self._workspace.files[each] for each in message.files]
        for file in files:
            what = {"file_id": file.id, "file": {"id": file.id}, "user_id": file.user, "channel_id": message.channel}
            self.emit("file_shared", {"type": "file_shared", **what, "event_ts": message.ts})
        return (
            {"subtype": "file_share", "files": [file_json(each, self._base_url()) for each in files]} if files else {}
        )

    def deleted(self, message: Message, now: str) -> None:
        """A message that everybody saw was deleted by a person."""
        conversation = self._workspace.conversations[message.channel]
        if message.visible_to is not None or self._workspace.config.bot_user_id not in conversation.members:
            return
        kind, channel_type = _kind(conversation)
        previous = {"type": "message", "user": message.user, "text": message.text, "ts": message.ts}
        event: Json = {
            "type": "message",
            "subtype": "message_deleted",
            "hidden": True,
            "channel": message.channel,
            "channel_type": channel_type,
            "deleted_ts": message.ts,
            "ts": now,
            "event_ts": now,
            "previous_message": previous,
        }
        self.emit(f"message.{kind}", event)

    def reacted(self, user: str, message: Message, name: str, *, added: bool, now: str) -> None:
        """A person reacted to a message, or took that back."""
        conversation = self._workspace.conversations[message.channel]
        if message.visible_to is not None or self._workspace.config.bot_user_id not in conversation.members:
            return
        kind = "reaction_added" if added else "reaction_removed"
        item = {"type": "message", "channel": message.channel, "ts": message.ts}
        self.emit(
            kind,
            {"type": kind, "user": user, "reaction": name, "item": item, "item_user": message.user, "event_ts": now},
        )

    def home_opened(self, user: str, channel: str, tab: str, view: View | None) -> None:
        """A person looks at App Home ("home") or at their direct message with the app ("messages")."""
        event: Json = {"type": "app_home_opened", "user": user, "channel": channel, "tab": tab}
        event["event_ts"] = self._workspace.next_ts()
        if view:
            event["view"] = view_json(view, self._workspace.config)
        self.emit("app_home_opened", event)

    def emit(self, subscription: str, event: dict[str, Any]) -> None:
        """Sends an event if the app subscribed to it."""
        if subscription in self._workspace.config.events:
            task = asyncio.create_task(self._bring(event), name=f"event {subscription}")
            self._deliveries.add(task)
            task.add_done_callback(self._deliveries.discard)

    async def close(self) -> None:
        """Gives up what was not delivered yet."""
        for task in list(self._deliveries):
            task.cancel()
        await asyncio.gather(*self._deliveries, return_exceptions=True)

    async def _bring(self, event: Json) -> None:
        config = self._workspace.config
        now = int(self._workspace.clock.now().timestamp())
        payload = event_payload(config, fresh_id("Ev"), now, event)
        for attempt, pause in enumerate((0.0, *config.event_retry_seconds)):
            await asyncio.sleep(pause)
            reason = "timeout" if attempt else ""
            ack = await self._carrier.deliver(
                Envelope("events_api", payload, attempt=attempt, reason=reason), config.ack_seconds
            )
            if ack.outcome is Outcome.ACKED:
                return


def _kind(conversation: Conversation) -> tuple[str, str]:
    """The last word of a subscription to messages, and the channel type in its events."""
    if conversation.im_with:
        return "im", "im"
    return ("groups", "group") if conversation.private else ("channels", "channel")


def _message_event(message: Message, conversation: Conversation) -> Json:
    event: Json = {
        "type": "message",
        "user": message.user,
        "text": message.text,
        "ts": message.ts,
        "event_ts": message.ts,
        "channel": message.channel,
        "channel_type": _kind(conversation)[1],
    }
    if message.thread_ts:
        event["thread_ts"] = message.thread_ts
    return event
