"""What each person has not read yet, and where they were called by name."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .records import Conversation, Message
    from .workspace import Workspace

LOOKED_AT: Final = 200  # messages of a conversation, the newest


@dataclass(frozen=True, slots=True)
class Waiting:
    """``messages`` that a person has not read, and how many messages and replies ``calls`` that person."""

    messages: int = 0
    calls: int = 0


class Unread:
    """Remembers up to where each person has read each conversation."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._read_to: dict[str, str] = dict(workspace.journal.values("read_to"))

    def read(self, person: str, conversation: Conversation) -> None:
        """This person has the conversation before them. Nobody else sees a change, so nobody is told of one."""
        newest = next((each.ts for each in reversed(self._workspace.messages(conversation.id))), "")
        key = f"{person}/{conversation.id}"
        if newest > self._read_to.get(key, ""):
            self._read_to[key] = newest
            self._workspace.journal.put("read_to", key, newest)

    def waiting(self, person: str, conversation: Conversation) -> Waiting:
        """What waits for this person in one conversation."""
        fresh = list(self._fresh(person, conversation))
        calls = sum(bool(conversation.im_with) or self._calls(each, person) for each in fresh)
        return Waiting(sum(not each.is_reply for each in fresh), calls)

    def calls(self, person: str) -> int:
        """How often this person is called, wherever they are."""
        own = [each for each in self._workspace.conversations.values() if person in each.members]
        return sum(self.waiting(person, each).calls for each in own)

    def _fresh(self, person: str, conversation: Conversation) -> Iterable[Message]:
        read_to = self._read_to.get(f"{person}/{conversation.id}", "")
        for each in islice(reversed(self._workspace.messages(conversation.id)), LOOKED_AT):
            if each.ts <= read_to:
                return
            if each.user != person and not each.deleted and each.visible_to in {None, person}:
                yield each

    def _calls(self, message: Message, person: str) -> bool:
        groups = [group.id for group in self._workspace.config.groups if person in group.members]
        signs = (f"<@{person}>", f"<@{person}|", "<!here", "<!channel", "<!everyone")
        return any(sign in message.text for sign in (*signs, *(f"<!subteam^{group}" for group in groups)))
