"""What the manifest asks Slack for is what the code uses, and Slack knows each of its names."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from bot.slack.manifest import SCOPES, make_manifest
from bot.slack.payload import Kind
from handlers.registry import registry
from tests.unit.cli.terminal import bringback, world

METHODS = {
    "apps.connections.open": set[str](),
    "auth.revoke": set[str](),
    "auth.test": set[str](),
    "chat.postEphemeral": {"chat:write"},
    "chat.postMessage": {"chat:write"},
    "chat.update": {"chat:write"},
    "conversations.history": {"channels:history", "groups:history", "im:history"},
    "conversations.info": {"channels:read", "groups:read"},
    "conversations.open": {"im:write"},
    "conversations.replies": {"channels:history", "groups:history", "im:history"},
    "files.info": {"files:read"},
    "oauth.v2.access": set[str](),
    "pins.add": {"pins:write"},
    "reactions.add": {"reactions:write"},
    "users.info": {"users:read"},
    "views.open": set[str](),
    "views.publish": set[str](),
    "views.update": set[str](),
}
"""The scopes that each method needs, by Slack's reference: for the conversations that the bot looks at."""
EVENTS = {
    "app_home_opened": set[str](),
    "app_mention": {"app_mentions:read"},
    "app_uninstalled": set[str](),
    "tokens_revoked": set[str](),
}
"""The scopes that each event needs."""
OF_FEATURES = {"commands"}
"""What commands and shortcuts need."""
FAMILIES = "apps|auth|chat|conversations|files|oauth|pins|reactions|users|views"
IN_SDK = re.compile(rf"client\.((?:{FAMILIES})_\w+)\(")
BY_NAME = re.compile(rf"[\"']((?:{FAMILIES})\.[A-Za-z0-9.]+)[\"']")
ALSO = {"apps_connections_open": "apps.connections.open"}
URL = "https://bot.example.org"


def called() -> set[str]:
    """The methods of the Web API that the code names."""
    text = "".join(path.read_text(encoding="utf-8") for path in Path("bot/slack").glob("*.py"))
    in_sdk = {ALSO.get(name, name.replace("_", ".", 1)) for name in IN_SDK.findall(text)}
    return in_sdk | set(BY_NAME.findall(text))


def made(**more: Any) -> dict[str, Any]:
    return make_manifest(registry(), **more)


def test_every_method_that_is_called_is_one_whose_scopes_are_known() -> None:
    assert called() == set(METHODS)


def test_the_scopes_are_those_that_methods_events_and_features_need_and_no_more() -> None:
    events = made()["settings"]["event_subscriptions"]["bot_events"]
    needed = set[str]().union(*(METHODS[name] for name in called()), *(EVENTS[name] for name in events))
    assert set(made()["oauth_config"]["scopes"]["bot"]) == needed | OF_FEATURES == set(SCOPES)


def test_every_event_has_a_listener_and_every_listener_its_event() -> None:
    events = made()["settings"]["event_subscriptions"]["bot_events"]
    assert set(events) == set(EVENTS) == {route.name for route in registry().of(Kind.EVENT)}


def test_shortcuts_and_app_home_are_listened_to_under_their_ids() -> None:
    routes, manifest = registry(), made()
    shortcuts = {one["callback_id"]: one["type"] for one in manifest["features"]["shortcuts"]}
    assert shortcuts == {"start_recovery": "global", "use_as_evidence": "message"}
    assert routes.find(Kind.SHORTCUT, "start_recovery")
    assert routes.find(Kind.MESSAGE_SHORTCUT, "use_as_evidence")
    assert manifest["features"]["app_home"]["home_tab_enabled"]


def test_no_part_is_longer_than_slack_takes() -> None:
    manifest = made(command="/" + "r" * 31, public_url=URL, redirect_url=URL)
    shown, features = manifest["display_information"], manifest["features"]
    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    assert 174 <= len(shown["long_description"]) <= 4000
    assert re.fullmatch(r"#[0-9a-f]{6}", shown["background_color"])
    assert len(features["bot_user"]["display_name"]) <= 80
    assert len(features["slash_commands"]) <= 50
    assert len(features["shortcuts"]) <= 10
    for one in features["slash_commands"]:
        assert len(one["command"]) <= 32
        assert len(one["description"]) <= 2000
        assert len(one["usage_hint"]) <= 1000
    for one in features["shortcuts"]:
        assert len(one["name"]) <= 24
        assert len(one["description"]) <= 150
        assert len(one["callback_id"]) <= 255


def test_the_command_line_prints_it_as_yaml_and_as_json() -> None:
    printed = bringback(world(), "manifest", "--http", f"{URL}/").stdout
    assert yaml.safe_load(printed) == made(public_url=URL)
    as_json = bringback(world(), "manifest", "--json").stdout
    assert yaml.safe_load(as_json) == made()
    assert yaml.safe_load(as_json)["settings"]["socket_mode_enabled"]


def test_the_settings_decide_between_socket_mode_http_and_installing() -> None:
    over_http = {"SLACK_SIGNING_SECRET": "s", "PUBLIC_URL": URL}
    installs = {**over_http, "SLACK_CLIENT_ID": "1", "SLACK_CLIENT_SECRET": "2", "SLACK_TEAMS": "*"}
    assert printed_with(over_http) == made(public_url=URL)
    assert printed_with(installs) == made(public_url=URL, redirect_url=URL)
    assert printed_with({"SLACK_COMMAND": "/rec"}) == made(command="/rec")


def printed_with(environment: dict[str, str]) -> Any:
    return yaml.safe_load(bringback(world(environment=environment), "manifest").stdout)


def test_an_address_that_slack_would_not_call_is_a_usage_error() -> None:
    assert bringback(world(), "manifest", "--http", "http://bot.example.org").exit_code == 2
    assert bringback(world(environment={"SLACK_SIGNING_SECRET": "s"}), "manifest").exit_code == 2
