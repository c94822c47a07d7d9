"""The state of the workspace: who is there, what was said, and who may see it.

Everything here happens in one step of the event loop; each change goes to the journal and wakes whoever waits for
one. No rule of the Web API is here, only what it means for a thing to be.
"""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import replace
from typing import TYPE_CHECKING

from .clock import Timestamps
from .records import (
    Conversation,
    Message,
    StoredFile,
    conversation_from,
    file_from,
    message_from,
    to_json,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from .clock import Clock
    from .config import Channel, ConsoleConfig
    from .journal import Journal


class Workspace:
    """Conversations, messages and files of one workspace."""

    def __init__(self, config: ConsoleConfig, journal: Journal, clock: Clock) -> None:
        self.config = config
        self.clock = clock
        self.journal = journal
        self.revision = 0
        self.address = ""  # where it is served, once it is
        self._waiting: set[asyncio.Future[None]] = set()
        self._stamps = Timestamps(clock)
        self.conversations: dict[str, Conversation] = {}
        self.files: dict[str, StoredFile] = {}
        self._messages: dict[str, dict[str, Message]] = {}
        self._threads: dict[tuple[str, str], dict[str, None]] = {}  # (channel, parent) -> replies, oldest first
        self.on_posted: list[Callable[[Message], None]] = []
        self._restore()

    def _restore(self) -> None:
        for _, raw in self.journal.values("conversation"):
            self.conversations[raw["id"]] = conversation_from(raw)
        for _, raw in self.journal.values("message"):
            message = message_from(raw)
            self._remember(message)
            self._stamps.start_after(message.ts)
        for _, raw in self.journal.values("file"):
            self.files[raw["id"]] = file_from(raw)
        for channel in self.config.channels:
            if channel.id not in self.conversations:
                self.keep_conversation(self._first_state(channel))

    def _first_state(self, channel: Channel) -> Conversation:
        members = channel.members or tuple(person.id for person in self.config.people)
        if channel.with_bot:
            members = (*members, self.config.bot_user_id)
        created = int(self.clock.now().timestamp())
        return Conversation(channel.id, channel.name, members, created, channel.topic, channel.private)

    # Changes and those who wait for them

    def touched(self) -> None:
        """Tells everybody who waits that something changed."""
        self.revision += 1
        waiting, self._waiting = self._waiting, set()
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def changed_since(self, revision: int, seconds: float) -> bool:
        """Waits until the workspace is past this revision; False when that took too long."""
        if self.revision > revision:
            return True
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            await asyncio.wait_for(future, seconds)
        except TimeoutError:
            return False
        finally:
            self._waiting.discard(future)
        return True

    # Conversations

    def keep_conversation(self, conversation: Conversation) -> None:
        """Stores a conversation as it now is."""
        self.conversations[conversation.id] = conversation
        self.journal.put("conversation", conversation.id, to_json(conversation))
        self.touched()

    def direct_message(self, user_id: str) -> Conversation:
        """The direct message between this person and the bot; opened when it is the first."""
        for conversation in self.conversations.values():
            if conversation.im_with == user_id:
                return conversation
        opened = Conversation(
            id=f"D{user_id[1:]}",
            name=user_id,
            members=(user_id, self.config.bot_user_id),
            created=int(self.clock.now().timestamp()),
            private=True,
            im_with=user_id,
        )
        self.keep_conversation(opened)
        return opened

    def find_conversation(self, name_or_id: str) -> Conversation | None:
        """A conversation by its id, or a channel by its name with or without #."""
        if name_or_id in self.conversations:
            return self.conversations[name_or_id]
        name = name_or_id.removeprefix("#")
        return next((each for each in self.conversations.values() if each.name == name and not each.im_with), None)

    def conversations_of(self, user_id: str) -> list[Conversation]:
        """What a person or the bot sees in the list of channels: public ones, and private ones they are in."""
        return [each for each in self.conversations.values() if not each.private or user_id in each.members]

    # Messages

    def next_ts(self) -> str:
        """A fresh message timestamp."""
        return self._stamps.next()

    def post(self, message: Message) -> Message:
        """Adds a message and tells the listeners in ``on_posted``."""
        self._keep(message)
        for listener in self.on_posted:
            listener(message)
        return message

    def edit(self, message: Message) -> Message:
        """Replaces a message by what it now is."""
        self._keep(message)
        return message

    def delete(self, message: Message) -> None:
        """Deletes a message. The parent of a thread stays as a tombstone; a pin on it goes."""
        conversation = self.conversations[message.channel]
        if message.ts in conversation.pins:
            pins = tuple(ts for ts in conversation.pins if ts != message.ts)
            self.keep_conversation(replace(conversation, pins=pins))
        if self.replies(message.channel, message.ts):
            gone = replace(
                message, deleted=True, text="", blocks=(), attachments=(), files=(), reactions=(), metadata=None
            )
            self._keep(gone)
            return
        self._messages[message.channel].pop(message.ts, None)
        self._threads.get((message.channel, message.thread_ts or ""), {}).pop(message.ts, None)
        self.journal.drop("message", message.key)
        self.touched()

    def message(self, channel: str, ts: str) -> Message | None:
        """The message with this timestamp, or None; a tombstone counts as none."""
        found = self._messages.get(channel, {}).get(ts)
        return None if found is None or found.deleted else found

    def messages(self, channel: str) -> list[Message]:
        """Everything of a conversation, replies and messages for one person included, oldest first."""
        return list(self._messages.get(channel, {}).values())

    def timeline(self, channel: str, viewer: str) -> list[Message]:
        """What one person reads in a conversation outside its threads, oldest first."""
        return [
            each
            for each in self.messages(channel)
            if (not each.is_reply or each.broadcast) and each.visible_to in {None, viewer}
        ]

    def replies(self, channel: str, parent_ts: str, viewer: str | None = None) -> list[Message]:
        """The replies below a message, oldest first; messages for one person only when that is the viewer."""
        stored = self._messages.get(channel, {})
        found = (stored[ts] for ts in self._threads.get((channel, parent_ts), {}))
        return [each for each in found if each.visible_to in {None, viewer}]

    def _keep(self, message: Message) -> None:
        self._remember(message)
        self.journal.put("message", message.key, to_json(message))
        self.touched()

    def _remember(self, message: Message) -> None:
        self._messages.setdefault(message.channel, {})[message.ts] = message
        if message.thread_ts and message.is_reply:
            self._threads.setdefault((message.channel, message.thread_ts), {})[message.ts] = None

    # Files

    def keep_file(self, file: StoredFile) -> None:
        """Stores the description of a file."""
        self.files[file.id] = file
        self.journal.put("file", file.id, to_json(file))
        self.touched()


def fresh_id(prefix: str) -> str:
    """An id in Slack's style: a letter and ten capitals or digits."""
    alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"
    return prefix + "".join(secrets.choice(alphabet) for _ in range(10))
