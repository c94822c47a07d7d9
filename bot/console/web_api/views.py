"""views.*: modals and App Home."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.console.errors import ApiError
from bot.console.shapes import view_json
from bot.console.state_values import values_of
from bot.console.validate import check_view

from .call import Call, Method

if TYPE_CHECKING:
    from bot.console.passes import Trigger
    from bot.console.records import Json, View


def _shown(call: Call, view: View) -> Json:
    values = values_of(view.body["blocks"], view.draft or {})
    return {"view": view_json(view, call.workspace.config, values)}


def _trigger(call: Call) -> Trigger:
    return call.services.triggers.take(call.maybe("trigger_id") or call.text("interactivity_pointer"))


def open_view(call: Call) -> Json:
    """Opens a modal. The view is looked at first, so that a refused one leaves its trigger unused."""
    body = call.structure("view")
    check_view(body, "modal")
    return _shown(call, call.services.views.open(_trigger(call).user, body))


def push(call: Call) -> Json:
    """Lays a modal over the open one."""
    body = call.structure("view")
    check_view(body, "modal")
    return _shown(call, call.services.views.push(_trigger(call).user, body))


def update(call: Call) -> Json:
    """Replaces an open modal; with ``hash`` only when nobody replaced it since."""
    if not call.maybe("view_id") and not call.maybe("external_id"):
        raise ApiError("invalid_arguments")
    view = call.services.views.find(call.maybe("view_id"), call.maybe("external_id"))
    return _shown(call, call.services.views.update(view, call.structure("view"), call.maybe("hash")))


def publish(call: Call) -> Json:
    """Sets the App Home of one person."""
    user = call.text("user_id")
    if call.workspace.config.person(user) is None:
        raise ApiError("user_not_found")
    return _shown(call, call.services.views.publish(user, call.structure("view"), call.maybe("hash")))


METHODS: Final = {
    "views.open": Method(open_view),
    "views.push": Method(push),
    "views.update": Method(update),
    "views.publish": Method(publish),
}
