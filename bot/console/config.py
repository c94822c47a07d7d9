"""What a workspace is made of: its people, channels, and the app that lives in it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who can be played on the page. ``id`` begins with U, ``name`` is what follows the @."""

    id: str
    name: str
    real_name: str = ""
    title: str = ""

    @property
    def email(self) -> str:
        """An address under a domain that never resolves."""
        return f"{self.name}@workspace.invalid"


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel at the first start. ``members`` are ids of people; empty means everybody.

    ``with_bot`` says whether the app's bot was invited.
    """

    id: str
    name: str
    topic: str = ""
    private: bool = False
    members: tuple[str, ...] = ()
    with_bot: bool = True


@dataclass(frozen=True, slots=True)
class UserGroup:
    """A group that can be mentioned as ``<!subteam^ID>``."""

    id: str
    handle: str
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command of the app. ``escape`` turns @name and #name in its text into ``<@U..|name>``."""

    name: str
    description: str = ""
    usage_hint: str = ""
    escape: bool = True


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A global shortcut, or with ``on_message`` one of the menu of a message."""

    callback_id: str
    name: str
    on_message: bool = False


DEFAULT_PEOPLE = (
    Person("U1RESPONDER", "responder", "Riley Responder", "On call"),
    Person("U2APPROVER", "approver", "Alex Approver", "Head of operations"),
    Person("U3MANAGER", "manager", "Morgan Manager", "Director"),
)
DEFAULT_CHANNELS = (
    Channel("C1INCIDENTS", "incidents", "What is down, and who is on it"),
    Channel("C2GENERAL", "general", "Everything else"),
)
DEFAULT_COMMANDS = (
    Command("/recovery", "Freshness, restores, runbooks and reviews", "freshness | restore | runbook NAME | help"),
)
DEFAULT_SHORTCUTS = (
    Shortcut("start_recovery", "Start a recovery"),
    Shortcut("use_as_evidence", "Use as evidence", on_message=True),
)
DEFAULT_EVENTS = ("app_home_opened", "app_mention", "message.im")


@dataclass(frozen=True, slots=True)
class ConsoleConfig:
    """A whole workspace and its one app.

    ``scopes`` are what the bot token was granted; None grants all that the served methods ask for.
    ``ack_seconds`` is how long a person waits for the app; ``event_retry_seconds`` are the pauses before the
    redeliveries of an event that was not acknowledged; ``settle_seconds`` is how long the page waits for the
    app's answer to show. ``enforce_rates`` answers 429 to more posts than Slack takes. ``request_url`` turns HTTP mode
    on: envelopes are posted there, signed, instead of going through sockets. ``fault_seed`` seeds the chance of faults.
    ``personal``: a link signs in one person, who acts as nobody else and turns no faults on; for work, not rehearsal.
    """

    team_id: str = "T1WORKSPACE"
    team_name: str = "Local workspace"
    app_id: str = "A1BRINGBACK"
    bot_id: str = "B1BRINGBACK"
    bot_user_id: str = "U0BRINGBACK"
    bot_name: str = "bringback"
    people: tuple[Person, ...] = DEFAULT_PEOPLE
    channels: tuple[Channel, ...] = DEFAULT_CHANNELS
    groups: tuple[UserGroup, ...] = ()
    commands: tuple[Command, ...] = DEFAULT_COMMANDS
    shortcuts: tuple[Shortcut, ...] = DEFAULT_SHORTCUTS
    events: tuple[str, ...] = DEFAULT_EVENTS
    scopes: tuple[str, ...] | None = None
    timezone: str = "UTC"
    ack_seconds: float = 3.0
    settle_seconds: float = 1.5
    enforce_rates: bool = True
    request_url: str = ""
    fault_seed: int = 0
    personal: bool = False
    event_retry_seconds: tuple[float, ...] = field(default=(1.0, 10.0, 60.0))

    def person(self, user_id: str) -> Person | None:
        """The person with this id, or None."""
        return next((person for person in self.people if person.id == user_id), None)

    def name_of(self, user_id: str) -> str | None:
        """The name of a person or of the bot, without @; None when nobody has this id."""
        if user_id == self.bot_user_id:
            return self.bot_name
        person = self.person(user_id)
        return person.name if person else None


_LISTS: dict[str, Any] = {
    "people": Person,
    "channels": Channel,
    "groups": UserGroup,
    "commands": Command,
    "shortcuts": Shortcut,
}


def read_config(path: Path) -> ConsoleConfig:
    """Reads a configuration from a JSON file whose keys are the fields of ConsoleConfig.

    Raises ConfigError, which names the file and what is wrong in it.
    """
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        return config_from(raw)
    except (OSError, ValueError, TypeError, AttributeError) as fault:
        raise ConfigError(f"{path}: {fault}. Its keys are the fields of ConsoleConfig (docs/console.md).") from fault


def config_from(raw: dict[str, Any]) -> ConsoleConfig:
    """Builds a configuration from parsed JSON; a missing key takes its default."""
    values: dict[str, Any] = {}
    for key, value in raw.items():
        if key in _LISTS:
            values[key] = tuple(_item(_LISTS[key], item) for item in value)
        else:
            values[key] = tuple(value) if isinstance(value, list) else value
    return ConsoleConfig(**values)


def _item(kind: Any, raw: dict[str, Any]) -> Any:
    return kind(**{key: tuple(value) if isinstance(value, list) else value for key, value in raw.items()})
