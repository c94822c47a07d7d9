"""The workspace reads what an app brings along from its manifest, as Slack does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from bot.console.config import DEFAULT_EVENTS, DEFAULT_SHORTCUTS, Command, ConsoleConfig, Shortcut
from bot.console.errors import ConfigError
from bot.console.manifest import read_manifest, with_manifest
from bot.slack.manifest import SCOPES, make_manifest
from handlers.registry import registry

if TYPE_CHECKING:
    from pathlib import Path

MANIFEST: dict[str, Any] = {
    "display_information": {"name": "Other"},
    "features": {
        "bot_user": {"display_name": "Other Bot"},
        "slash_commands": [{"command": "/other", "description": "It", "usage_hint": "now", "should_escape": True}],
        "shortcuts": [{"name": "Keep", "type": "message", "callback_id": "keep", "description": "Keep it"}],
    },
    "oauth_config": {"scopes": {"bot": ["chat:write"]}},
    "settings": {
        "event_subscriptions": {"bot_events": ["app_mention"], "request_url": "http://127.0.0.1:1/events"},
        "interactivity": {"is_enabled": True, "request_url": "http://127.0.0.1:1/slack"},
    },
}


def test_the_workspace_has_what_the_manifest_declares_and_no_more() -> None:
    config = with_manifest(MANIFEST, ConsoleConfig())
    assert config.bot_name == "other-bot"
    assert config.commands == (Command("/other", "It", "now", escape=True),)
    assert config.shortcuts == (Shortcut("keep", "Keep", on_message=True),)
    assert (config.events, config.scopes) == (("app_mention",), ("chat:write",))


def test_an_app_without_sockets_is_called_at_its_address() -> None:
    assert with_manifest(MANIFEST, ConsoleConfig()).request_url == "http://127.0.0.1:1/slack"
    settings = MANIFEST["settings"] | {"socket_mode_enabled": True}
    assert not with_manifest(MANIFEST | {"settings": settings}, ConsoleConfig()).request_url


def test_without_a_manifest_the_workspace_is_that_of_this_bot() -> None:
    mine = with_manifest(make_manifest(registry()), ConsoleConfig())
    assert mine.shortcuts == DEFAULT_SHORTCUTS
    assert set(DEFAULT_EVENTS) >= {"app_home_opened", "app_mention"}
    assert [command.name for command in mine.commands] == [command.name for command in ConsoleConfig().commands]
    assert set(mine.scopes or ()) == set(SCOPES)


@pytest.mark.parametrize("text", ["not json", "[]", json.dumps({"features": {"slash_commands": [{}]}})])
def test_a_faulty_manifest_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "manifest.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"manifest\.json"):
        read_manifest(path, ConsoleConfig())
