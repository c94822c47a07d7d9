"""Everything that a message or a form can send has a handler, and the manifest says what the registry listens to."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.blocks import action_ids
from bot.slack.call import Route, make_routes
from bot.slack.manifest import NAME, SCOPES, make_manifest
from bot.slack.payload import Kind
from handlers.nothing import nothing
from handlers.registry import registry

FIELDS = {"plan", "systems", "mode", "since", "since_at", "why", "unproven", "break_glass", "point"}
FIELDS |= {"release", "input", "recovery", "working", "part", "person", "given", "files", "look"}
IDS = {value for name, value in vars(action_ids).items() if name.isupper() and isinstance(value, str)}


def test_every_id_is_listened_to() -> None:
    listened = {route.name for route in registry().routes}
    assert listened >= IDS - FIELDS


def test_every_listener_of_a_click_or_form_has_an_id() -> None:
    listened = {route.name for kind in (Kind.ACTION, Kind.SUBMISSION) for route in registry().of(kind)}
    assert listened <= IDS


def test_every_id_is_used_by_some_block_or_shortcut() -> None:
    text = "".join(path.read_text() for path in Path("bot/blocks").glob("*.py") if path.name != "action_ids.py")
    used = set(re.findall(r"action_ids\.([A-Z_]+)", text)) | {"START_SHORTCUT", "EVIDENCE_SHORTCUT"}
    assert {name for name in vars(action_ids) if name.isupper()} == used


def test_two_routes_of_one_name_are_refused() -> None:
    route = Route(Kind.ACTION, "same", nothing)
    with pytest.raises(ValueError, match="called same"):
        make_routes([route, route])


def test_the_manifest_names_what_is_listened_to_and_nothing_else() -> None:
    routes, manifest = registry(), make_manifest(registry())
    features, settings = manifest["features"], manifest["settings"]
    kinds = {"global": Kind.SHORTCUT, "message": Kind.MESSAGE_SHORTCUT}
    shortcuts = {(kinds[one["type"]], one["callback_id"]) for one in features["shortcuts"]}
    assert shortcuts == {(route.kind, route.name) for kind in kinds.values() for route in routes.of(kind)}
    assert settings["event_subscriptions"]["bot_events"] == sorted(route.name for route in routes.of(Kind.EVENT))
    verbs = features["slash_commands"][0]["usage_hint"].split(" | ")
    assert verbs == [route.name for route in routes.of(Kind.COMMAND)]


def test_the_manifest_keeps_slacks_limits() -> None:
    manifest = make_manifest(registry())
    shown = manifest["display_information"]
    assert len(NAME) <= 35
    assert len(shown["description"]) <= 140
    assert 174 <= len(shown["long_description"]) <= 4000
    assert all(len(one["name"]) <= 24 for one in manifest["features"]["shortcuts"])
    assert all(re.fullmatch(r"commands|[a-z_]+:[a-z]+", scope) for scope in SCOPES)


def test_in_http_mode_every_address_is_given() -> None:
    manifest = make_manifest(registry(), "/rec", "https://bot.example.org/")
    address = "https://bot.example.org/slack/events"
    assert manifest["settings"]["socket_mode_enabled"] is False
    assert manifest["settings"]["interactivity"]["request_url"] == address
    assert manifest["features"]["slash_commands"][0]["url"] == address
