"""Somebody mentions the bot: say how it is asked, to them alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.slack.call import Call


async def answer(call: Call) -> None:
    """The bot is asked by its command."""
    command = call.desk.command
    await call.reply.tell(f"Ask me with {command}: {command} help lists what I can do, {command} status what runs now.")
