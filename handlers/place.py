"""Where something was clicked, carried along by the modal that it opens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.slack.payload import channel_of, thread_of

if TYPE_CHECKING:
    from bot.slack.payload import Payload


def place_of(payload: Payload) -> dict[str, Any]:
    """The channel and thread, under the keys by which they are read back."""
    place = {"c": channel_of(payload), "m": thread_of(payload)}
    return {name: value for name, value in place.items() if value}
