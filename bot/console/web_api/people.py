"""users.* and usergroups.*: who is in the workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.console.errors import ApiError
from bot.console.shapes import bot_user_json, user_json

from .call import Call, Method

if TYPE_CHECKING:
    from bot.console.records import Json


def info(call: Call) -> Json:
    """One person, or the bot itself."""
    config = call.workspace.config
    user = call.text("user")
    person = config.person(user)
    if person is None and user != config.bot_user_id:
        raise ApiError("user_not_found")
    return {"user": user_json(person, config) if person else bot_user_json(config)}


def list_all(call: Call) -> Json:
    """Everybody."""
    config = call.workspace.config
    members = [*(user_json(person, config) for person in config.people), bot_user_json(config)]
    return {"members": members, "cache_ts": 0, "response_metadata": {"next_cursor": ""}}


def lookup_by_email(call: Call) -> Json:
    """The person with this address."""
    config = call.workspace.config
    for person in config.people:
        if person.email == call.text("email"):
            return {"user": user_json(person, config)}
    raise ApiError("users_not_found")


def groups(call: Call) -> Json:
    """The user groups."""
    with_users = call.flag("include_users")
    listed: list[Json] = []
    for group in call.workspace.config.groups:
        shown: Json = {"id": group.id, "handle": group.handle, "name": group.handle, "is_usergroup": True}
        listed.append(shown | {"users": list(group.members)} if with_users else shown)
    return {"usergroups": listed}


def group_members(call: Call) -> Json:
    """The ids of who is in a user group."""
    for group in call.workspace.config.groups:
        if group.id == call.text("usergroup"):
            return {"users": list(group.members)}
    raise ApiError("no_such_subteam")


METHODS: Final = {
    "users.info": Method(info, "users:read"),
    "users.list": Method(list_all, "users:read"),
    "users.lookupByEmail": Method(lookup_by_email, "users:read.email"),
    "usergroups.list": Method(groups, "usergroups:read"),
    "usergroups.users.list": Method(group_members, "usergroups:read"),
}
