"""What one page shows one person: everything its templates read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from markupsafe import Markup

from .config import Person
from .names import Names, emoji
from .records import Conversation, Json, Message, View
from .render import words
from .render_rich_text import rich_text
from .state_values import values_of
from .suggestions import Suggestions
from .unread import Unread, Waiting
from .workspace import Workspace

if TYPE_CHECKING:
    from .config import ConsoleConfig, Shortcut
    from .records import StoredFile


@dataclass(frozen=True, slots=True)
class BlockContext:
    """What the templates of blocks and elements need besides the blocks."""

    words: Callable[[Json | None], Markup]
    rich: Callable[[Json], Markup]
    people: tuple[Person, ...]
    channels: tuple[Conversation, ...]
    viewer: str
    label: str = ""

    def labelled(self, label: str) -> BlockContext:
        """The same for an element below this label."""
        return replace(self, label=label)

    def utc(self, timestamp: str) -> str:
        """A moment as a datetime-local field holds it."""
        return datetime.fromtimestamp(int(timestamp), UTC).strftime("%Y-%m-%dT%H:%M")


@dataclass
class Page:
    """One page for one person. ``confirming`` is the question to ask before ``confirm_fields`` are posted again."""

    workspace: Workspace
    me: Person
    conversation: Conversation
    csrf: str
    connected: bool
    unread: Unread
    suggestions: Suggestions
    faults_on: int = 0
    show: int = 50  # messages, the newest
    thread: Message | None = None
    at_home: bool = False
    home: View | None = None
    view: View | None = None
    view_notice: str | None = None
    notice: str | None = None
    problems: dict[str, str] = field(default_factory=dict)
    drafts: dict[str, Json] = field(default_factory=dict)
    confirming: Json | None = None
    confirm_at: str = ""
    back: str = ""
    confirm_fields: list[tuple[str, str]] = field(default_factory=list)

    @property
    def config(self) -> ConsoleConfig:
        """The workspace's people, channels and commands."""
        return self.workspace.config

    @cached_property
    def names(self) -> Names:
        """Ids as this person reads them."""
        return Names(self.config, self.workspace.conversations, self.me.id, self.workspace.address)

    @cached_property
    def context(self) -> BlockContext:
        """For the templates of blocks."""
        names = self.names
        return BlockContext(
            words=lambda value: words(value, names),
            rich=lambda block: rich_text(block, names),
            people=self.config.people,
            channels=tuple(self.channels),
            viewer=self.me.id,
        )

    @property
    def revision(self) -> int:
        """What live refresh compares."""
        return self.workspace.revision

    @property
    def files(self) -> dict[str, StoredFile]:
        """All files by id."""
        return self.workspace.files

    @cached_property
    def channels(self) -> list[Conversation]:
        """The channels in the sidebar."""
        return [
            each
            for each in self.workspace.conversations_of(self.me.id)
            if not each.im_with and self.me.id in each.members and (not each.archived or each == self.conversation)
        ]

    @cached_property
    def members(self) -> list[tuple[str, str, bool]]:
        """Everybody and the bot: id, name, and whether they are in the channel."""
        ids = [*(person.id for person in self.config.people), self.config.bot_user_id]
        return [(each, self.names.user(each), each in self.conversation.members) for each in ids]

    def waiting(self, conversation: Conversation) -> Waiting:
        """What this person has not read in a conversation."""
        return self.unread.waiting(self.me.id, conversation)

    @property
    def said_directly(self) -> int:
        """What the app told this person directly, and is not read yet."""
        mine = (each for each in self.workspace.conversations.values() if each.im_with == self.me.id)
        return sum(self.waiting(each).calls for each in mine)

    def calls(self, person: Person) -> int:
        """How often somebody is called, and has not read it yet."""
        return self.unread.calls(person.id)

    @property
    def title(self) -> str:
        """The heading."""
        if self.at_home:
            return f"{self.config.bot_name} home"
        if self.conversation.im_with:
            return self.config.bot_name
        return f"#{self.conversation.name}"

    @property
    def topic(self) -> str:
        """The line below the heading."""
        return "" if self.at_home else self.conversation.topic

    @cached_property
    def messages(self) -> list[Message]:
        """The newest messages outside threads."""
        return self.timeline[-self.show :]

    @cached_property
    def timeline(self) -> list[Message]:
        """All messages outside threads."""
        return self.workspace.timeline(self.conversation.id, self.me.id)

    @property
    def earlier(self) -> str:
        """The address of this page with more messages; empty when all are shown."""
        if len(self.timeline) <= self.show:
            return ""
        return f"{self.here}{'&' if '?' in self.here else '?'}show={self.show * 4}"

    @cached_property
    def replies(self) -> list[Message]:
        """The replies of the open thread."""
        return self.workspace.replies(self.conversation.id, self.thread.ts, self.me.id) if self.thread else []

    @cached_property
    def pinned(self) -> list[Message]:
        """The pinned messages, newest pin first."""
        found = [self.workspace.message(self.conversation.id, ts) for ts in reversed(self.conversation.pins)]
        return [each for each in found if each]

    @property
    def global_shortcuts(self) -> list[Shortcut]:
        """Shortcuts that need no message."""
        return [each for each in self.config.shortcuts if not each.on_message]

    @property
    def message_shortcuts(self) -> list[Shortcut]:
        """Shortcuts of the menu of a message."""
        return [each for each in self.config.shortcuts if each.on_message]

    @property
    def view_values(self) -> Json:
        """What the fields of the open modal hold."""
        return values_of(self.view.body["blocks"], self.view.draft or {}) if self.view else {}

    @property
    def view_blocks(self) -> list[Json]:
        """The blocks of the open modal, with the options that were looked for."""
        return self.with_options(self.view.body["blocks"], self.view.draft) if self.view else []

    def with_options(self, blocks: Sequence[Json], values: Json | None) -> list[Json]:
        """Blocks with the options that the app offered this person."""
        return self.suggestions.into(self.me.id, blocks, values)

    @property
    def home_values(self) -> Json:
        """What the fields of App Home hold."""
        return values_of(self.home.body["blocks"], self.home.draft or {}) if self.home else {}

    @property
    def here_without_thread(self) -> str:
        """The address of this page with the thread closed."""
        return self.to("home?quiet=1" if self.at_home else self.conversation.id)

    @property
    def here(self) -> str:
        """The address of this page."""
        return self.here_without_thread + (f"?thread={self.thread.ts}" if self.thread else "")

    def to(self, action: str) -> str:
        """An address of this person."""
        return f"/as/{self.me.id}/{action}"

    def as_person(self, person: Person) -> str:
        """This page as somebody else; a direct message becomes theirs."""
        if self.at_home or self.conversation.im_with:
            return f"/as/{person.id}/{'home' if self.at_home else 'dm'}"
        return self.here.replace(f"/as/{self.me.id}/", f"/as/{person.id}/", 1)

    def link(self, message: Message) -> str:
        """Where the thread of a message is shown; messages for one person have none."""
        if message.visible_to and not message.is_reply:
            return f"#m{message.ts}"
        address = f"/as/{self.me.id}/{message.channel}?thread={message.thread_ts or message.ts}"
        return f"{address}#t{message.ts}" if message.is_reply else address

    def reply_count(self, message: Message) -> int:
        """How many replies this person sees below a message."""
        return len(self.workspace.replies(message.channel, message.ts, self.me.id))

    def values(self, message: Message) -> Json:
        """What the fields of a message hold for this person."""
        return values_of(message.blocks, self.drafts.get(message.key, {}))

    def hidden(self) -> Markup:
        """The fields that each form carries."""
        return Markup(
            '<input type="hidden" name="csrf" value="{}"><input type="hidden" name="back" value="{}">'
        ).format(self.csrf, self.here)

    def emoji(self, name: str) -> str:
        """A reaction's character, or its name between colons."""
        return emoji(name) or f":{name}:"

    def words(self, value: Json | None) -> Markup:
        """A text object."""
        return words(value, self.names)

    def said(self, text: str) -> Markup:
        """A message's text."""
        return words({"type": "mrkdwn", "text": text}, self.names)

    def at(self, ts: str) -> str:
        """The time of a message."""
        return self.names.moment(ts).strftime("%H:%M")

    def at_full(self, ts: str) -> str:
        """The date and time of a message."""
        return self.names.moment(ts).strftime("%A %-d %B %Y, %H:%M:%S %Z")

    def day(self, ts: str) -> str:
        """The day of a message."""
        return self.names.moment(ts).strftime("%A, %-d %B")
