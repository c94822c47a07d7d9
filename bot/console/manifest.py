"""A Slack app's manifest as the workspace reads it: what the app brings along, and what it was granted."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .config import Command, Shortcut
from .errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    from .config import ConsoleConfig


def read_manifest(path: Path, config: ConsoleConfig) -> ConsoleConfig:
    """The workspace with the app of a manifest in it, as JSON. Raises ConfigError, which names the file."""
    try:
        return with_manifest(json.loads(path.read_text(encoding="utf-8")), config)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as fault:
        raise ConfigError(f"{path}: {fault!r}. It should be the manifest of a Slack app, as JSON.") from fault


def with_manifest(manifest: dict[str, Any], config: ConsoleConfig) -> ConsoleConfig:
    """The workspace with the app of a manifest in it: its name, commands, shortcuts, events and scopes, and no more.

    An app that is not in Socket Mode is called at its request address.
    """
    features, settings = manifest.get("features", {}), manifest.get("settings", {})
    events = settings.get("event_subscriptions", {})
    on_sockets = settings.get("socket_mode_enabled", False)
    return replace(
        config,
        bot_name=features.get("bot_user", {}).get("display_name", config.bot_name).lower().replace(" ", "-"),
        commands=tuple(_command(each) for each in features.get("slash_commands", [])),
        shortcuts=tuple(_shortcut(each) for each in features.get("shortcuts", [])),
        events=tuple(events.get("bot_events", [])),
        scopes=tuple(manifest.get("oauth_config", {}).get("scopes", {}).get("bot", [])),
        request_url="" if on_sockets else config.request_url or _address(settings),
    )


def _command(raw: dict[str, Any]) -> Command:
    hint, escape = raw.get("usage_hint", ""), bool(raw.get("should_escape", False))
    return Command(raw["command"], raw.get("description", ""), hint, escape)


def _shortcut(raw: dict[str, Any]) -> Shortcut:
    return Shortcut(raw["callback_id"], raw["name"], on_message=raw["type"] == "message")


def _address(settings: dict[str, Any]) -> str:
    """One address serves everything, as with Bolt: that of interactivity, else of events."""
    places = (settings.get("interactivity", {}), settings.get("event_subscriptions", {}))
    return next((place["request_url"] for place in places if place.get("request_url")), "")
