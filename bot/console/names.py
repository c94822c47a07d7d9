"""How ids read for one viewer: names of people, channels and groups, and moments in their zone. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from .config import ConsoleConfig
from .records import Conversation

EMOJI: Final = {
    "white_check_mark": "✅", "heavy_check_mark": "✔️", "x": "❌", "warning": "⚠️", "rotating_light": "🚨",
    "hourglass_flowing_sand": "⏳", "hourglass": "⌛", "large_green_circle": "🟢", "large_yellow_circle": "🟡",
    "red_circle": "🔴", "white_circle": "⚪", "black_circle": "⚫", "eyes": "👀", "+1": "👍", "thumbsup": "👍",
    "tada": "🎉", "fire": "🔥", "lock": "🔒", "pushpin": "📌", "memo": "📝", "wave": "👋", "rocket": "🚀", "bell": "🔔",
    "no_entry": "⛔", "construction": "🚧", "question": "❓", "exclamation": "❗", "point_right": "👉", "clock1": "🕐",
    "arrows_counterclockwise": "🔄", "floppy_disk": "💾", "bar_chart": "📊", "speech_balloon": "💬",
    "large_blue_circle": "🔵", "large_orange_circle": "🟠", "stopwatch": "⏱️", "raised_hand": "✋",
    "arrow_forward": "▶️", "black_square_for_stop": "⏹️", "shield": "🛡️", "books": "📚",
}  # fmt: skip
_FORMAT: Final = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Names:
    """What one viewer reads in place of ids."""

    config: ConsoleConfig
    conversations: Mapping[str, Conversation]
    viewer: str
    address: str = ""  # of the workspace itself

    def user(self, user_id: str) -> str:
        """The name of a person, of the bot or of Slackbot, without @."""
        if user_id == "USLACKBOT":
            return "Slackbot"
        return self.config.name_of(user_id) or "unknown-user"

    def channel(self, channel_id: str) -> str | None:
        """The name of a channel that the viewer may know of, without #; None otherwise."""
        found = self.conversations.get(channel_id)
        if found is None or found.im_with or (found.private and self.viewer not in found.members):
            return None
        return found.name

    def here(self, url: str) -> str | None:
        """Where this viewer finds a message of this workspace that a permalink names; None for any other address."""
        own = f"{self.address}/archives/"
        return f"/as/{self.viewer}/archives/{url.removeprefix(own)}" if self.address and url.startswith(own) else None

    def group(self, group_id: str) -> str:
        """The handle of a user group, without @."""
        return next((each.handle for each in self.config.groups if each.id == group_id), "unknown-group")

    def moment(self, ts: str | float) -> datetime:
        """A timestamp in the zone of the workspace."""
        return datetime.fromtimestamp(float(ts), UTC).astimezone(ZoneInfo(self.config.timezone))

    def date(self, timestamp: int, template: str) -> str:
        """A ``<!date^..>`` or a rich_text date in words. Raises KeyError for a token that Slack does not know."""
        moment = self.moment(timestamp)
        return _FORMAT.sub(lambda found: _TOKENS[found[1].removesuffix("_pretty")](moment), template)


def emoji(name: str) -> str | None:
    """The character of an emoji name, None when it is not known here."""
    return EMOJI.get(name)


def _ordinal(day: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}.get(day, "th")
    return f"{day}{ending}"


_TOKENS: Final[dict[str, Callable[[datetime], str]]] = {
    "date_num": lambda at: at.strftime("%Y-%m-%d"),
    "date": lambda at: f"{at.strftime('%B')} {_ordinal(at.day)}, {at.year}",
    "date_short": lambda at: at.strftime("%b %-d, %Y"),
    "date_long": lambda at: f"{at.strftime('%A, %B')} {_ordinal(at.day)}, {at.year}",
    "time": lambda at: at.strftime("%H:%M %Z"),
    "time_secs": lambda at: at.strftime("%H:%M:%S %Z"),
    "ago": lambda at: at.strftime("%Y-%m-%d %H:%M %Z"),
}
