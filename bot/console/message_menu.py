"""What a person can do to any message from its menu: pin it, react to it, delete it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from .errors import PageError
from .names import EMOJI

if TYPE_CHECKING:
    from .config import Person
    from .events import Events
    from .records import Message
    from .workspace import Workspace

REACT = "react:"


class MessageMenu:
    """Changes messages, and tells the app what it subscribed to."""

    def __init__(self, workspace: Workspace, events: Events) -> None:
        self._workspace = workspace
        self._events = events

    def do(self, what: str, person: Person, message: Message) -> None:
        """``what`` is pin, unpin, delete, or ``react:NAME``, which takes one's own reaction back. Raises PageError."""
        if what in {"pin", "unpin"}:
            self._pin(message, pinned=what == "pin")
        elif what == "delete":
            self._workspace.delete(message)
            self._events.deleted(message, self._workspace.next_ts())
        elif what.removeprefix(REACT) in EMOJI and what.startswith(REACT):
            self._react(person, message, what.removeprefix(REACT))
        else:
            raise PageError(400, f"A message cannot be told to {what or 'do nothing'}.")

    def _pin(self, message: Message, *, pinned: bool) -> None:
        conversation = self._workspace.conversations[message.channel]
        others = tuple(ts for ts in conversation.pins if ts != message.ts)
        pins = (*others, message.ts) if pinned else others
        self._workspace.keep_conversation(replace(conversation, pins=pins))

    def _react(self, person: Person, message: Message, name: str) -> None:
        reactions = dict(message.reactions)
        before = reactions.get(name, ())
        added = person.id not in before
        reactions[name] = (*before, person.id) if added else tuple(each for each in before if each != person.id)
        kept = tuple((each, users) for each, users in reactions.items() if users)
        self._workspace.edit(replace(message, reactions=kept))
        self._events.reacted(person.id, message, name, added=added, now=self._workspace.next_ts())
