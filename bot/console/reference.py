"""What the console speaks, as the tables of docs/console.md: read from the code, so that the page cannot lag behind.

``python -m bot.console.reference docs/console.md`` writes them there.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from .block_schema import ON_HOME, ON_MESSAGE, ON_MODAL
from .element_schema import ELEMENTS
from .limits import LIMITS
from .rich_text_schema import CONTAINERS, PIECES
from .web_api.dispatch import METHODS

START: Final = "<!-- reference: written by python -m bot.console.reference -->"
EVENTS: Final = {
    "app_mention": "a person mentions the bot in a channel where it is a member",
    "app_home_opened": "a person opens App Home",
    "message.im": "a person writes to the bot directly",
    "message.channels": "a person writes in a public channel where the bot is a member",
    "message.groups": "a person writes in a private channel where the bot is a member",
    "reaction_added": "a person reacts to a message where the bot is a member",
    "reaction_removed": "a person takes a reaction back",
    "file_shared": "a person puts a file into a channel where the bot is a member",
    "channel_archive": "a person archives a channel",
    "channel_unarchive": "a person opens an archived channel again",
    "member_joined_channel": "a person, or the bot, is invited to a channel",
    "member_left_channel": "a person is removed from a channel",
    "channel_left": "the bot is removed from a channel",
}


def reference() -> str:
    """The tables as markdown."""
    surfaces = {"message": ON_MESSAGE, "modal": ON_MODAL, "App Home": ON_HOME}
    kinds = sorted({kind for allowed in surfaces.values() for kind in allowed})
    methods = sorted(METHODS.items())
    parts = [
        "### Methods",
        _table(
            ("method", "scope"), [(f"`{name}`", f"`{each.scope}`" if each.scope else "-") for name, each in methods]
        ),
        "### Events",
        _table(("event", "when"), [(f"`{name}`", when) for name, when in EVENTS.items()]),
        "### Blocks",
        _table(
            ("block", *surfaces),
            [(f"`{kind}`", *("yes" if kind in allowed else "no" for allowed in surfaces.values())) for kind in kinds],
        ),
        "### Elements",
        ", ".join(f"`{kind}`" for kind in sorted(ELEMENTS)),
        "### Parts of rich_text",
        ", ".join(f"`{kind}`" for kind in (*CONTAINERS, *PIECES)),
        "### Limits",
        _table(
            ("what", "at least", "at most", "unit"),
            [(f"`{name}`", str(each.least), f"{each.most:,}", each.unit) for name, each in LIMITS.items()],
        ),
    ]
    return "\n\n".join(parts) + "\n"


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def with_reference(page: str) -> str:
    """The page with its tables as they now are."""
    return f"{page.partition(START)[0]}{START}\n\n{reference()}"


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.write_text(with_reference(target.read_text(encoding="utf-8")), encoding="utf-8")
