"""What needs no work: links, closed forms, choices inside a form, and what no version of this bot knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.slack.call import Call


async def nothing(_call: Call) -> None:
    """Acknowledged is enough."""


async def unknown_click(call: Call) -> None:
    """A button of another version: say so."""
    await call.reply.tell(f"This version of the bot does not know that button. Use `{call.desk.command} status`.")
