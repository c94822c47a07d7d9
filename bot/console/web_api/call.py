"""One call of a method: its arguments, however they were sent, and what the methods work on."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from bot.console.errors import ApiError, fault_messages
from bot.console.passes import Triggers
from bot.console.rates import Rates
from bot.console.records import Json
from bot.console.sockets import SocketHub
from bot.console.views import Views
from bot.console.workspace import Workspace

if TYPE_CHECKING:
    from bot.console.records import Conversation, Message


@dataclass(frozen=True, slots=True)
class Services:
    """What methods act upon. ``base_url`` is the address of this server; ``scopes`` what the bot token may do."""

    workspace: Workspace
    views: Views
    triggers: Triggers
    sockets: SocketHub
    folder: Path
    base_url: str
    scopes: tuple[str, ...]
    rates: Rates


@dataclass(frozen=True, slots=True)
class Call:
    """The arguments of one call; values are JSON values, or strings when they came by query or form."""

    services: Services
    args: Json

    @property
    def workspace(self) -> Workspace:
        """The state."""
        return self.services.workspace

    def text(self, name: str, default: str | None = None) -> str:
        """A string. Raises ApiError when it is missing and there is no default."""
        value = self.args.get(name)
        if value is None or value == "":
            if default is None:
                raise fault_messages("invalid_arguments", f"missing required field: {name}")
            return default
        if not isinstance(value, str | int | float) or isinstance(value, bool):
            raise fault_messages("invalid_arguments", f"must be a string [json-pointer:/{name}]")
        return str(value)

    def maybe(self, name: str) -> str | None:
        """A string, or None when it is missing."""
        return self.text(name, "") or None

    def flag(self, name: str, *, default: bool = False) -> bool:
        """A boolean; "true" and "1" count."""
        value = self.args.get(name, default)
        return value.lower() in {"true", "1"} if isinstance(value, str) else bool(value)

    def number(self, name: str, default: int, most: int) -> int:
        """A whole number from 1 to ``most``."""
        try:
            value = int(self.args.get(name) or default)
        except (TypeError, ValueError):
            raise fault_messages("invalid_arguments", f"must be an integer [json-pointer:/{name}]") from None
        if value < 1:
            raise ApiError("invalid_limit")
        return min(value, most)

    def structure(self, name: str, fault: str = "invalid_arguments") -> Any:
        """A list or an object, given as such or as a JSON string; None when missing."""
        value = self.args.get(name)
        if isinstance(value, str) and value:
            try:
                return json.loads(value)
            except ValueError:
                raise ApiError(fault) from None
        return value or None

    def names(self, name: str) -> list[str]:
        """A list of words, given as a list or separated by commas."""
        value = self.args.get(name)
        if isinstance(value, list):
            return [str(each) for each in value]
        return [each.strip() for each in str(value or "").split(",") if each.strip()]

    def content(self) -> Json:
        """What a message says: text, blocks, attachments and metadata, with JSON strings decoded."""
        return {
            "text": self.text("text", ""),
            "blocks": self.structure("blocks", "invalid_blocks_format"),
            "attachments": self.structure("attachments"),
            "metadata": self.structure("metadata", "invalid_metadata_format"),
        }

    def conversation(self, name: str = "channel") -> Conversation:
        """A conversation by its id that the bot can see. Raises ApiError ("channel_not_found")."""
        found = self.workspace.conversations.get(self.text(name))
        if found is None or (found.private and self.workspace.config.bot_user_id not in found.members):
            raise ApiError("channel_not_found")
        return found

    def message(self, conversation: Conversation, name: str = "ts") -> Message:
        """A message that everybody sees. Raises ApiError ("message_not_found")."""
        found = self.workspace.message(conversation.id, self.text(name))
        if found is None or found.visible_to is not None:
            raise ApiError("message_not_found")
        return found

    def member_conversation(self, name: str = "channel") -> Conversation:
        """A conversation of which the bot is a member. Raises ApiError."""
        found = self.conversation(name)
        if self.workspace.config.bot_user_id not in found.members:
            raise ApiError("not_in_channel")
        return found


Answer: TypeAlias = "Json"
Handler: TypeAlias = Callable[[Call], "Answer | Awaitable[Answer]"]


@dataclass(frozen=True, slots=True)
class Method:
    """One method. ``scope`` is what the bot token needs; ``token`` is the kind of token: bot, app, or None for none."""

    handler: Handler
    scope: str | None = None
    token: str | None = "bot"  # noqa: S105 - the kind of token, not a secret
