"""The app manifest, made from the routes that the bot listens on, and the scopes it needs, each with its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bot.slack.http_mode import PATH
from bot.slack.payload import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.slack.call import Routes

SCOPES: Final[Mapping[str, str]] = {
    "app_mentions:read": "to tell who mentions it how it is asked",
    "channels:history": "to find a message whose answer was lost, so that it is not posted twice",
    "channels:read": "to see whether a channel is archived, and whether the bot is in it",
    "chat:write": "to post",
    "commands": "to be asked",
    "files:read": "to fetch the files that people attach to a recovery",
    "groups:history": "as channels:history, in private channels",
    "groups:read": "as channels:read, of private channels",
    "im:history": "as channels:history, in direct messages",
    "im:write": "to tell a person directly",
    "pins:write": "to pin a recovery's progress",
    "reactions:write": "to mark a message that became evidence",
    "users:read": "to see that the people of the policy exist",
}
"""Bot scopes and what each is for. Without one marked "history" a post whose answer was lost may appear twice."""

REDIRECT_PATH: Final = "/slack/oauth_redirect"
NAME: Final = "Bringback"
DESCRIPTION: Final = "Brings systems back: in the documented order, from proven backups, on a measured clock."
LONG_DESCRIPTION: Final = (
    "Says how fresh and how proven every backup is. Runs restores in the documented order, a system at a time, each "
    "the moment all it depends on are verified. Walks responders through markdown runbooks step by step, and records "
    "what really happened, to the second, for the review and for the next estimate."
)


def make_manifest(
    routes: Routes, command: str = "/recovery", public_url: str = "", redirect_url: str = ""
) -> dict[str, Any]:
    """The manifest as Slack takes it, JSON-able. With a `public_url` (https://…) the app is in HTTP mode.

    With a `redirect_url`, the base of the address to which Slack sends browsers back, workspaces install it by OAuth.
    """
    address = f"{public_url.rstrip('/')}{PATH}" if public_url else ""
    at = {"request_url": address} if address else {}
    return {
        "_metadata": {"major_version": 1, "minor_version": 1},
        "display_information": {
            "name": NAME,
            "description": DESCRIPTION,
            "long_description": LONG_DESCRIPTION,
            "background_color": "#1d3557",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": True,
            },
            "bot_user": {"display_name": NAME.lower(), "always_online": True},
            "shortcuts": _shortcuts(routes),
            "slash_commands": [_command(routes, command, address)],
        },
        "oauth_config": _oauth(redirect_url),
        "settings": {
            "event_subscriptions": {"bot_events": events_of(routes), **at},
            "interactivity": {"is_enabled": True, **at},
            "org_deploy_enabled": False,
            "socket_mode_enabled": not address,
            "token_rotation_enabled": False,
        },
    }


def events_of(routes: Routes) -> list[str]:
    """The events that the bot subscribes to."""
    return sorted(route.name for route in routes.of(Kind.EVENT))


def _oauth(redirect_url: str) -> dict[str, Any]:
    scopes = {"scopes": {"bot": sorted(SCOPES)}}
    return {"redirect_urls": [f"{redirect_url.rstrip('/')}{REDIRECT_PATH}"], **scopes} if redirect_url else scopes


def _shortcuts(routes: Routes) -> list[dict[str, str]]:
    kinds = ((Kind.SHORTCUT, "global"), (Kind.MESSAGE_SHORTCUT, "message"))
    return [
        {"name": route.summary, "type": name, "callback_id": route.name, "description": route.summary}
        for kind, name in kinds
        for route in routes.of(kind)
    ]


def _command(routes: Routes, command: str, address: str) -> dict[str, Any]:
    verbs = " | ".join(route.name for route in routes.of(Kind.COMMAND))
    made = {
        "command": command,
        "description": "Freshness, restores, runbooks and reviews",
        "usage_hint": verbs,
        "should_escape": False,
    }
    return {**made, "url": address} if address else made
