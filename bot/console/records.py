"""What the workspace holds: conversations, messages, views and files, as frozen values that go to JSON and back."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Conversation:
    """A channel (C...) or a direct message between a person and the bot (D...). ``members`` holds user ids.

    ``pins`` are message timestamps, oldest first; ``im_with`` is the person of a direct message.
    """

    id: str
    name: str
    members: tuple[str, ...]
    created: int
    topic: str = ""
    private: bool = False
    archived: bool = False
    im_with: str | None = None
    pins: tuple[str, ...] = ()
    bookmarks: tuple[Json, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """One message. ``visible_to`` names the only person who sees it (an ephemeral message), or None.

    ``via_bot`` says that the app posted it; ``edited_ts`` and ``deleted`` tell what became of it: a deleted parent
    of a thread stays as a tombstone. ``broadcast`` shows a reply in the channel too.
    """

    channel: str
    ts: str
    user: str
    text: str
    via_bot: bool = False
    blocks: tuple[Json, ...] = ()
    attachments: tuple[Json, ...] = ()
    thread_ts: str | None = None
    broadcast: bool = False
    visible_to: str | None = None
    metadata: Json | None = None
    edited_ts: str | None = None
    deleted: bool = False
    files: tuple[str, ...] = ()
    reactions: tuple[tuple[str, tuple[str, ...]], ...] = ()
    username: str | None = None

    @property
    def key(self) -> str:
        """The journal's key."""
        return f"{self.channel}/{self.ts}"

    @property
    def is_reply(self) -> bool:
        """Whether it stands in a thread below another message."""
        return self.thread_ts is not None and self.thread_ts != self.ts


@dataclass(frozen=True, slots=True)
class View:
    """An open modal, or the App Home of one person. ``body`` is what the app sent, with block ids filled in.

    ``draft`` holds what the person entered so far: block id to action id to a value as in ``state.values``.
    """

    id: str
    user: str
    hash: str
    body: Json
    root_id: str
    previous_id: str | None = None
    draft: Json | None = None


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file's description; its content lies beside the journal. ``complete`` once it was shared."""

    id: str
    name: str
    title: str
    user: str
    size: int
    created: int
    complete: bool = False


def to_json(record: Conversation | Message | View | StoredFile) -> Json:
    """The record as JSON values."""
    return asdict(record)


def conversation_from(raw: Json) -> Conversation:
    """The conversation that to_json was given."""
    return Conversation(**_tuples(raw, "members", "pins", "bookmarks"))


def message_from(raw: Json) -> Message:
    """The message that to_json was given."""
    values = _tuples(raw, "blocks", "attachments", "files")
    values["reactions"] = tuple((name, tuple(users)) for name, users in values["reactions"])
    return Message(**values)


def view_from(raw: Json) -> View:
    """The view that to_json was given."""
    return View(**raw)


def file_from(raw: Json) -> StoredFile:
    """The file that to_json was given."""
    return StoredFile(**raw)


def _tuples(raw: Json, *names: str) -> Json:
    return {key: tuple(value) if key in names else value for key, value in raw.items()}
