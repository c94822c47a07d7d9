"""api.test, auth.test, apps.connections.open, team.info."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.console.errors import ApiError

from .call import Call, Method

if TYPE_CHECKING:
    from bot.console.records import Json


def api_test(call: Call) -> Json:
    """Answers with what it was given; ``error`` makes it fail."""
    if error := call.maybe("error"):
        raise ApiError(error, args=call.args)
    return {"args": call.args}


def auth_test(call: Call) -> Json:
    """Who the token belongs to."""
    config = call.workspace.config
    return {
        "url": f"{call.services.base_url}/",
        "team": config.team_name,
        "user": config.bot_name,
        "team_id": config.team_id,
        "user_id": config.bot_user_id,
        "bot_id": config.bot_id,
        "app_id": config.app_id,
        "is_enterprise_install": False,
    }


def connections_open(call: Call) -> Json:
    """A WebSocket address that is good for one connection."""
    address = call.services.base_url.replace("http://", "ws://", 1)
    return {"url": f"{address}/link?ticket={call.services.sockets.ticket()}&app_id={call.workspace.config.app_id}"}


def team_info(call: Call) -> Json:
    """The workspace."""
    config = call.workspace.config
    return {"team": {"id": config.team_id, "name": config.team_name, "domain": "console", "email_domain": ""}}


METHODS: Final = {
    "api.test": Method(api_test, token=None),
    "auth.test": Method(auth_test),
    "apps.connections.open": Method(connections_open, token="app"),  # noqa: S106 - the kind of token, not a secret
    "team.info": Method(team_info, "team:read"),
}
